"""Rule editions: added and read, never changed."""

from django.db import migrations, models

from xuke.foundation.row_security import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [("foundation", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RuleEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "topic",
                    models.TextField(
                        choices=[
                            ("time_limit", "办理时限"),
                            ("competence", "许可权限"),
                            ("commitment", "告知承诺"),
                            ("gate", "地方准入条件"),
                            ("switch", "办理方式"),
                            ("score", "现场核查评分规则"),
                        ]
                    ),
                ),
                ("key", models.TextField()),
                ("level", models.TextField(choices=[("nation", "国家"), ("province", "省级")])),
                ("division", models.TextField(blank=True, default="")),
                ("content", models.JSONField(default=dict)),
                ("ends", models.BooleanField(default=False)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("published_by", models.TextField()),
                ("published_for", models.TextField(blank=True, db_collation="C", default="")),
                ("basis", models.TextField()),
                (
                    "transition",
                    models.TextField(
                        choices=[
                            ("filing_day", "按提交申请之日"),
                            ("acceptance_day", "按受理之日"),
                            ("decision_day", "按作出决定之日"),
                        ],
                        default="filing_day",
                    ),
                ),
                (
                    "confidence",
                    models.TextField(
                        choices=[("verified", "verified"), ("known", "known"), ("uncertain", "uncertain")],
                        default="known",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("basis", ""), _negated=True), name="edition_has_a_basis"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="edition_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("division", ""), ("level", "nation")),
                            models.Q(("division__regex", "^[0-9]{6}$"), ("level", "province")),
                            _connector="OR",
                        ),
                        name="edition_level_and_place",
                    ),
                ],
            },
        ),
        append_only("catalogue_ruleedition"),
    ]
