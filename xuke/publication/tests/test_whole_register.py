"""The whole register as a file: everything its pages show, the same bytes for the same register."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from hashlib import sha256

from xuke.foundation.scope import EVERYTHING, enter
from xuke.publication import tasks
from xuke.publication.models import PublicFigure
from xuke.publication.projection import register, whole
from xuke.tests.cast import NOON


def test_everybody_can_take_the_whole_register_home_and_check_it(at, client, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    case = at("granted")
    enter(EVERYTHING)
    register.publish(case.licence.number)
    settings.XUKE_HOME = tmp_path
    tasks.write_whole_register()
    made = PublicFigure.objects.get(name=whole.NAME).value
    response = client.get("/data/licences.jsonl.gz")
    content = b"".join(response.streaming_content)
    assert (sha256(content).hexdigest(), len(content)) == (made["sha256"], made["bytes"])
    (row,) = [json.loads(line) for line in gzip.decompress(content).splitlines()]
    assert (row["number"], row["state"]) == (case.licence.number, "in_force")
    assert set(row) == set(whole.COLUMNS)
    page = client.get("/data/").content.decode()
    assert made["sha256"] in page
    assert whole.write(tmp_path, now=NOON + timedelta(days=1))["sha256"] == made["sha256"]


def test_before_it_was_made_there_is_nothing_to_download(db, client, settings, tmp_path):
    settings.XUKE_HOME = tmp_path
    assert client.get("/data/licences.jsonl.gz").status_code == 404
    assert client.get("/data/").status_code == 200


def test_somebody_takes_the_register_twice_at_the_same_time_and_not_a_third_time(db, client, settings, tmp_path):
    settings.XUKE_HOME = tmp_path
    assert whole.write(tmp_path, now=NOON)
    client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    mine = [client.get("/data/licences.jsonl.gz") for _ in range(2)]
    assert client.get("/data/licences.jsonl.gz").status_code == 429
    others = client.get("/data/licences.jsonl.gz", REMOTE_ADDR="203.0.113.10")
    assert all(b"".join(response.streaming_content) for response in (*mine, others))
    assert b"".join(client.get("/data/licences.jsonl.gz").streaming_content)
