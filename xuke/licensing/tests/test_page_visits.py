"""The pages around a visit: the draw with its reasons, a redraw, recusal, checks and rectification."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from xuke.certificates.models import Licence
from xuke.config.demonstration.stories import marks
from xuke.foundation import journal
from xuke.foundation.refusals import Conflict
from xuke.licensing import commands
from xuke.licensing.models import PostIssueCheck, Rectification, TeamDraw, Visit
from xuke.licensing.tests.acts import confirmed
from xuke.licensing.tests.applicant_pages import address, log_in
from xuke.licensing.tests.applicant_pages import statements as asked
from xuke.licensing.tests.officer_desk import MOST_STATEMENTS, case_url
from xuke.tests.cast import NOON, everything, seen_by, tiny_pdf
from xuke.tests.walk import objects
from xuke.verifiers import commands as register
from xuke.verifiers.models import Recusal, Verifier


def test_the_page_draws_a_team_and_says_why_somebody_is_left_out(desk, at, chen_the_reviewer, gao_the_administrator):
    application = at("document_review")
    sun = Verifier.objects.get(user__login_name="sunyutong")
    register.suspend(verifier=sun, reason="调查中", by=gao_the_administrator, now=NOON)
    page = desk.open(chen_the_reviewer, case_url(application, "assign"))
    assert page.status == 200 and len(page.statements) <= MOST_STATEMENTS
    assert "抽不出核查组" in page.main and "只有1名，至少要2名" in page.main
    assert "孙雨桐：暂停核查（食品生产许可管理办法（2020年）第二十一条）" in page.main


def test_chen_draws_again_with_a_reason_and_without_one_is_asked_for_it(desk, at, chen_the_reviewer):
    application = at("document_review")
    url = case_url(application, "redraw")
    page = desk.send(chen_the_reviewer, url, {"visit_on": "", "reason": ""})
    assert page.status == 422 and "请写明为什么重新抽取" in page.words
    page = desk.send(chen_the_reviewer, url, {"visit_on": "", "reason": "孙雨桐请假"})
    assert page.status == 303 and page.goes_to.startswith(case_url(application, "assign"))
    assert TeamDraw.objects.get().reason == "孙雨桐请假"
    assert "第2次抽取" in desk.open(chen_the_reviewer, case_url(application, "assign")).main


def test_another_team_is_sent_from_the_case(desk, at, chen_the_reviewer, zhao_and_sun_the_verifiers):
    application = at("verification_assigned")
    page = desk.open(chen_the_reviewer, case_url(application, "reassign"))
    assert page.status == 200 and len(page.statements) <= MOST_STATEMENTS
    team = [each.user_id for each in zhao_and_sun_the_verifiers]
    send = {"team": team, "leader": team[1], "visit_on": page.value_of("visit_on"), "revision": page.revision}
    refused = desk.send(chen_the_reviewer, case_url(application, "reassign"), send)
    assert refused.status == 422 and "重新派出的原因" in refused.words
    done = desk.send(chen_the_reviewer, case_url(application, "reassign"), send | {"reason": "换组长"})
    assert done.status == 303
    assert Visit.objects.get(application=application).round == 2
    case = desk.open(chen_the_reviewer, case_url(application))
    assert "第2次" in case.main and "换组长" in case.main and len(case.statements) <= MOST_STATEMENTS


def test_wu_asks_that_sun_stays_away_and_liu_decides(
    client, desk, at, wu_the_applicant, liu_the_decider, chen_the_reviewer, sun_the_verifier
):
    application = at("verification_assigned")
    Visit.objects.filter(application=application).update(visit_on=NOON.date() + timedelta(days=3))
    team = Visit.objects.get(application=application).team
    sun = next(each["verifier"] for each in team if each["user_id"] == sun_the_verifier.user_id)
    browser = log_in(client, wu_the_applicant)
    url = address(application, "recusal/")
    assert len(asked(browser, url)) <= MOST_STATEMENTS
    assert "申请核查人员回避" in browser.get(address(application)).content.decode()
    assert browser.post(url, {"member": "0"}).status_code == 422
    sent = {"member": sun, "ground": "relative", "text": "是我的表弟。"}
    assert browser.post(url, sent).status_code == 303
    with everything():
        request = Recusal.objects.get()
    case = desk.open(chen_the_reviewer, case_url(application))
    assert "申请人申请孙雨桐回避" in case.main and len(case.statements) <= MOST_STATEMENTS
    decide = case_url(application, f"recusals/{request.pk}")
    page = desk.open(liu_the_decider, decide)
    assert "是我的表弟" in page.main and len(page.statements) <= MOST_STATEMENTS
    assert desk.send(chen_the_reviewer, decide, {"upheld": "yes", "decision": "属实"}).status == 403
    assert desk.send(liu_the_decider, decide, {"upheld": "yes", "decision": "属实"}).status == 303
    assert Recusal.objects.get().state == "upheld"


def test_zhao_who_declares_in_the_middle_of_a_visit_is_kept_from_it_and_chen_is_told(
    desk, at, zhao_the_leader, chen_the_reviewer
):
    application = at("verification_assigned")
    firm, zhao = application.enterprise, Verifier.objects.get(user__login_name="zhaohaifeng")
    register.declare_recusal(
        verifier=zhao, uscc=firm.uscc, enterprise_name=firm.name, ground="relative", by=zhao_the_leader, now=NOON
    )
    page = desk.open(zhao_the_leader, case_url(application, "visit"))
    assert "换发证件" not in page.main
    assert "请审查人员重新派出核查组" in page.main and len(page.statements) <= MOST_STATEMENTS
    case = desk.open(chen_the_reviewer, case_url(application))
    assert "赵海峰已经申报对这家企业回避，不能继续核查" in case.main and len(case.statements) <= MOST_STATEMENTS


def test_the_supervisor_finds_what_is_due_and_writes_down_what_was_found(desk, at, he_the_supervisor):
    application = at("granted")
    page = desk.open(he_the_supervisor, "/office/checks/")
    assert application.enterprise.name in page.main and len(page.statements) <= MOST_STATEMENTS
    check = PostIssueCheck.objects.get()
    url = f"/office/checks/{check.pk}/"
    opened = desk.open(he_the_supervisor, url)
    assert "取得许可后检查" in opened.main and len(opened.statements) <= MOST_STATEMENTS
    assert "承诺或者声明不实" not in opened.main
    assert desk.send(he_the_supervisor, url, {"result": "rectify", "text": ""}).status == 422
    assert desk.send(he_the_supervisor, url, {"result": "pass", "text": "符合"}).status == 303
    assert "符合" in desk.open(he_the_supervisor, "/office/checks/?state=over").main


def test_yiling_supervises_day_by_day_what_yichang_licensed(
    desk, at, the_yichang_cast, the_yidu_cast, he_the_supervisor
):
    application = at("granted", cast=the_yichang_cast)
    row, check = objects.rectification(application), PostIssueCheck.objects.get()
    Rectification.objects.update(authority_path=check.authority_path)
    assert check.authority_path == he_the_supervisor.authority_path != application.authority_path
    listed = desk.open(he_the_supervisor, "/office/checks/")
    assert listed.main.count(application.enterprise.name) == 2 and len(listed.statements) <= MOST_STATEMENTS
    for url in (f"/office/checks/{check.pk}/", f"/office/rectifications/{row.pk}/"):
        page = desk.open(he_the_supervisor, url)
        assert page.status == 200 and len(page.statements) <= MOST_STATEMENTS
    left = {"done": "no", "note": "还没有改正。", "again_by": (journal.legal_day(NOON) + timedelta(days=9)).isoformat()}
    assert desk.send(he_the_supervisor, f"/office/rectifications/{row.pk}/", left).status == 303
    assert desk.send(he_the_supervisor, f"/office/checks/{check.pk}/", {"result": "pass", "text": "好"}).status == 303
    with seen_by(the_yidu_cast.reviewer.scope):
        assert not Licence.objects.exists()


def test_nothing_is_checked_under_a_licence_that_has_ended(client, desk, at, wu_the_applicant, he_the_supervisor):
    application = at("granted")
    row, check = objects.rectification(application), PostIssueCheck.objects.get()
    Licence.objects.update(state="withdrawn", ended_on=journal.legal_day(NOON), revision=9)
    waiting = desk.open(he_the_supervisor, "/office/checks/").main
    assert application.enterprise.name not in waiting and "核查后的整改" not in waiting
    opened = desk.open(he_the_supervisor, f"/office/checks/{check.pk}/").main
    assert "已撤回，不用再检查和整改" in opened and "登记检查结果" not in opened
    with pytest.raises(Conflict, match="不用再检查和整改"):
        commands.confirm_rectification(rectification=row, done=True, note="", by=he_the_supervisor, now=NOON)
    page = log_in(client, wu_the_applicant).get(address(application, "rectification/")).content.decode()
    assert "已撤回，不用再检查和整改" in page and "<textarea" not in page


def test_wu_reports_what_was_put_right_with_a_picture(client, desk, at, wu_the_applicant, he_the_supervisor):
    application = at("granted")
    objects.rectification(application)
    browser = log_in(client, wu_the_applicant)
    url = address(application, "rectification/")
    assert len(asked(browser, url)) <= MOST_STATEMENTS
    assert browser.post(url, {"report": ""}).status_code == 422
    file = BytesIO(tiny_pdf("整改"))
    file.name = "整改照片.pdf"
    assert browser.post(url, {"report": "已经改正。", "file": file}).status_code == 303
    with everything():
        row = Rectification.objects.get()
    page = desk.open(he_the_supervisor, f"/office/rectifications/{row.pk}/")
    assert "整改照片.pdf" in page.main and len(page.statements) <= MOST_STATEMENTS
    shown = desk.open(he_the_supervisor, f"/office/rectifications/{row.pk}/file/")
    assert shown.status == 200
    for close in shown.response._resource_closers:
        close()
    done = desk.send(he_the_supervisor, f"/office/rectifications/{row.pk}/", {"done": "yes"})
    assert done.status == 303 and Rectification.objects.get().done


def test_the_leader_leaves_a_variety_to_another_visit(desk, at, zhao_the_leader):
    application = at("verification_assigned")
    commands.score(application=application, marks=marks(), by=zhao_the_leader, now=NOON)
    application = confirmed(application)
    second = application.varieties[1]["key"]
    page = desk.open(zhao_the_leader, case_url(application, "conclude"))
    assert "有的品种推迟核查" in page.main
    send = {"applicant_signed": "yes", "revision": page.revision, f"postponed.{second}": "检修"}
    assert desk.send(zhao_the_leader, case_url(application, "conclude"), send).status == 303
    assert Visit.objects.get().result["varieties"][second]["result"] == "postponed"
    assert "推迟核查" in desk.open(zhao_the_leader, case_url(application)).main
