"""Files that something keeps without a column of its own, so that the sweep leaves them alone."""

import django.db.models.deletion
from django.db import migrations, models

import xuke.foundation.identity
from xuke.foundation.row_security import SYSTEM, append_only, policies


class Migration(migrations.Migration):
    dependencies = [("foundation", "0006_request_index")]

    operations = [
        migrations.CreateModel(
            "KeptFile",
            [
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.TextField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.storedfile"
                    ),
                ),
            ],
        ),
        policies("foundation_keptfile", SELECT=SYSTEM, INSERT="true"),
        append_only("foundation_keptfile"),
    ]
