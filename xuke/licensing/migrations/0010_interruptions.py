"""Interruptions of the decision term."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licensing", "0009_clocks")]

    operations = []
