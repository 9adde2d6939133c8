"""How a licence ended: since when, by what, and the day on which its record was closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0002_walls")]

    operations = [
        migrations.AddField("licence", "ended_on", models.DateField(blank=True, null=True)),
        migrations.AddField("licence", "ended_by", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("licence", "cancelled_on", models.DateField(blank=True, null=True)),
    ]
