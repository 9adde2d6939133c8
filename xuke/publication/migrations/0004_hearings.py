"""Hearings that everybody may attend are public, by the case and without a name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publication", "0003_orders_ahead")]

    operations = [
        migrations.AddField("Progress", "hearing_on", models.DateField(null=True)),
        migrations.AddField("Progress", "hearing", models.JSONField(db_default={}, default=dict)),
        migrations.AddIndex(
            "Progress",
            models.Index(
                fields=["hearing_on", "receipt_number"],
                condition=models.Q(("hearing_on__isnull", False)),
                name="progress_hearings",
            ),
        ),
    ]
