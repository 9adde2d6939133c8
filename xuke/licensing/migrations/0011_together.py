"""How officers work together on a case, and with the applicant."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licensing", "0010_interruptions")]

    operations = []
