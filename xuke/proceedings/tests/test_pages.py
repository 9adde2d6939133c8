"""The pages of a proceeding, for officers and for whom it is against, at a browser without a script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from xuke.certificates.models import Licence
from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.foundation.journal import legal_day
from xuke.licensing.tests.applicant_pages import log_in, statements
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, Desk
from xuke.parties.models import Ban
from xuke.proceedings import buttons, commands
from xuke.proceedings.commands.steps import PAST
from xuke.proceedings.models import Proceeding
from xuke.tests.cast import everything, tiny_pdf, verbs

LIST, NEW = "/office/proceedings/", "/office/proceedings/new/"


@pytest.fixture
def desk(client):
    return Desk(client)


@pytest.fixture
def now():
    """The clock of the pages."""
    return timezone.now() - timedelta(minutes=30)


def of(case, slug=""):
    return reverse("officer-proceeding-step", args=[case.pk, slug]) if slug else f"{LIST}{case.pk}/"


def mine(case, slug=""):
    return f"/my/proceedings/{case.pk}/{slug + '/' if slug else ''}"


def stored(case):
    return Proceeding.objects.get(pk=case.pk)


def test_an_investigator_begins_a_case_from_the_number_of_a_licence(desk, licence, chen_the_reviewer):
    shown = desk.open(chen_the_reviewer, f"{NEW}?number={licence.number}")
    assert licence.enterprise.name in shown.main
    typed = {"ground": "rescission:fraud", "number": licence.number, "facts": "检验报告系伪造。"}
    sent = desk.send(chen_the_reviewer, NEW, typed)
    case = Proceeding.objects.get()
    assert sent.goes_to == of(case)
    page = desk.open(chen_the_reviewer, of(case))
    assert "检验报告系伪造" in page.main and "事先告知企业" in page.main
    assert len(page.statements) <= MOST_STATEMENTS
    assert "轮到您" in desk.open(chen_the_reviewer, LIST).main


def test_a_wrong_number_or_ground_is_told_at_its_field(desk, licence, chen_the_reviewer):
    sent = desk.send(chen_the_reviewer, NEW, {"ground": "rescission:fraud", "number": "SC1", "facts": "虚假。"})
    assert sent.status == 422 and "没有找到这个编号" in sent.main
    typed = {"ground": "cancellation:expired", "number": licence.number, "facts": "届满。"}
    sent = desk.send(chen_the_reviewer, NEW, typed)
    assert sent.status == 422 and "还没有届满" in sent.main


def test_a_decider_begins_nothing_and_reads_why(desk, licence, liu_the_decider):
    assert desk.open(liu_the_decider, NEW).status == 403
    assert "审查或者监督人员立案" in desk.open(liu_the_decider, LIST).main


def test_the_list_asks_the_same_however_many_there_are(desk, played, chen_the_reviewer):
    played("notified")
    page = desk.open(chen_the_reviewer, LIST)
    assert page.status == 200 and len(page.statements) <= MOST_STATEMENTS
    Licence.objects.update(state="expired", valid_to="2026-10-01", granted_on="2021-10-02")
    Proceeding.objects.update(state="dropped")
    assert "依职权注销" in desk.open(chen_the_reviewer, LIST).main
    assert desk.open(chen_the_reviewer, f"{LIST}?closed=1").status == 200


def test_a_case_is_taken_from_notice_to_decision_through_its_pages(desk, client, played, the_cast, now):
    case = played("opened", now=now)
    reviewer, decider, holder = the_cast.reviewer, the_cast.decider, the_cast.applicant
    form = desk.open(reviewer, of(case, "notify"))
    assert "待核实" in form.main
    desk.send(reviewer, of(case, "notify"), {"facts": "检验报告系伪造，有函件为证。", "revision": form.revision})
    assert stored(case).facts == "检验报告系伪造，有函件为证。"

    log_in(client, holder)
    shown = client.get(mine(case)).content.decode()
    assert "检验报告系伪造，有函件为证" in shown and "三年" not in shown and "3年内" in shown
    assert len(statements(client, mine(case))) <= MOST_STATEMENTS
    assert "拟撤销您的食品生产许可" in client.get("/my/").content.decode()
    with everything():
        revision = stored(case).revision
    paper = SimpleUploadedFile("说明.pdf", tiny_pdf(), "application/pdf")
    answer = {"text": "报告由代办机构提供。", "revision": revision, "file": paper}
    assert client.post(mine(case, "answer"), answer).status_code == 303
    assert "报告由代办机构提供" in client.get(mine(case)).content.decode()
    sent = client.get(f"{mine(case)}statements/0/")
    assert sent.status_code == 200 and b"".join(sent.streaming_content).startswith(b"%PDF")
    assert client.post(mine(case, "waive"), {"revision": revision + 1}).status_code == 303

    read = desk.open(reviewer, f"{of(case)}statements/0/")
    assert read.response.getvalue().startswith(b"%PDF") and verbs(case)[-1] == "proceeding.statement_read"
    form = desk.open(reviewer, of(case, "propose"))
    typed = {
        "opinion": "建议撤销。",
        "on_record": "代办不免除责任。",
        "effective_on": "2026-09-07",
        "revision": form.revision,
        "more-TOTAL_FORMS": "3",
        "more-INITIAL_FORMS": "0",
        "more-0-name": "李某",
        "more-0-number": "11010519491231002X",
        "more-0-duty": "直接负责的主管人员",
        "people": [str(holder.user_id)],
    }
    assert desk.send(reviewer, of(case, "propose"), typed).goes_to == of(case)
    assert "没有权限" not in desk.open(reviewer, of(case)).main
    assert desk.open(reviewer, of(case, "decide")).status == 403
    form = desk.open(decider, of(case, "decide"))
    assert "建议撤销" in form.main
    assert desk.send(decider, of(case, "decide"), {"revision": form.revision}).goes_to == of(case)
    assert Licence.objects.get(pk=case.licence_id).state == "rescinded"
    assert {ban.person: bool(ban.mark) for ban in Ban.objects.filter(source=case.stream)} == {
        "": False, holder.name: True, "李某": True
    }  # fmt: skip
    page = desk.open(decider, of(case))
    assert "自始无效" in page.main and len(page.statements) <= MOST_STATEMENTS
    sent = desk.send(reviewer, of(case, "close-record"), {"revision": stored(case).revision})
    assert sent.goes_to == of(case) and stored(case).state == "record_closed"

    log_in(client, holder)
    assert "请不要再依据这张许可证生产" in client.get(mine(case)).content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("record_closed", {"hearing": True}),
        ("record_closed", {"kind": "cancellation"}),
        ("dropped", {}),
    ],
)
def test_whatever_an_officer_sends_in_a_proceeding_can_be_read_before(played, the_cast, now, state, words):
    if state == "dropped":
        told = played("notified", now=now)
        case = commands.drop(proceeding=told, reason="证据不足。", by=the_cast.decider, now=now + timedelta(days=1))
    else:
        case = played(state, now=now, **words)
    moments = set(Notice.objects.filter(about=case.stream).values_list("issued_at", flat=True))
    happened = {event.verb.partition(".")[2]: event.at in moments for event in journal.history(case.stream)}
    for act in buttons.ACTS:
        if PAST[act.verb] in happened:
            assert act.sends == happened[PAST[act.verb]], act.verb
            assert act.needs_form or not act.sends, "what is pressed at once cannot be read before"


def test_liu_reads_the_decision_before_he_takes_a_licence_away(desk, played, the_cast, now):
    case = played("proposed", now=now)
    form = desk.open(the_cast.decider, of(case, "decide"))
    look = desk.send(the_cast.decider, of(case, "decide"), {"revision": form.revision, "preview": "1"})
    assert look.status == 200 and "还没有签发，可以返回修改" in look.main and "撤销许可决定书" in look.main
    assert stored(case).state == "proposed" and Licence.objects.get(pk=case.licence_id).state == "in_force"


def test_the_holder_asks_for_a_hearing_and_it_is_set_and_recorded(desk, client, played, the_cast, now):
    case = played("notified", now=now)
    log_in(client, the_cast.applicant)
    with everything():
        revision = stored(case).revision
    sent = client.post(mine(case, "ask-hearing"), {"reason": "有异议。", "revision": revision})
    assert sent.status_code == 303
    form = desk.open(the_cast.reviewer, of(case, "set-hearing"))
    assert the_cast.reviewer.name not in form.main.partition("请选择")[2].partition("涉及国家秘密")[0]
    soon = legal_day(timezone.now()) + timedelta(days=2)
    chair = the_cast.verifiers[0]
    typed = {"held_at": f"{soon}T09:30", "place": "听证室", "chair": chair.user_id, "revision": form.revision}
    refused = desk.send(the_cast.reviewer, of(case, "set-hearing"), typed)
    assert refused.status == 422 and "7个工作日以前" in refused.main
    later = legal_day(timezone.now()) + timedelta(days=20)
    sent = desk.send(the_cast.reviewer, of(case, "set-hearing"), typed | {"held_at": f"{later}T09:30"})
    assert sent.goes_to == of(case)
    log_in(client, the_cast.applicant)
    assert "听证室" in client.get(mine(case)).content.decode()
    assert "参加听证：" in (home := client.get("/my/").content.decode()) and "09:30" in home and "听证室" in home
    log_in(client, the_cast.reviewer)
    assert desk.open(chair, of(case, "record-hearing")).status == 409


def test_somebody_who_was_faster_is_named_and_nothing_typed_is_lost(desk, played, the_cast, now):
    case = played("opened", now=now)
    seen = case.revision
    desk.send(the_cast.reviewer, of(case, "notify"), {"facts": "事实。", "revision": seen})
    late = desk.send(the_cast.decider, of(case, "drop"), {"reason": "证据不足。", "revision": seen})
    assert late.status == 409 and "证据不足" in late.html


def test_an_enterprise_does_not_find_what_it_was_not_told_nor_anothers(client, played, the_cast, the_sauce_cast, now):
    case = played("opened", now=now)
    log_in(client, the_cast.applicant)
    assert client.get(mine(case)).status_code == 404
    with everything():
        Proceeding.objects.update(state="notified")
    assert client.get(mine(case)).status_code == 200
    log_in(client, the_sauce_cast.applicant)
    assert client.get(mine(case)).status_code == 404
