"""Applications, materials and visits are seen within one's scope."""

from django.db import migrations

from xuke.foundation.row_security import wall


class Migration(migrations.Migration):
    dependencies = [("licensing", "0001_initial"), ("foundation", "0002_walls")]

    operations = [wall("licensing_application"), wall("licensing_material"), wall("licensing_visit")]
