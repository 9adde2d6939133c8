"""A failed examination counts until a later one is passed: since when is kept with the person."""

from django.db import migrations, models

# The first examination failed since one was passed, out of what was recorded so far.
FAILED = """
UPDATE verifiers_verifier AS known SET failed_on = failed.since FROM (
    SELECT one.verifier_id, min(one.day) AS since FROM verifiers_record AS one
    WHERE one.kind = 'examination' AND NOT one.passed AND NOT EXISTS (
        SELECT FROM verifiers_record AS later
        WHERE later.verifier_id = one.verifier_id AND later.kind = 'examination' AND later.passed
            AND (later.day, later.recorded_at) > (one.day, one.recorded_at)
    ) GROUP BY one.verifier_id
) AS failed WHERE known.id = failed.verifier_id
"""


class Migration(migrations.Migration):
    dependencies = [("verifiers", "0003_recused_persons")]

    operations = [
        migrations.AddField("verifier", "failed_on", models.DateField(blank=True, null=True)),
        migrations.RunSQL(FAILED, migrations.RunSQL.noop),
    ]
