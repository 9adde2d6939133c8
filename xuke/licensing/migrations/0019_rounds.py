"""What each round of a visit found, and on which day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licensing", "0018_overdue")]

    operations = [
        migrations.AddField(model_name="visit", name="visited_on", field=models.DateField(blank=True, null=True)),
    ]
