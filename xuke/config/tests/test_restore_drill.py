"""The restore drill: people act while a backup is made; elsewhere, what they were told was done is there."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from xuke.certificates.models import Licence
from xuke.config import cli, worker
from xuke.config.checks.database import grants
from xuke.config.demonstration import people
from xuke.config.tests import elsewhere
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.operations import signs
from xuke.tests.cast import MORNING

GRANT = """
from datetime import datetime
from xuke.accounts import queries
from xuke.accounts.models import User
from xuke.certificates.models import Licence
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing import commands
from xuke.licensing.models import Application
now = datetime.fromisoformat(sys.argv[2])
with opened_for(EVERYTHING):
    liu = queries.officer(User.objects.get(login_name="liuzhengping"), today=now.date())
commands.grant(application=Application(pk=sys.argv[1]), by=liu, now=now)
with opened_for(EVERYTHING):
    print(*sorted(Licence.objects.values_list("number", flat=True)))
"""
GRANTS = """
    SELECT relname, (SELECT array_agg(each::text ORDER BY each::text) FROM unnest(relacl) AS each)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
    UNION ALL SELECT oid::regprocedure::text,
        (SELECT array_agg(each::text ORDER BY each::text) FROM unnest(proacl) AS each)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'new ' || defaclobjtype::text,
        (SELECT array_agg(each::text ORDER BY each::text) FROM unnest(defaclacl) AS each)
    FROM pg_default_acl ORDER BY 1
"""


@dataclass
class Working:
    """An office that grants one licence after another, and what it was told was done, and when."""

    acknowledged: dict[str, datetime] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def at_least(self, count: int) -> None:
        """Wait until so many were granted."""
        until = time.monotonic() + 60
        while len(self.acknowledged) < count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.acknowledged) >= count


@pytest.fixture
def the_office(at, the_sauce_cast, committed_db) -> Iterator[Working]:
    """People act until the test is over: each case is another enterprise's."""
    working = Working()

    def work() -> None:
        try:
            for place in count(600):
                if working.stop.is_set():
                    return
                application = at("granted", cast=people.with_firm(the_sauce_cast, place=place, now=MORNING))
                working.acknowledged[str(application.pk)] = timezone.now()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield working
    working.stop.set()
    thread.join()


@pytest.mark.kill
def test_what_was_acknowledged_before_the_backup_point_is_there_and_work_goes_on(at, committed_db, the_office):
    still_open = at("decision_proposed")
    the_office.at_least(2)
    worker.run(name="before", until_idle=True)
    before = len(the_office.acknowledged)
    with elsewhere.new_home() as home:
        place = home.parent / "backups"
        assert cli.main(["backup", "--to", str(place)]) == 0
        (made,) = place.glob("2*")
        point = json.loads((made / "manifest.json").read_text())["point"]
        with opened_for(EVERYTHING):
            numbers = sorted(Licence.objects.values_list("number", flat=True))
        done = elsewhere.xuke(
            home, "restore", str(made), "--heads", str(Path(settings.XUKE_HOME, "journal-heads.jsonl"))
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "日志完整" in done.stdout
        with elsewhere.owner(home) as there, psycopg.connect(committed_db.owner) as here:
            # Nobody may do more there than here, least of all to the journal.
            assert there.execute(GRANTS).fetchall() == here.execute(GRANTS).fetchall()
            assert list(grants(there)) == []
            granted = {
                str(pk)
                for (pk,) in there.execute("SELECT id FROM licensing_application WHERE state <> 'decision_proposed'")
            }
            highest = there.execute("SELECT number FROM certificates_licence ORDER BY number").fetchall()
        told = {pk for pk, moment in the_office.acknowledged.items() if moment < datetime.fromisoformat(point["at"])}
        assert len(told) >= before
        assert told <= granted
        # Numbers go on where the backup stopped: none twice, none missing.
        assert [number for (number,) in highest] == numbers[: len(highest)]
        after = elsewhere.script(home, GRANT, str(still_open.pk), "2026-09-07T12:00:00+08:00").split()
        assert len(after) == len(highest) + 1
        for prefix in {number[:-5] for number in after}:
            used = [int(number[-5:-1]) for number in after if number.startswith(prefix)]
            assert used == list(range(1, len(used) + 1))
        # Files are made, the log is sealed on, and both verify.
        assert elsewhere.xuke(home, "worker", "--until-idle").returncode == 0
        verified = elsewhere.xuke(home, "journal", "verify")
        assert verified.returncode == 0, verified.stdout
        assert int(verified.stdout.partition("已封存 ")[2].partition(" ")[0]) > point["entries"]
        with elsewhere.owner(home) as there:
            file = there.execute(
                "SELECT file_id FROM certificates_certificateversion WHERE file_id IS NOT NULL"
            ).fetchone()[0]
        assert elsewhere.xuke(home, "verify", str(home / "files" / file[:2] / file[2:4] / file)).returncode == 0
    assert signs.last_backup().good_place == str(made)
