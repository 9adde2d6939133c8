"""Auditors look for what happened in one request. While the index is made, everybody goes on reading and writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("foundation", "0005_request_ids")]

    operations = [
        AddIndexConcurrently(
            "entry", models.Index("request_id", "id", name="journal_request", condition=~Q(request_id=""))
        ),
    ]
