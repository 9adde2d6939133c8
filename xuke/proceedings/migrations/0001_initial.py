"""Proceedings against licences, behind the wall of territory and enterprise; investigation and decision apart."""

import django.contrib.postgres.fields
import django.db.models.deletion
import xuke.foundation.identity
import xuke.foundation.vault
from django.conf import settings
from django.db import migrations, models

from xuke.foundation.row_security import wall

# Whoever investigated stands in an array, so that the separation is written in SQL as well.
HANDS = """
ALTER TABLE proceedings_proceeding ADD CONSTRAINT proceeding_hands_are_apart CHECK (
    (decided_by_id = ANY (investigated_by)) IS NOT TRUE AND (chair_id = ANY (investigated_by)) IS NOT TRUE
    AND NOT (investigated_by && considered_by)
)
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0004_administration"),
        ("certificates", "0003_endings"),
        ("parties", "0007_bans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Proceeding",
            fields=[
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.TextField(unique=True)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("withdrawal", "撤回许可"),
                            ("rescission", "撤销许可"),
                            ("revocation", "吊销许可证"),
                            ("cancellation", "依职权注销"),
                            ("false_materials", "提供虚假材料申请的处理"),
                        ]
                    ),
                ),
                ("ground", models.TextField()),
                ("state", models.TextField(default="opened")),
                ("about", models.TextField(blank=True, default="")),
                ("authority_path", models.TextField(db_collation="C")),
                ("facts", models.TextField()),
                ("basis", models.TextField()),
                ("compensation", models.TextField(blank=True, default="")),
                ("source", models.TextField(blank=True, db_index=True, default="")),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.TextField()),
                (
                    "investigated_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("told_on", models.DateField(blank=True, null=True)),
                ("answer_by", models.DateField(blank=True, null=True)),
                ("hearing_by", models.DateField(blank=True, null=True)),
                ("statements", models.JSONField(default=list)),
                ("waived_at", models.DateTimeField(blank=True, null=True)),
                ("hearing", models.JSONField(default=dict)),
                ("proposal", xuke.foundation.vault.SealedJSONField(default=dict, sealed={"number": "resident_id"})),
                (
                    "considered_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("decision", models.JSONField(default=dict)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.authority"
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
                (
                    "investigator",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "licence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="certificates.licence",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["authority_path", "state", "-opened_at"], name="proceeding_of_authority"),
                    models.Index(fields=["enterprise", "-opened_at"], name="proceeding_of_enterprise"),
                    models.Index(fields=["licence"], name="proceeding_of_licence"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("licence"),
                        condition=models.Q(
                            (
                                "state__in",
                                ("opened", "notified", "hearing_requested", "hearing_set", "heard", "proposed"),
                            )
                        ),
                        name="one_open_proceeding_per_licence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("investigator__isnull", True),
                            ("decided_by__isnull", True),
                            models.Q(("investigator", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="investigator_is_not_decider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("investigator__isnull", True),
                            ("chair__isnull", True),
                            models.Q(("investigator", models.F("chair")), _negated=True),
                            _connector="OR",
                        ),
                        name="investigator_is_not_chair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", None), ("decided_on", None)),
                            models.Q(("decided_by__isnull", False), ("decided_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="proceeding_decided_all_or_none",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("licence__isnull", False), models.Q(("about", ""), _negated=True), _connector="OR"
                        ),
                        name="proceeding_is_about_something",
                    ),
                ],
            },
        ),
        migrations.RunSQL(HANDS, "ALTER TABLE proceedings_proceeding DROP CONSTRAINT proceeding_hands_are_apart"),
        wall("proceedings_proceeding"),
    ]
