"""Point-in-time recovery: something is done, the moment is noted, more is done; what came after the moment is gone."""

from __future__ import annotations

import pytest

from xuke.config.backup import history
from xuke.config.tests import elsewhere

DECIDE = """
import time
from datetime import date
from django.utils import timezone
from xuke.foundation import commands, sealer
from xuke.foundation.actors import SYSTEM
for word in sys.argv[1:]:
    day, now = date.fromisoformat(word), timezone.now()
    commands.decide_day(day=day, is_workday=True, name="", source="国办发明电", by=SYSTEM, now=now)
sealer.seal(timezone.now())
time.sleep(1)
print(timezone.now().isoformat())
time.sleep(1)
"""
DAYS = "SELECT date::text FROM foundation_calendarday ORDER BY date"


@pytest.mark.kill
def test_what_was_done_before_the_moment_is_there_and_what_was_done_after_is_not(django_db_setup):
    with elsewhere.new_home() as home, elsewhere.new_home() as another:
        archive = home.parent / "wal"
        switch = {"XUKE_WAL_ARCHIVE": str(archive)}
        home.parent.chmod(0o777)
        assert elsewhere.xuke(home, "prepare", **switch).returncode == 0
        elsewhere.script(home, DECIDE, "2027-01-01", **switch)
        made = elsewhere.xuke(home, "backup", "--base", "--to", str(home.parent / "backups"), **switch)
        assert made.returncode == 0, made.stderr
        moment = elsewhere.script(home, DECIDE, "2027-01-02", **switch)
        elsewhere.script(home, DECIDE, "2027-01-03", "2027-01-04", **switch)
        (backup,) = (home.parent / "backups").glob("2*")
        asked = ("restore", str(backup), "--base", "--wal", str(archive), "--heads", str(home / "journal-heads.jsonl"))

        too_early = elsewhere.xuke(another, *asked, "--until", "2026-01-01T00:00:00")
        assert (too_early.returncode, "更早的备份" in too_early.stderr) == (2, True)
        done = elsewhere.xuke(another, *asked, "--until", moment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "日志完整" in done.stdout
        assert "此后封存的2条日志丢失了" in done.stdout
        assert (another / "journal-heads.lost.jsonl").read_bytes() == (home / "journal-heads.jsonl").read_bytes()
        with elsewhere.owner(another) as there:
            assert there.execute(DAYS).fetchall() == [("2027-01-01",), ("2027-01-02",)]
            (told,) = there.execute(
                "SELECT facts FROM foundation_entry WHERE verb = 'installation.restored'"
            ).fetchone()
        assert (told["kind"], told["lost"]) == ("按时刻恢复", 2)


def test_an_archive_without_a_piece_is_told(tmp_path):
    assert not history.has_pieces(tmp_path)
    (tmp_path / "000000010000000000000001.part").touch()
    assert not history.has_pieces(tmp_path)
    (tmp_path / "000000010000000000000001").touch()
    assert history.has_pieces(tmp_path)
