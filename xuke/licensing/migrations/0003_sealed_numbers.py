"""Telephone numbers in forms are sealed; `xuke keys --continue` seals those written before."""

from django.db import migrations

import xuke.foundation.vault


class Migration(migrations.Migration):
    dependencies = [
        ("licensing", "0002_walls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="form",
            field=xuke.foundation.vault.SealedJSONField(default=dict, sealed={"contact_phone": "mobile"}),
        ),
        migrations.AlterField(
            model_name="application",
            name="spot_correction",
            field=xuke.foundation.vault.SealedJSONField(default=dict, sealed={"from": "mobile", "to": "mobile"}),
        ),
    ]
