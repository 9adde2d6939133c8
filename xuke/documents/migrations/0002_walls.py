"""Notices are seen by the authority that issued them and the enterprise they are addressed to."""

from django.db import migrations

from xuke.foundation.row_security import wall


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("foundation", "0002_walls")]

    operations = [wall("documents_notice")]
