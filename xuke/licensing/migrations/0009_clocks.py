"""Alarms and breaches of the statutory terms."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licensing", "0008_base")]

    operations = []
