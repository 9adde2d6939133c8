"""The names of enterprises cut into pairs of characters, and the function by which officers find them."""

from __future__ import annotations

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from xuke.foundation.bigrams import bigrams, plain
from xuke.foundation.row_security import SYSTEM, is_set, policies

_AT_A_TIME = 5_000

# Having the pairs is not yet having them side by side: the second condition looks again. Nobody waits for all rows of a
# frequent word: the answer is bounded, and whoever asks is told when it was.
FUNCTION = """
CREATE FUNCTION parties_named(pairs text[], part text, most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT enterprise_id FROM parties_enterprisename
    WHERE tokens @> pairs AND strpos(plain, part) > 0 AND cardinality(pairs) > 0
        AND (current_setting('xuke.authority', true) <> '' OR current_setting('xuke.system', true) = 'on')
    LIMIT least(most, 10000)
$$;
REVOKE ALL ON FUNCTION parties_named FROM PUBLIC;
GRANT EXECUTE ON FUNCTION parties_named TO xuke_app;
"""


def cut_names(apps: Any, schema_editor: Any) -> None:
    """Cut the names there are."""
    enterprises = apps.get_model("parties", "Enterprise").objects.using(schema_editor.connection.alias)
    names = apps.get_model("parties", "EnterpriseName").objects.using(schema_editor.connection.alias)
    rows: list[Any] = []
    for key, name in enterprises.order_by("pk").values_list("pk", "name").iterator(chunk_size=_AT_A_TIME):
        rows.append(names.model(enterprise_id=key, name=name, plain=plain(name), tokens=list(bigrams(name))))
        if len(rows) == _AT_A_TIME:
            names.bulk_create(rows)
            rows = []
    names.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_invitations")]

    operations = [
        migrations.CreateModel(
            "EnterpriseName",
            [
                (
                    "enterprise",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="naming",
                        serialize=False,
                        to="parties.enterprise",
                    ),
                ),
                ("name", models.TextField()),
                ("plain", models.TextField()),
                ("tokens", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["tokens"], name="enterprise_name_tokens", fastupdate=False
                    )
                ]
            },
        ),
        migrations.RunPython(cut_names, migrations.RunPython.noop),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION parties_named"),
        # What the register of enterprises says is public among authorities; only those who note it write.
        policies("parties_enterprisename", SELECT=f"{SYSTEM} OR {is_set('authority')}", INSERT=SYSTEM, UPDATE=SYSTEM),
    ]
