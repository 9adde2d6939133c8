"""Gapless numbers: 64 threads, none twice, none missing; what is rolled back is given again."""

import threading

import pytest
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from xuke.foundation import sequences
from xuke.foundation.models import Counter
from xuke.foundation.sequences import Exhausted, next_number

THREADS, EACH = 64, 5


def test_numbers_begin_with_one_and_keys_do_not_meet(db):
    assert [next_number("licence:SC124420506") for _ in range(3)] == [1, 2, 3]
    assert next_number("licence:SC124420581") == 1


def test_a_number_that_was_rolled_back_is_given_to_the_next(db):
    next_number("receipts")
    with transaction.atomic():
        assert next_number("receipts") == 2
        transaction.set_rollback(True)
    assert next_number("receipts") == 2


def test_numbers_in_use_are_skipped(db):
    used = {1, 2, 5}
    assert [next_number("migrated", skip=used.__contains__) for _ in range(3)] == [3, 4, 6]


def test_after_the_last_number_there_is_none(db):
    Counter.objects.create(key="full", value=9998)
    assert next_number("full", upto=9999) == 9999
    for _ in range(2):
        with pytest.raises(Exhausted, match="已经用完"), transaction.atomic():
            next_number("full", upto=9999)
    assert Counter.objects.get(key="full").value == 9999


def test_when_only_used_numbers_are_left_there_is_none(db):
    with pytest.raises(Exhausted), transaction.atomic():
        next_number("all used", upto=20, skip=lambda number: True)
    assert not Counter.objects.exists()


def test_64_threads_get_every_number_once_though_every_third_of_them_rolls_back(committed_db):
    given_out: list[int] = []
    failures: list[BaseException] = []
    gate = threading.Barrier(THREADS)

    def draw(thread: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            for turn in range(EACH):
                with transaction.atomic():
                    number = next_number("contended")
                    if rolled_back := (thread + turn) % 3 == 0:
                        transaction.set_rollback(True)
                if not rolled_back:
                    given_out.append(number)
        except BaseException as failure:
            failures.append(failure)
            gate.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=draw, args=[thread]) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = sum((thread + turn) % 3 != 0 for thread in range(THREADS) for turn in range(EACH))
    assert failures == []
    assert sorted(given_out) == list(range(1, kept + 1))
    assert Counter.objects.get(key="contended").value == kept


def test_a_transaction_that_waits_gets_the_number_that_another_gives_back(committed_db):
    first_has_one, may_roll_back = threading.Event(), threading.Event()
    numbers = []

    def first() -> None:
        with transaction.atomic():
            numbers.append(next_number("queue"))
            first_has_one.set()
            may_roll_back.wait(10)
            transaction.set_rollback(True)
        connections.close_all()

    def second() -> None:
        first_has_one.wait(10)
        threading.Timer(0.05, may_roll_back.set).start()
        with transaction.atomic():
            numbers.append(next_number("queue"))
        connections.close_all()

    threads = [threading.Thread(target=act) for act in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers == [1, 1]


@pytest.mark.usefixtures("db")
@given(used=st.sets(st.integers(1, 30)), count=st.integers(0, 20))
def test_whatever_is_in_use_the_numbers_are_the_free_ones_in_order(used, count):
    free = [number for number in range(1, 60) if number not in used]
    with transaction.atomic():
        assert [next_number("any", skip=used.__contains__) for _ in range(count)] == free[:count]
        transaction.set_rollback(True)
    assert sequences.Exhausted.status == 409
