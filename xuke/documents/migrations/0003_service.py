"""How a notice is served, its proof, and consent to electronic service.

Everybody who was registered before has filed online and received every notice there: that counts as consent from now
on, and can be withdrawn. There is no entry for it in the journal yet, so the revision is 0.
"""

import django.db.models.deletion
from django.db import migrations, models

import xuke.foundation.identity
from xuke.foundation.row_security import SYSTEM, equals, is_set, policies, within

SEEN = " OR ".join((SYSTEM, within("authority", "authority_path"), equals("enterprise", "enterprise_id")))
OWN = f"{SYSTEM} OR {equals('enterprise', 'enterprise_id')}"
ONLINE_BEFORE = """
INSERT INTO documents_serviceconsent (id, revision, enterprise_id, given_at, given_by, note)
SELECT gen_random_uuid(), 0, id, now(), '平台', '此前一直在线办理，文书都以电子方式送达'
FROM parties_enterprise
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_administration"),
        ("documents", "0002_walls"),
        ("foundation", "0006_request_index"),
        ("parties", "0006_named_bounded"),
    ]

    operations = [
        migrations.AddField("notice", "arrived_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "notice", "channel", models.TextField(blank=True, db_default="electronic", default="electronic")
        ),
        migrations.AddField("notice", "read_by", models.TextField(blank=True, db_default="", default="")),
        migrations.AlterField("notice", "served_on", models.DateField(blank=True, null=True)),
        migrations.AddIndex(
            "notice",
            models.Index(
                condition=models.Q(("served_on__isnull", True)),
                fields=["authority_path", "issued_at"],
                name="notices_not_served",
            ),
        ),
        migrations.AddIndex(
            "notice",
            models.Index(
                condition=models.Q(("read_at__isnull", True)),
                fields=["authority_path", "issued_at"],
                name="notices_not_read",
            ),
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.TextField()),
                ("served_on", models.DateField()),
                ("place", models.TextField(blank=True, db_default="", default="")),
                ("receiver", models.TextField(blank=True, db_default="", default="")),
                ("relation", models.TextField(blank=True, db_default="", default="")),
                ("tracking", models.TextField(blank=True, db_default="", default="")),
                ("witnesses", models.TextField(blank=True, db_default="", default="")),
                ("publication", models.TextField(blank=True, db_default="", default="")),
                ("published_on", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.TextField()),
                ("authority_path", models.TextField(db_collation="C")),
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
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="service", to="documents.notice"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.notice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceConsent",
            fields=[
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "id",
                    models.UUIDField(
                        default=xuke.foundation.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("given_by", models.TextField()),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_by", models.TextField(blank=True, db_default="", default="")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("enterprise"),
                        condition=models.Q(("withdrawn_at", None)),
                        name="one_open_consent_per_enterprise",
                    )
                ],
            },
        ),
        # A proof is written once; nobody but whoever migrates changes it.
        policies("documents_service", SELECT=SEEN, INSERT=SEEN),
        # Every authority that issues has to know whether it may serve here; only the enterprise itself agrees.
        policies("documents_serviceconsent", SELECT=f"{OWN} OR {is_set('authority')}", INSERT=OWN, UPDATE=OWN),
        migrations.RunSQL(ONLINE_BEFORE, migrations.RunSQL.noop),
    ]
