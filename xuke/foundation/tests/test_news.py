"""Every handler hears of everything it asked for, once, in order, whoever fails or is killed meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connections

from xuke.foundation import journal, news, request_ids
from xuke.foundation.journal import Event
from xuke.foundation.news import Delivered, On, deliver, deliver_now
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.sealer import seal
from xuke.foundation.tests.journals import NOON, ZHOU_MIN, Case, Superuser, happens, happens_here, killed_at
from xuke.foundation.transactions import opened_for

ACCEPTED, GRANTED = "application.accepted", "application.granted"
LATER = NOON + timedelta(hours=2)


class Ear:
    """A handler that remembers what it was told, and fails as long as it is asked to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []
        self.deaf_to: set[str] = set()

    def __call__(self, event: Event, now: datetime) -> None:
        if event.stream in self.deaf_to:
            raise LookupError(f"cannot hear {event.stream}")
        self.heard.append((event.stream, event.seq))


@pytest.fixture
def ear(mallory: Superuser) -> Ear:
    return Ear()


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Failures are expected, and logged."""
    return caplog


def history(stream: str) -> tuple[Event, ...]:
    with opened_for(EVERYTHING):
        return journal.history(stream)


def listening(ear: Callable[[Event, datetime], object], *verbs: str, name: str = "archive.file") -> tuple[On, ...]:
    return tuple(On(verb, ear, name=name) for verb in verbs or (ACCEPTED,))


def test_a_handler_hears_what_was_sealed_once(mallory: Superuser, ear: Ear) -> None:
    case = Case("application:1")
    happens(case, times=2)
    happens(case, GRANTED)
    assert deliver(listening(ear), NOON) == Delivered()
    seal(NOON)
    assert deliver(listening(ear), NOON) == Delivered(done=2)
    assert deliver(listening(ear), NOON) == Delivered()
    assert ear.heard == [("application:1", 1), ("application:1", 2)]
    assert mallory.column("SELECT count(*) FROM foundation_handled") == [2]
    assert mallory.column("SELECT count(*) FROM foundation_unhandled") == [0]


def test_the_handler_is_told_everything_about_the_event(mallory: Superuser) -> None:
    told: list[tuple[Event, datetime]] = []

    def hear(event: Event, now: datetime) -> None:
        told.append((event, now))

    happens(Case("application:1"), reason="材料齐全", amount=1.5)
    seal(NOON)
    deliver(listening(hear), LATER)
    ((event, now),) = told
    assert event == history("application:1")[0]
    assert event.facts == {"reason": "材料齐全", "amount": 1.5}
    assert now == LATER


def test_a_slow_transaction_is_heard_of_although_others_were_faster(mallory: Superuser, ear: Ear) -> None:
    handlers = listening(ear, ACCEPTED, GRANTED)
    with mallory.long_transaction(Case("application:slow")):
        happens(Case("application:fast"))
        seal(NOON)
        assert deliver(handlers, NOON) == Delivered()
    seal(NOON)
    assert deliver(handlers, NOON) == Delivered(done=2)
    assert ear.heard == [("application:slow", 1), ("application:fast", 1)]


def test_a_reaction_may_itself_make_news(mallory: Superuser, ear: Ear) -> None:
    def grant(event: Event, now: datetime) -> None:
        happens_here(Case(event.stream, revision=event.seq), GRANTED)

    handlers = (On(ACCEPTED, grant, name="licensing.grant"), *listening(ear, GRANTED))
    happens(Case("application:1"))
    for _ in range(2):
        seal(NOON)
        deliver(handlers, NOON)
    assert ear.heard == [("application:1", 2)]


# --- order and failure ------------------------------------------------------------------------------------------------


def test_a_failing_reaction_holds_up_its_own_stream_only(mallory: Superuser, ear: Ear, quiet: object) -> None:
    good, bad = Case("application:good"), Case("application:bad")
    for _ in range(2):
        happens(bad)
        happens(good)
    seal(NOON)
    ear.deaf_to = {bad.stream}
    assert deliver(listening(ear), NOON) == Delivered(done=2, failed=1)
    assert ear.heard == [(good.stream, 1), (good.stream, 2)]
    ear.deaf_to = set()
    assert deliver(listening(ear), NOON) == Delivered()  # It is not yet time to try again.
    assert deliver(listening(ear), NOON + timedelta(seconds=2)) == Delivered(done=2)
    assert ear.heard[2:] == [(bad.stream, 1), (bad.stream, 2)]


def test_another_app_does_not_wait_for_the_one_that_fails(mallory: Superuser, ear: Ear, quiet: object) -> None:
    ear.deaf_to = {"application:1"}
    other = Ear()
    same_app = Ear()
    handlers = (
        *listening(ear),
        *listening(other, name="publication.show"),
        *listening(same_app, GRANTED, name="archive.bind"),
    )
    case = Case("application:1")
    happens(case)
    happens(case, GRANTED)
    seal(NOON)
    assert deliver(handlers, NOON) == Delivered(done=1, failed=1)
    assert (other.heard, same_app.heard) == ([("application:1", 1)], [])
    ear.deaf_to = set()
    assert deliver(handlers, LATER) == Delivered(done=2)
    assert same_app.heard == [("application:1", 2)]


def test_what_fails_is_tried_at_longer_and_longer_intervals(mallory: Superuser, ear: Ear, quiet: object) -> None:
    happens(Case("application:1"))
    seal(NOON)
    ear.deaf_to = {"application:1"}
    pauses, now = [], NOON
    for _ in range(14):
        assert deliver(listening(ear), now) == Delivered(failed=1)
        ((retry_at, problem),) = mallory.rows("SELECT retry_at, problem FROM foundation_unhandled")
        assert problem == "LookupError: cannot hear application:1"
        pauses.append((retry_at - now).total_seconds())
        now = retry_at
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]


def test_a_reaction_that_fails_leaves_nothing_behind(mallory: Superuser, quiet: pytest.LogCaptureFixture) -> None:
    def half_done(event: Event, now: datetime) -> None:
        happens_here(Case("letter:1"), "letter.written")
        raise RuntimeError("out of paper")

    happens(Case("application:1"))
    seal(NOON)
    assert deliver(listening(half_done), NOON) == Delivered(failed=1)
    assert mallory.column("SELECT count(*) FROM foundation_entry") == [1]
    assert mallory.column("SELECT count(*) FROM foundation_handled") == [0]
    assert "out of paper" in quiet.text


def test_a_failing_handler_does_not_use_up_the_call(mallory: Superuser, ear: Ear, quiet: object) -> None:
    happens(Case("application:bad"), times=3)
    for number in range(6):
        happens(Case(f"application:{number}"))
    seal(NOON)
    ear.deaf_to = {"application:bad"}
    assert deliver(listening(ear), NOON, limit=4) == Delivered(done=3, failed=1)
    assert deliver(listening(ear), NOON, limit=4) == Delivered(done=3)


# --- who hears from when ----------------------------------------------------------------------------------------------


def test_a_new_handler_is_told_the_past_unless_it_does_not_want_it(mallory: Superuser, ear: Ear) -> None:
    case = Case("application:1")
    happens(case, times=2)
    seal(NOON)
    deliver(listening(ear), NOON)
    archivist, postman = Ear(), Ear()
    handlers = (
        *listening(ear),
        *listening(archivist, name="statistics.count"),
        On(ACCEPTED, postman, name="delivery.write", replays=False),
    )
    assert deliver(handlers, NOON) == Delivered(done=2)
    happens(case)
    seal(NOON)
    assert deliver(handlers, NOON) == Delivered(done=3)
    assert [seq for _, seq in archivist.heard] == [1, 2, 3]
    assert [seq for _, seq in postman.heard] == [3]


def test_before_anybody_listened_nothing_is_past(mallory: Superuser, ear: Ear) -> None:
    """A new installation makes its first news before its first worker starts."""
    happens(Case("application:1"))
    seal(NOON)
    assert deliver((On(ACCEPTED, ear, name="delivery.write", replays=False),), NOON) == Delivered(done=1)


def test_a_long_log_is_looked_through_in_windows(mallory: Superuser, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "WINDOW", 3)
    monkeypatch.setattr(news, "WINDOWS", 2)
    happens(Case("application:1"), times=10)
    seal(NOON)
    assert [deliver(listening(ear), NOON).done for _ in range(3)] == [6, 4, 0]
    assert [seq for _, seq in ear.heard] == list(range(1, 11))


def test_a_handler_that_was_taken_off_the_list_blocks_nobody(mallory: Superuser, ear: Ear, quiet: object) -> None:
    gone = Ear()
    gone.deaf_to = {"application:1"}
    happens(Case("application:1"))
    seal(NOON)
    deliver((*listening(gone, name="archive.gone"), *listening(ear)), NOON)
    assert ear.heard == []
    assert deliver(listening(ear), NOON) == Delivered(done=1)


def test_a_handler_that_could_not_be_remembered_is_refused(mallory: Superuser, ear: Ear) -> None:
    nameless = On(ACCEPTED, lambda event, now: None)
    for handlers in (
        (nameless,),
        listening(ear, name="archive"),
        listening(ear) * 2,
        (*listening(ear), *listening(Ear(), GRANTED)),
    ):
        with pytest.raises(ValueError, match=r"name|twice"):
            deliver(handlers, NOON)


def test_nobody_listens(mallory: Superuser) -> None:
    assert deliver((), NOON) == Delivered()


# --- at once ----------------------------------------------------------------------------------------------------------


def test_what_was_done_at_once_is_not_done_again(mallory: Superuser, ear: Ear) -> None:
    happens(Case("application:1"))
    event = history("application:1")[0]
    assert deliver_now(event, handlers=listening(ear), now=NOON) == Delivered(done=1)
    assert deliver_now(event, handlers=listening(ear), now=NOON) == Delivered()
    seal(NOON)
    assert deliver(listening(ear), NOON) == Delivered()
    assert ear.heard == [("application:1", 1)]


def test_what_failed_at_once_is_tried_again_and_keeps_its_place(mallory: Superuser, ear: Ear, quiet: object) -> None:
    happens(Case("application:1"), times=2)
    first, second = history("application:1")
    ear.deaf_to = {"application:1"}
    assert deliver_now(first, handlers=listening(ear), now=NOON) == Delivered(failed=1)
    ear.deaf_to = set()
    assert deliver_now(second, handlers=listening(ear), now=NOON) == Delivered()
    seal(NOON)
    assert deliver(listening(ear), LATER) == Delivered(done=2)
    assert [seq for _, seq in ear.heard] == [1, 2]


def test_only_the_verb_that_was_asked_for_is_heard_at_once(mallory: Superuser, ear: Ear) -> None:
    happens(Case("application:1"), GRANTED)
    assert deliver_now(*history("application:1"), handlers=listening(ear), now=NOON) == Delivered()


# --- several workers --------------------------------------------------------------------------------------------------


def until_written(write: Callable[[], None], work: Callable[[], None]) -> None:
    """Two workers work over and over until everything is written; their mistakes are ours."""
    finished = threading.Event()
    mistakes: list[BaseException] = []

    def keep_working() -> None:
        while not finished.wait(0.002):
            work()

    def run(each: Callable[[], None]) -> None:
        try:
            each()
        except BaseException as mistake:
            mistakes.append(mistake)
        finally:
            if each is write or mistakes:
                finished.set()
            connections.close_all()

    threads = [threading.Thread(target=run, args=[each]) for each in (keep_working, keep_working, write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if mistakes:
        raise mistakes[0]


def test_several_workers_and_urgent_reactions_carry_out_each_once_and_in_order(mallory: Superuser, ear: Ear) -> None:
    handlers = listening(ear)
    cases = [Case(f"application:{number}") for number in range(8)]
    urgent = cases[-1]

    def write() -> None:
        for _ in range(6):
            for case in cases:
                happens(case)
            deliver_now(history(urgent.stream)[-1], handlers=handlers, now=NOON)

    def work() -> None:
        seal(NOON)
        deliver(handlers, NOON)

    until_written(write, work)
    seal(NOON)
    deliver(handlers, NOON)
    assert sorted(ear.heard) == [(case.stream, seq) for case in cases for seq in range(1, 7)]
    for case in cases[:-1]:
        assert [seq for stream, seq in ear.heard if stream == case.stream] == list(range(1, 7))


@pytest.mark.kill
def test_killed_at_any_step_a_reaction_has_happened_once(mallory: Superuser) -> None:
    def write_letter(event: Event, now: datetime) -> None:
        happens_here(Case(f"letter:{event.seq}"), "letter.written")

    handlers = listening(write_letter)
    case = Case("application:1")
    step, killed = 0, True
    while killed:
        happens(case)
        seal(NOON)
        killed = killed_at(step, lambda: deliver(handlers, NOON), mallory=mallory)
        deliver(handlers, NOON)
        letters = mallory.column("SELECT stream FROM foundation_entry WHERE verb = 'letter.written' ORDER BY id")
        assert letters == [f"letter:{seq}" for seq in range(1, case.revision + 1)]
        step += 1
    assert step > 10


def test_the_history_names_its_stream_and_who_acted(mallory: Superuser) -> None:
    happens(Case("application:1"))
    (event,) = history("application:1")
    assert (event.stream, event.seq, event.actor, event.actor_label) == (
        "application:1",
        1,
        ZHOU_MIN.code,
        ZHOU_MIN.label,
    )


def test_what_a_reaction_writes_belongs_to_the_request_it_reacts_to(mallory: Superuser) -> None:
    numbers = []
    with request_ids.entered("0192-request"):
        happens(Case("application:1"))
    happens(Case("application:2"))
    seal(NOON)
    deliver(listening(lambda event, now: numbers.append(request_ids.current())), LATER)
    assert numbers == ["0192-request", ""]
