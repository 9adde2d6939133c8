"""Proven names, kinds of postings, the three administrators."""

import django.db.models.deletion
import xuke.foundation.vault
from django.conf import settings
from django.db import migrations, models


# Whoever administered until now kept the people; the tree of authorities gets an administrator of its own.
ROLES = """
UPDATE accounts_posting SET role = 'security_administrator' WHERE role = 'administrator';
UPDATE accounts_user SET serves = true WHERE EXISTS (SELECT FROM accounts_posting p WHERE p.user_id = accounts_user.id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RealName",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="real_name",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.TextField()),
                (
                    "document",
                    models.TextField(
                        choices=[
                            ("resident_id", "居民身份证"),
                            ("permit_hk_mo", "港澳居民居住证"),
                            ("permit_tw", "台湾居民居住证"),
                            ("passport", "护照"),
                        ],
                        default="resident_id",
                    ),
                ),
                ("number", xuke.foundation.vault.SealedField(editable=True, purpose="resident_id")),
                ("number_mark", models.BinaryField(unique=True)),
                ("mobile", xuke.foundation.vault.SealedField(default="", purpose="mobile")),
                ("mobile_mark", models.BinaryField(db_index=True, default=b"")),
                ("proven_at", models.DateTimeField()),
                (
                    "proven_by",
                    models.TextField(
                        choices=[
                            ("identity_platform", "统一身份认证平台"),
                            ("certificate", "数字证书"),
                            ("counter", "窗口核验证件"),
                            ("demonstration", "演示数据"),
                        ]
                    ),
                ),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        # The column goes with a later release: the release before this one still reads it.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="user", name="last_login")]
        ),
        migrations.AddField(
            model_name="posting",
            name="instead_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="posting",
            name="kind",
            field=models.TextField(
                choices=[("regular", "任命"), ("secondment", "借调"), ("deputy", "代理")],
                db_default="regular",
                default="regular",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="serves",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="posting",
            name="role",
            field=models.TextField(
                choices=[
                    ("acceptor", "受理"),
                    ("reviewer", "审查"),
                    ("verifier", "核查"),
                    ("decider", "决定"),
                    ("supervisor", "监督"),
                    ("system_administrator", "系统管理"),
                    ("security_administrator", "安全管理"),
                    ("auditor", "审计"),
                ]
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("instead_of", None), ("kind", "regular")),
                    models.Q(("instead_of", None), ("kind", "secondment"), ("valid_to__isnull", False)),
                    models.Q(
                        ("instead_of__isnull", False),
                        ("kind", "deputy"),
                        ("valid_to__isnull", False),
                        models.Q(("instead_of", models.F("user")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="posting_kinds",
            ),
        ),
    ]
