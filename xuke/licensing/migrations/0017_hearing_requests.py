"""Hearings: who asked, and who was told."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licensing", "0016_their_part")]

    operations: list[object] = []
