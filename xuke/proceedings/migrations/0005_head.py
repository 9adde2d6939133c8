"""Who was the legal representative when a case was opened: a revocation bars them (Food Safety Law art. 135)."""

from django.db import migrations, models

FILL = """
    UPDATE proceedings_proceeding AS proceeding SET head = firm.legal_representative
    FROM parties_enterprise AS firm WHERE firm.id = proceeding.enterprise_id AND proceeding.head = ''
"""


class Migration(migrations.Migration):
    dependencies = [("proceedings", "0004_proof"), ("parties", "0009_ban_accounts")]

    operations = [
        migrations.AddField("proceeding", "head", models.TextField(blank=True, db_default="", default="")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
