"""The register of verifiers, what is kept about each, and recusal."""

import django.contrib.postgres.fields
import django.db.models.deletion
import xuke.foundation.identity
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0004_administration"),
        ("parties", "0007_bans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Verifier",
            fields=[
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("unit", models.TextField(blank=True, db_default="", default="")),
                (
                    "qualification",
                    models.TextField(
                        choices=[("verifier", "食品生产许可核查人员"), ("expert", "技术专家"), ("observer", "观察员")],
                        default="verifier",
                    ),
                ),
                (
                    "level",
                    models.TextField(
                        blank=True,
                        choices=[("", "未评定"), ("junior", "初级"), ("middle", "中级"), ("senior", "高级")],
                        db_default="",
                        default="",
                    ),
                ),
                ("may_lead", models.BooleanField(db_default=True, default=True)),
                ("credential", models.TextField(blank=True, db_default="", default="")),
                ("issuer", models.TextField(blank=True, db_default="", default="")),
                ("issuing_province", models.CharField(blank=True, db_default="", default="", max_length=2)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "specialities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, null=True, size=None
                    ),
                ),
                ("is_entered", models.BooleanField(db_default=True, default=True)),
                (
                    "status",
                    models.TextField(
                        choices=[("active", "在册"), ("suspended", "暂停核查"), ("withdrawn", "退出名册")],
                        default="active",
                    ),
                ),
                ("status_from", models.DateField(blank=True, null=True)),
                ("status_until", models.DateField(blank=True, null=True)),
                ("status_reason", models.TextField(blank=True, db_default="", default="")),
                ("recognised_on", models.DateField(blank=True, null=True)),
                ("recognised_by", models.TextField(blank=True, db_default="", default="")),
                ("registered_on", models.DateField()),
                ("training", models.JSONField(blank=True, db_default={}, default=dict)),
                ("examined_until", models.DateField(blank=True, null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.authority"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Recusal",
            fields=[
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField(blank=True, null=True)),
                ("name", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("uscc", models.CharField(max_length=18)),
                ("enterprise_name", models.TextField()),
                ("about", models.TextField(blank=True, db_default="", default="")),
                (
                    "ground",
                    models.TextField(
                        choices=[
                            ("former_employment", "曾在该企业任职"),
                            ("relative", "近亲属在该企业任职或者持股"),
                            ("shares", "持有该企业股份"),
                            ("consulting", "从该企业取得咨询、培训等收入"),
                            ("dispute", "与该企业有纠纷"),
                            ("other", "其他可能影响公正的情形"),
                        ]
                    ),
                ),
                ("text", models.TextField(blank=True, db_default="", default="")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("standing", "已申报，回避"),
                            ("requested", "等待决定"),
                            ("upheld", "决定回避"),
                            ("dismissed", "决定不回避"),
                            ("ended", "已解除"),
                        ]
                    ),
                ),
                ("declared_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("decided_by", models.TextField(blank=True, db_default="", default="")),
                ("decision", models.TextField(blank=True, db_default="", default="")),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.enterprise",
                    ),
                ),
                (
                    "verifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recusals", to="verifiers.verifier"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField(blank=True, null=True)),
                ("authority_path", models.TextField(db_collation="C")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("training", "培训"),
                            ("examination", "考核"),
                            ("witness", "见证评价"),
                            ("integrity", "廉洁与诚信"),
                        ]
                    ),
                ),
                ("day", models.DateField()),
                ("title", models.TextField()),
                ("hours", models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True)),
                ("points", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("passed", models.BooleanField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("recorded_by", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "verifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records", to="verifiers.verifier"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="verifier",
            index=models.Index(fields=["authority_path", "name", "id"], name="verifier_place"),
        ),
        migrations.AddConstraint(
            model_name="verifier",
            constraint=models.UniqueConstraint(
                models.F("user"),
                condition=models.Q(("user__isnull", False), models.Q(("status", "withdrawn"), _negated=True)),
                name="one_register_row_per_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="verifier",
            constraint=models.UniqueConstraint(
                models.F("credential"),
                condition=models.Q(
                    models.Q(("credential", ""), _negated=True), models.Q(("status", "withdrawn"), _negated=True)
                ),
                name="one_row_per_credential",
            ),
        ),
        migrations.AddConstraint(
            model_name="verifier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from", None), ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="credential_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="verifier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("recognised_by", ""), ("recognised_on", None)),
                    ("recognised_on__isnull", False),
                    _connector="OR",
                ),
                name="recognition",
            ),
        ),
        migrations.AddIndex(
            model_name="recusal",
            index=models.Index(fields=["uscc"], name="recusal_of_enterprise"),
        ),
        migrations.AddIndex(
            model_name="recusal",
            index=models.Index(fields=["about"], name="recusal_of_case"),
        ),
        migrations.AddConstraint(
            model_name="recusal",
            constraint=models.UniqueConstraint(
                models.F("verifier"),
                models.F("about"),
                condition=models.Q(("state", "requested")),
                name="one_open_request_per_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="recusal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", ""), ("decided_on", None)),
                    models.Q(("decided_on__isnull", False), models.Q(("decided_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="recusal_decided_all_or_none",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["verifier", "-day"], name="record_of_verifier"),
        ),
    ]
