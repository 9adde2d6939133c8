"""What is let pass beside the terms is found by its days: interruptions that go on, visits under way, their alarms."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("licensing", "0017_hearing_requests")]

    operations = [
        migrations.AddIndex(
            "interruption",
            models.Index(fields=["expected_until"], condition=Q(ended_on=None), name="interruption_open"),
        ),
        migrations.AddIndex(
            "visit",
            models.Index(fields=["due_on"], condition=Q(concluded_at=None), name="visit_due"),
        ),
        migrations.AddIndex(
            "alarm",
            models.Index(
                fields=["application"],
                condition=Q(closed_at=None, clock__in=("suspension", "hearing", "testing", "expert_review", "visit")),
                name="alarm_beside",
            ),
        ),
    ]
