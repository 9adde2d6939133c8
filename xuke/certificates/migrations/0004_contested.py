"""A licence knows of the open case that is to rescind or revoke it, so that nobody gets round it by a cancellation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_endings")]

    operations = [
        migrations.AddField("licence", "contested_as", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("licence", "contested_by", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("licence", "contest_told", models.BooleanField(db_default=False, default=False)),
    ]
