"""What was promised on the day of filing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licensing", "0019_rounds")]

    operations: list[object] = []
