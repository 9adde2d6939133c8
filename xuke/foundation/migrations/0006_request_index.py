"""Auditors look for what happened in one request. In a transaction of its own: while it is made, everybody may read."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("foundation", "0005_request_ids")]

    operations = [
        migrations.AddIndex(
            "entry", models.Index("request_id", "id", name="journal_request", condition=~Q(request_id=""))
        ),
    ]
