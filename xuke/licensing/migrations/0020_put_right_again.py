"""What was not put right gets a new day: the times before are kept with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licensing", "0019_rounds")]

    operations = [
        migrations.AddField("rectification", "earlier", models.JSONField(blank=True, db_default=[], default=list)),
    ]
