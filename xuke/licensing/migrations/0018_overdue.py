"""Days that interruptions and visits have to keep."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licensing", "0017_hearing_requests")]

    operations: list[object] = []
