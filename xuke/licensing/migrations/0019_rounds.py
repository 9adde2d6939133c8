"""What each round of a visit found, and on which day."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licensing", "0018_overdue")]

    operations: list[object] = []
