"""Try an upgrade as it happens: old and new code at work on one database, people at both, nothing lost.

    .venv/bin/python tools/side_by_side.py --old v0.1.0 --seconds 30

An installation of the old commit serves people with its web and worker. Meanwhile the new code migrates the database,
starts its own web and worker beside them, and people tell whole stories, submit to grant, each request at the other of
the two. Then the old ones stop, as they do at the end of an upgrade, and everything is checked: no request failed, no
job failed, every story came to its end once, numbers have no gap, and the journal verifies.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = 3
"""People telling stories at the same time."""


@dataclass(frozen=True)
class Side:
    """One release: its code, the state it runs in, and the port of its web."""

    name: str
    tree: Path
    environment: dict[str, str]
    port: int

    def command(self, *words: str) -> list[str]:
        """`xuke …` of this release."""
        return [sys.executable, "-m", "xuke.config.cli", *words]

    def run(self, *words: str) -> str:
        """Run a command to its end; what it said."""
        done = subprocess.run(
            self.command(*words), cwd=self.tree, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: xuke {' '.join(words)} -> {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    @contextmanager
    def running(self, *words: str) -> Iterator[None]:
        """Run a command for as long as the block lasts; its errors are ours."""
        process = subprocess.Popen(self.command(*words), cwd=self.tree, env=self.environment, start_new_session=True)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Try it and print what was found, as JSON. 0: nothing was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--old", help="commit or tag that is upgraded from; by default the newest release")
    parser.add_argument("--seconds", type=float, default=30, help="how long people act at both")
    parsed = parser.parse_args(arguments)
    old = parsed.old or _newest_release()
    with ExitStack() as stack:
        place = Path(tempfile.mkdtemp(prefix="xuke-side-by-side-"))
        place.chmod(0o755)
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        tree = stack.enter_context(_worktree(old, place / "old"))
        found = _try(place, tree, parsed.seconds, old)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 1 if found["wrong"] else 0


def _newest_release() -> str:
    tags = _git("tag", "--list", "v*", "--sort=-version:refname").split()
    if not tags:
        raise SystemExit("there is no release tag; name the old commit with --old")
    return tags[0]


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def _worktree(commit: str, place: Path) -> Iterator[Path]:
    _git("worktree", "add", "--detach", str(place), commit)
    try:
        yield place
    finally:
        _git("worktree", "remove", "--force", str(place))


def _try(place: Path, tree: Path, seconds: float, old_commit: str) -> dict[str, object]:
    """Everything in order; what was found."""
    home, old_home = place / "home", place / "old-home"
    _lay_out(home, old_home)
    os.environ |= {"XUKE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xuke.config.settings", "XUKE_PUBLIC_RATE": "0"}
    from xuke.config import embedded
    from xuke.config.bench.running import await_port, free_port

    with ExitStack() as stack:
        stack.callback(embedded.destroy, home)
        info = embedded.ensure_running(home)
        os.environ |= {
            "DATABASE_URL": info.app,
            "DATABASE_OWNER_URL": info.owner,
            "DATABASE_PUBLIC_URL": info.public,
        }
        old, new = _side("old", tree, old_home, free_port()), _side("new", ROOT, home, free_port())
        _say(f"an installation of {old_commit} starts")
        _static(old)
        _static(new)
        old.run("prepare")
        with ExitStack() as old_runs:
            old_runs.enter_context(_both(old))
            await_port(old.port)
            with _looking(old.port) as looks:
                _say("the new release migrates, while people look at the old one")
                migrated = new.run("prepare")
            with _both(new):
                await_port(new.port)
                _say(f"people act at both for {seconds:.0f} s")
                found = _people_act(place / "ledger", (old.port, new.port), seconds, old_runs)
                _say("the old one has stopped; the new one goes on alone, then everything is checked")
        new.run("worker", "--until-idle")
        verified = new.run("journal", "verify")
        return {"old": old_commit, "migrated": migrated, "looked": dict(looks), "journal": verified, **_checked(found)}


@contextmanager
def _looking(port: int) -> Iterator[Counter[int]]:
    """Somebody opens pages again and again; how often each status came back."""
    seen: Counter[int] = Counter()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            for path in ("/", "/login/", "/verify/?number=SC10642050600012"):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                        seen[answer.status] += 1
                except urllib.error.HTTPError as problem:
                    seen[problem.code] += 1
                except OSError:
                    seen[0] += 1

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def _people_act(place: Path, ports: tuple[int, int], seconds: float, old_runs: ExitStack) -> Path:
    """People tell stories, each request at the other of the two; then the old one is stopped under them."""
    import django

    django.setup()
    from django.utils import timezone

    from xuke.config.chaos.ledger import Ledger
    from xuke.config.chaos.people import Answer, Browser, Crowd
    from xuke.config.demonstration import people

    answering = list(ports)
    turns = itertools.count()

    class Both(Browser):
        """Asks the one, then the other, as a proxy in front of both would have it."""

        def _ask(self, *words: Any, **more: Any) -> Answer:
            if self._connection:
                self._connection.close()
            self._connection = None
            self._port = answering[next(turns) % len(answering)]
            return super()._ask(*words, **more)

    class Everybody(Crowd):
        """A crowd with such browsers."""

        def browser(self) -> Browser:
            return Both(0, self.pulse)

    cast = people.one_cast(now=timezone.now())
    crowd = Everybody(cast, port=0, ledger=Ledger(place), seed=1, size=PEOPLE)
    crowd.start()
    time.sleep(seconds)
    answering.remove(ports[0])
    time.sleep(2)
    old_runs.close()
    time.sleep(seconds / 3)
    crowd.stop()
    if crowd.stuck:
        _say("; ".join(crowd.stuck))
    return place


def _checked(place: Path) -> dict[str, Any]:
    """What people were told beside what the database says."""
    from django.db import connections

    from xuke.config.chaos import ledger
    from xuke.config.chaos.checking import check
    from xuke.config.news import HANDLERS

    lines = ledger.read(place)
    counted = Counter(line.what for line in lines)
    refused = Counter(line.note for line in lines if line.what in (ledger.REFUSED, ledger.LOST))
    wrong = [f"{each.kind}: {each.message}" for each in check(lines, HANDLERS)]
    wrong += [f"{note}: {count}" for note, count in refused.items()]
    wrong += [] if counted[ledger.ENDED] == counted[ledger.BEGUN] else ["stories that did not end"]
    connections.close_all()
    return {"stories": counted[ledger.ENDED], "acknowledged": counted[ledger.ACKNOWLEDGED], "wrong": wrong}


def _lay_out(home: Path, old_home: Path) -> None:
    """One state for both; only the static files are each release's own."""
    for folder in (home, old_home):
        folder.mkdir()
        for name in ("fonts", "vendor"):
            (folder / name).symlink_to(ROOT / "var" / name)
    for name in ("files", "keys", "trust"):
        (home / name).mkdir()
        (old_home / name).symlink_to(home / name)
    (home / "journal-heads.jsonl").touch()
    (old_home / "journal-heads.jsonl").symlink_to(home / "journal-heads.jsonl")


def _side(name: str, tree: Path, home: Path, port: int) -> Side:
    environment = {**os.environ, "XUKE_HOME": str(home), "PYTHONPATH": str(tree), "XUKE_PUBLIC_RATE": "0"}
    return Side(name, tree, environment, port)


def _static(side: Side) -> None:
    words = [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"]
    environment = {**side.environment, "DJANGO_SETTINGS_MODULE": "xuke.config.settings"}
    subprocess.run(words, cwd=side.tree, env=environment, check=True)


@contextmanager
def _both(side: Side) -> Iterator[None]:
    web = ("serve", "--port", str(side.port), "--workers", "1", "--threads", "4")
    with side.running("worker"), side.running(*web):
        yield


def _say(sentence: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
