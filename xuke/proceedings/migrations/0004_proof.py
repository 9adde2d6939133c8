"""What a plain fact rests on: the document, or the entry of the register, that says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proceedings", "0003_contested")]

    operations = [migrations.AddField("proceeding", "proof", models.TextField(blank=True, db_default="", default=""))]
