"""Exports of officers, each behind the wall of its person."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import xuke.foundation.identity
from xuke.foundation.row_security import own_wall


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0004_administration"),
        ("licensing", "0005_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "ListExport",
            [
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("authority_path", models.TextField(db_collation="C")),
                (
                    "kind",
                    models.TextField(choices=[("inbox", "等我办理"), ("mine", "我经办的"), ("all", "本单位在办")]),
                ),
                ("asked", models.JSONField(default=dict)),
                ("told", models.TextField(blank=True, default="")),
                ("form", models.TextField(choices=[("xlsx", "Excel表格（XLSX）"), ("csv", "CSV")])),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "排队中"),
                            ("running", "正在生成"),
                            ("ready", "可以下载"),
                            ("streamed", "已直接下载"),
                            ("failed", "没有生成"),
                            ("cancelled", "已取消"),
                            ("expired", "已到期删除"),
                        ],
                        default="waiting",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("estimated", models.PositiveIntegerField(blank=True, null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("problem", models.TextField(blank=True, default="")),
                ("fetched_at", models.DateTimeField(blank=True, null=True)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.authority"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("user"),
                        django.db.models.expressions.OrderBy(models.F("asked_at"), descending=True),
                        name="export_of_user",
                    ),
                    models.Index(fields=["expires_at"], condition=models.Q(("state", "ready")), name="export_expires"),
                ]
            },
        ),
        own_wall("exports_listexport"),
    ]
