"""Rounds of a visit, rectification, checks after issue."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licensing", "0011_together")]

    operations = []
