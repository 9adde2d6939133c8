"""The journal is read within one's scope, and nobody but the owner of the database can change it."""

from django.db import migrations

from xuke.foundation.row_security import append_only, wall


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]

    operations = [
        wall("foundation_entry"),
        append_only("foundation_entry", "foundation_leaf", "foundation_head", "foundation_handled"),
    ]
