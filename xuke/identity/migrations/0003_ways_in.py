"""Other ways in: linked accounts of the identity platform, bound certificates, and what keeps their use to one time."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import xuke.foundation.vault
from xuke.foundation.row_security import SYSTEM, own_wall, policies


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlatformHealth",
            fields=[
                ("issuer", models.TextField(primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failed_at", models.DateTimeField()),
                ("rests_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SpentChallenge",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("browser", models.BinaryField(max_length=32)),
                ("issuer", models.TextField()),
                ("nonce", models.TextField()),
                ("verifier", models.TextField()),
                ("wanted", models.TextField(blank=True, default="")),
                ("kept", xuke.foundation.vault.SealedField(blank=True, default="", purpose="kept")),
                ("left_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BoundCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("issuer", models.TextField()),
                ("serial", models.TextField()),
                ("content", models.BinaryField(default=b"")),
                ("subject", models.TextField()),
                ("credit_code", models.CharField(blank=True, default="", max_length=18)),
                ("family", models.TextField(choices=[("RSA", "RSA"), ("ECDSA", "ECDSA"), ("SM2", "SM2")])),
                ("not_before", models.DateTimeField()),
                ("not_after", models.DateTimeField()),
                ("bound_at", models.DateTimeField()),
                ("bound_by", models.TextField(choices=[("self", "本人绑定"), ("number", "证件号码相同")])),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user"], name="bound_certificate_user")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("fingerprint"),
                        condition=models.Q(("ended_at", None)),
                        name="one_person_per_certificate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("bound_at")), _connector="OR"
                        ),
                        name="bound_certificate_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.TextField()),
                ("subject", models.TextField()),
                ("linked_at", models.DateTimeField()),
                (
                    "linked_by",
                    models.TextField(choices=[("number", "证件号码相同"), ("new", "新建账号"), ("self", "本人关联")]),
                ),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user"], name="external_identity_user")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("issuer"),
                        models.F("subject"),
                        condition=models.Q(("ended_at", None)),
                        name="one_person_per_external_identity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("linked_at")), _connector="OR"
                        ),
                        name="external_identity_days",
                    ),
                ],
            },
        ),
        own_wall("identity_externalidentity"),
        own_wall("identity_boundcertificate"),
        # What somebody on the way to the platform carries is nobody's business; it is asked before anybody is known.
        policies("identity_departure", ALL=SYSTEM),
    ]
