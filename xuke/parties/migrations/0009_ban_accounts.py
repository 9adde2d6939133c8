"""A ban knows the account it was imposed on: two people of one name are two people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0008_counter")]

    operations = [migrations.AddField("ban", "account", models.BigIntegerField(blank=True, null=True))]
