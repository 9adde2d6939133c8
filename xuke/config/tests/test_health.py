"""What the database tells of itself to those who operate us: whether we are ready, and the figures."""

from __future__ import annotations

import json

from xuke.config import health, metrics, readings


def test_the_figures_of_the_database_are_read_in_a_few_statements(committed_db, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(9):  # Six, the scope, and the transaction around them.
        taken = readings.take()
    assert taken.is_up
    assert (taken.unhandled, taken.jobs.get("failed", 0)) == (0, 0)
    monkeypatch.setattr(readings, "_last", None)
    told = metrics.exposition().decode()
    assert "xuke_database_up 1.0" in told
    assert 'xuke_database_connections{state="active"}' in told
    with django_assert_num_queries(0):
        metrics.exposition()  # Asked again at once, the database is left alone.


def test_an_installation_is_ready_when_its_roles_reach_the_database_and_every_migration_is_applied(
    committed_db, monkeypatch
):
    assert health.reasons() == []
    monkeypatch.setattr(health, "_known", {("licensing", "9999_of_the_next_release")})
    assert health.reasons() == ["migrations"]
    monkeypatch.setattr(health, "_reaches", lambda alias: alias != "default")
    assert json.loads(health.body(health.reasons())) == {"ready": False, "reasons": ["database"]}
