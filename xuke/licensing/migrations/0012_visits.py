"""Rounds of a visit, rectification, checks after issue."""

import django.db.models.deletion
from django.db import migrations, models

import xuke.foundation.identity
from xuke.foundation.row_security import SYSTEM, append_only, policies, wall, within

# The applicant is told of neither: who else could have come, and when somebody comes to look.
OFFICE = f"{SYSTEM} OR {within('authority', 'authority_path')}"


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_walls"),
        ("foundation", "0006_request_index"),
        ("licensing", "0011_together"),
        ("parties", "0006_named_bounded"),
    ]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="draw",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="visit",
            name="earlier",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="visit",
            name="entrusted_name",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="visit",
            name="entrusted_to",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="visit",
            name="experts",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="visit",
            name="round",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="visit",
            name="varieties",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.CreateModel(
            name="PostIssueCheck",
            fields=[
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("after_visit", "取得许可后检查"),
                            ("commitment", "告知承诺核查"),
                            ("exempt", "免现场核查的后续检查"),
                        ]
                    ),
                ),
                ("ordered_on", models.DateField()),
                ("due_on", models.DateField()),
                ("basis", models.TextField()),
                ("focus", models.JSONField(default=list)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("checked_by", models.TextField(blank=True, default="")),
                (
                    "result",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("", "未检查"),
                            ("pass", "符合许可条件"),
                            ("rectify", "有问题，责令整改"),
                            ("untrue", "承诺或者声明不实"),
                        ],
                        default="",
                    ),
                ),
                ("text", models.TextField(blank=True, default="")),
                ("authority_path", models.TextField(db_collation="C")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="licensing.application"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
                (
                    "licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="certificates.licence"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("checked_on", None)), fields=["authority_path", "due_on"], name="check_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_by", ""), ("checked_on", None), ("result", "")),
                            models.Q(
                                ("checked_on__isnull", False),
                                models.Q(("checked_by", ""), _negated=True),
                                models.Q(("result", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="checked_all_or_none",
                    ),
                    models.UniqueConstraint(models.F("application"), models.F("kind"), name="one_check_per_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rectification",
            fields=[
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("items", models.JSONField()),
                ("due_on", models.DateField()),
                ("reported_at", models.DateTimeField(blank=True, null=True)),
                ("report", models.TextField(blank=True, default="")),
                ("file_name", models.TextField(blank=True, default="")),
                ("confirmed_on", models.DateField(blank=True, null=True)),
                ("confirmed_by", models.TextField(blank=True, default="")),
                ("done", models.BooleanField(blank=True, null=True)),
                ("note", models.TextField(blank=True, default="")),
                ("authority_path", models.TextField(db_collation="C")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification",
                        to="licensing.application",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.storedfile",
                    ),
                ),
                (
                    "licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="certificates.licence"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("confirmed_on", None)),
                        fields=["authority_path", "due_on"],
                        name="rectification_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by", ""), ("confirmed_on", None), ("done", None)),
                            models.Q(
                                ("confirmed_on__isnull", False),
                                ("done__isnull", False),
                                models.Q(("confirmed_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rectification_confirmed_all_or_none",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamDraw",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("seed", models.TextField()),
                ("visit_on", models.DateField()),
                ("reason", models.TextField()),
                ("excluded", models.JSONField(default=list)),
                ("facts", models.JSONField()),
                ("team", models.JSONField()),
                ("drawn_by", models.TextField()),
                ("drawn_at", models.DateTimeField()),
                ("authority_path", models.TextField(db_collation="C")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="licensing.application"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("application"), models.F("number"), name="one_draw_per_number")
                ],
            },
        ),
        policies("licensing_teamdraw", SELECT=OFFICE, INSERT=OFFICE),
        policies("licensing_postissuecheck", SELECT=OFFICE, INSERT=OFFICE, UPDATE=OFFICE),
        wall("licensing_rectification"),
        append_only("licensing_teamdraw"),
    ]
