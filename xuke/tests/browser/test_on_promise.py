"""告知承诺: what is filed on a promise waits for whoever decides, at once or after the ordinary review."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from xuke.config.demonstration import stories_categories
from xuke.licensing.models import Application
from xuke.tests.browser.conftest import AtScreen
from xuke.tests.browser.places import case, mine, verbs
from xuke.tests.cast import Bring, Cast, everything

pytestmark = pytest.mark.browser


@pytest.fixture
def promised(now_at: Bring, the_cast: Cast) -> Application:
    with everything():
        stories_categories.open_commitment(
            division=the_cast.firm.division, kind="renewal", now=timezone.now() - timedelta(days=1)
        )
    return now_at("accepted", procedure="food.renewal", **stories_categories.ON_PROMISE)


def test_liu_finds_a_promise_on_his_desk_and_has_it_reviewed_after_all(
    at_screen: AtScreen, promised: Application
) -> None:
    liu, chen, wu = at_screen("liuzhengping"), at_screen("chenlixin"), at_screen("wuxiaomei")
    chen.open("/office/")
    assert promised.enterprise.name not in chen.page.content()
    liu.open("/office/")
    liu.reads("告知承诺，等当场决定")
    liu.look("p01-inbox-promise")
    liu.open(case(promised))
    liu.look("p02-case-promise")
    liu.follow("按告知承诺决定")
    liu.look("p03-decide-promise")
    liu.follow("转入一般程序")
    assert liu.press("转入一般程序").status == 422
    liu.look("p04-leave-promise")
    liu.fill(reason="杀菌机的处理能力需要现场核实。")
    liu.press("转入一般程序")
    assert verbs(promised)[-1] == "application.commitment_left"
    liu.look("p05-left")
    wu.open(mine(promised))
    wu.reads("杀菌机的处理能力需要现场核实。")
    wu.look("p06-my-case")
    chen.open("/office/")
    chen.reads(promised.enterprise.name)


def test_liu_decides_on_a_promise_at_once(at_screen: AtScreen, promised: Application) -> None:
    liu = at_screen("liuzhengping")
    liu.open(case(promised, "commitment"))
    liu.press("按告知承诺作出准予决定")
    liu.look("p07-decided")
    assert "application.granted_on_commitment" in verbs(promised)
