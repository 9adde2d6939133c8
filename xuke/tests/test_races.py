"""Two people at the same moment, about one licence or one case: real threads, real commits, and one of them is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from xuke.accounts.models import User
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import officer as officer_of
from xuke.catalogue import editions
from xuke.certificates import answering
from xuke.certificates.models import CertificateVersion, Licence
from xuke.config.demonstration import proceedings as stories_of_proceedings
from xuke.config.demonstration import stories
from xuke.foundation import journal
from xuke.foundation.refusals import Refused
from xuke.licensing import commands, watching
from xuke.licensing.commands import moving
from xuke.licensing.models import Application, MovedCase
from xuke.parties.models import Ban
from xuke.proceedings import commands as proceedings
from xuke.proceedings.models import Proceeding
from xuke.tests.cast import NOON, YICHANG, YILING, at_once, everything

MIDNIGHT = time(tzinfo=journal.SHANGHAI)


def one_was_told(outcomes):
    """One did it and one was refused with a sentence; nobody ran into the database."""
    refused = [each for each in outcomes if isinstance(each, BaseException)]
    assert len(refused) == 1 and isinstance(refused[0], Refused), outcomes


@pytest.mark.parametrize("kind", ["revocation", "cancellation"])
def test_one_decides_to_change_a_licence_and_one_takes_it_away(committed_db, at, the_cast, kind):
    change = at("decision_proposed", procedure="food.change")
    with everything():
        licence = Licence.objects.select_related("enterprise").get(pk=change.starts_from_id)
        case = stories_of_proceedings.play("proposed", licence, the_cast, kind=kind, now=NOON)
        now = max(event.at for event in journal.history(case.stream)) + timedelta(minutes=1)
    take_away = proceedings.decide if kind == "revocation" else proceedings.cancel

    def act(what):
        if what == "change":
            return commands.grant(application=change, by=the_cast.decider, now=now).state
        return take_away(proceeding=case, by=the_cast.decider, now=now).state

    outcomes = at_once(act, ["change", "take away"])
    assert all(isinstance(each, str | Refused) for each in outcomes), outcomes
    assert isinstance(outcomes[1], str), "whoever takes it away is never too late"
    with everything():
        licence.refresh_from_db()
        assert licence.state == {"revocation": "revoked", "cancellation": "cancelled"}[kind]
        state = Application.objects.get(pk=change.pk).state
        assert CertificateVersion.objects.count() == (2 if state == "granted" else 1)
        answer = answering.by_number(answering.read_number(licence.number), today=now.date()).answer
        assert answer.verdict == "ended"


def test_two_cases_against_one_licence_begun_at_once_are_one(committed_db, at, the_cast, he_the_supervisor):
    granted = at("granted")
    with everything():
        licence = Licence.objects.select_related("enterprise").get(pk=granted.licence_id)

    def begin(by: Officer) -> str:
        return proceedings.begin(
            kind="rescission", ground="fraud", facts="检验报告系伪造。", licence=licence, by=by, now=NOON
        ).number

    one_was_told(at_once(begin, [the_cast.reviewer, he_the_supervisor]))
    with everything():
        assert Proceeding.objects.count() == 1


def test_at_midnight_the_law_renews_or_the_decider_does_and_never_both(committed_db, at, the_cast):
    renewal = at("decision_proposed", procedure="food.renewal")
    with everything():
        last = Licence.objects.get(pk=renewal.starts_from_id).valid_to
    midnight = datetime.combine(last + timedelta(days=1), MIDNIGHT)

    def act(who):
        if who == "the law":
            return watching.renew_silent(midnight)
        return commands.grant(application=renewal, by=the_cast.decider, now=midnight - timedelta(seconds=1)).state

    by_law, by_hand = at_once(act, ["the law", "刘正平"])
    assert (by_law, by_hand) == (0, "granted") or (by_law == 1 and isinstance(by_hand, Refused)), (by_law, by_hand)
    with everything():
        assert Application.objects.get(pk=renewal.pk).state == "granted"
        assert CertificateVersion.objects.count() == 2
        assert Licence.objects.get().valid_to > last


def test_two_supervisors_hand_out_one_pool_and_nobody_gets_a_case_twice(
    committed_db, at, the_cast, the_sauce_cast, he_the_supervisor, zhouwen_of_two_roles
):
    cases = [at("accepted", cast=cast) for cast in (the_cast, the_sauce_cast)]
    other = replace(zhouwen_of_two_roles, roles=frozenset({Role.SUPERVISOR}))

    def hand_out(who):
        by, to, order = who
        lines = [(case.pk, to.user_id, case.revision) for case in cases[::order]]
        return commands.hand_out(lines=lines, by=by, now=NOON)

    plans = [(he_the_supervisor, the_cast.reviewer, 1), (other, zhouwen_of_two_roles, -1)]
    outcomes = at_once(hand_out, plans)
    assert all(isinstance(each, tuple) for each in outcomes), outcomes
    given = [case.pk for out, _ in outcomes for case in out]
    left = [case.pk for _, left in outcomes for case, _ in left]
    assert sorted(given) == sorted(left) == sorted(case.pk for case in cases)
    with everything():
        assert Application.objects.filter(claimed_by__isnull=False).count() == 2


def test_a_category_moves_to_the_county_while_the_prefecture_accepts(committed_db, at, the_yichang_cast):
    filled = stories.filled_form(the_yichang_cast)["products"]
    milk = [{**row, "main": True} for row in filled["varieties"] if row["code"] == "0501"]
    case = at("submitted", cast=the_yichang_cast, products={"varieties": milk})
    midnight = datetime.combine(NOON.date() + timedelta(days=1), MIDNIGHT)
    with everything():
        fan = officer_of(User.objects.get(login_name="fanzhiguo"), today=NOON.date())
    moving.move_competence(
        key="105",
        division=YICHANG,
        level="county",
        valid_from=midnight.date(),
        basis="鄂市监〔2026〕30号",
        choice="all",
        by=fan,
        now=NOON,
    )
    editions.forget()

    def act(who):
        if who == "the plan":
            return moving.go_on(lambda: midnight)
        return commands.accept(
            application=case, by=the_yichang_cast.acceptor, now=midnight - timedelta(seconds=1)
        ).state

    moved, accepted = at_once(act, ["the plan", "王岩"])
    assert isinstance(accepted, Refused) or accepted == "accepted", accepted
    assert moved == 1, moved
    with everything():
        found = Application.objects.select_related("authority").get(pk=case.pk)
        assert (found.authority.code, found.state) == (YILING, accepted if isinstance(accepted, str) else "submitted")
        assert MovedCase.objects.count() == 1
        assert {each.authority_path for each in found.materials.all()} == {found.authority_path}


@pytest.mark.parametrize("state", ["opened", "proposed"])
def test_giving_a_licence_up_and_the_case_against_it_at_the_same_moment_end_in_the_case(
    committed_db, at, the_cast, state
):
    """Whoever is first: the case goes on, the licence ends as revoked, and two bans follow."""
    asked = at("decision_proposed", procedure="food.cancellation")
    with everything():
        licence = Licence.objects.select_related("enterprise").get(pk=asked.starts_from_id)
        case, now = None, NOON + timedelta(days=60)
        if state == "proposed":
            case = stories_of_proceedings.play("proposed", licence, the_cast, kind="revocation", now=NOON)

    def act(what):
        if what == "give up":
            return commands.cancel_licence(application=asked, by=the_cast.decider, now=now).state
        if case is not None:
            return proceedings.decide(proceeding=case, by=the_cast.decider, now=now).state
        words = {"kind": "revocation", "ground": "fsl_123", "facts": "使用非食品原料，情节严重。"}
        return proceedings.begin(licence=licence, by=the_cast.reviewer, now=now, **words).state

    given_up, taken = at_once(act, ["give up", "take away"])
    assert isinstance(given_up, str | Refused), given_up
    assert taken == ("decided" if state == "proposed" else "opened"), "whoever takes it away is never too late"
    with everything():
        found = Proceeding.objects.select_related("licence", "enterprise").get()
        if state == "opened":
            stories_of_proceedings.go_on(found, the_cast, "decided", now=now + timedelta(minutes=1))
        assert Licence.objects.get(pk=licence.pk).state == "revoked"
        assert Ban.objects.count() == 2
