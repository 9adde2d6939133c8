"""What a mandate covers, and how long the enterprise itself stands."""

import django.contrib.postgres.fields
import django.db.models.deletion
import xuke.parties.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="state",
            field=models.TextField(
                choices=[
                    ("in_operation", "存续"),
                    ("revoked", "吊销"),
                    ("deregistered", "注销"),
                    ("moved_out", "迁出"),
                ],
                db_default="in_operation",
                default="in_operation",
            ),
        ),
        migrations.AddField(
            model_name="enterprise",
            name="term_ends_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="mandate",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="powers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                db_default=["draft", "sign", "receive"],
                default=xuke.parties.models.all_powers,
                size=None,
            ),
        ),
    ]
