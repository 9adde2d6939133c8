"""Serving on pages: the officer's list and form, the enterprise's consent, the preview before an act."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xuke.accounts.models import User
from xuke.documents import commands
from xuke.documents.models import Notice, ServiceConsent
from xuke.parties.models import Enterprise
from xuke.tests.cast import NOON, everything, tiny_pdf

MOST_STATEMENTS = 8
LATER = NOON + timedelta(days=14)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock that the pages read: two weeks after the story."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)


@pytest.fixture
def bakery(world, wu_the_applicant) -> Enterprise:
    return Enterprise.objects.get(pk=wu_the_applicant.enterprise_id)


@pytest.fixture
def refusal(at, bakery, wu_the_applicant) -> Notice:
    """Issued to an enterprise that does not want to be served electronically."""
    commands.withdraw_consent(enterprise=bakery, by=wu_the_applicant, now=NOON)
    application = at("refused")
    return Notice.objects.get(about=application.stream, kind="refusal_decision")


@pytest.fixture
def visit(client):
    def open_page(person, url, **posted):
        with everything():
            user = User.objects.get(pk=person.user_id)
        client.force_login(user, "xuke.accounts.backends.PasswordBackend")
        return client.post(url, posted) if posted else client.get(url)

    return open_page


def read(response) -> str:
    return response.content.decode()


def stored(notice: Notice) -> Notice:
    with everything():
        return Notice.objects.select_related("service").get(pk=notice.pk)


def test_zhou_serves_by_post_what_waits_and_the_remedies_begin(refusal, zhou_the_acceptor, wu_the_applicant, visit):
    listed = read(visit(zhou_the_acceptor, "/office/service/"))
    assert refusal.number in listed
    assert "已超过10日" in listed
    before = read(visit(wu_the_applicant, f"/notices/{refusal.pk}/"))
    assert "还没有送达" in before
    assert "自送达之日起六十日" in before
    url = f"/notices/{refusal.pk}/service/"
    assert "邮寄送达" in read(visit(zhou_the_acceptor, url))
    wrong = visit(zhou_the_acceptor, f"{url}?channel=post", served_on="2026-09-14")
    assert wrong.status_code == 422
    assert "请填写邮件编号。" in read(wrong)
    done = visit(
        zhou_the_acceptor,
        f"{url}?channel=post",
        served_on="2026-09-14",
        tracking="EA123456789CN",
        receiver="吴晓梅",
        file=SimpleUploadedFile("回执.pdf", tiny_pdf("回执")),
    )
    assert (done.status_code, done["Location"]) == (303, f"/notices/{refusal.pk}/")
    served = stored(refusal)
    assert (served.served_on, served.reconsideration_until) == (date(2026, 9, 14), date(2026, 11, 13))
    page = read(visit(zhou_the_acceptor, f"/notices/{refusal.pk}/"))
    for part in ("已邮寄送达", "EA123456789CN", "送达回证", "下载送达证明"):
        assert part in page
    assert "最迟2026年11月13日" in read(visit(wu_the_applicant, f"/notices/{refusal.pk}/"))
    proof = visit(zhou_the_acceptor, f"{url}proof/")
    assert b"".join(proof.streaming_content) == tiny_pdf("回执")
    assert refusal.number not in read(visit(zhou_the_acceptor, "/office/service/"))


def test_zhou_corrects_what_she_wrote_down_and_everybody_reads_that(
    refusal, zhou_the_acceptor, wu_the_applicant, visit, client
):
    typed = {"served_on": "2026-09-14", "tracking": "EA123456789CN", "receiver": "吴晓梅"}
    assert visit(zhou_the_acceptor, f"/notices/{refusal.pk}/service/?channel=post", **typed).status_code == 303
    page = read(visit(zhou_the_acceptor, f"/notices/{refusal.pk}/"))
    url = f"/notices/{refusal.pk}/service/correct/"
    assert url in page
    form = read(visit(zhou_the_acceptor, url))
    assert 'value="2026-09-14"' in form and "EA123456789CN" in form and "直接送达" in form
    missing = visit(zhou_the_acceptor, f"{url}?channel=post", served_on="2026-09-17", tracking="EA1", receiver="吴小海")
    assert missing.status_code == 422 and "请写明为什么更正。" in read(missing)
    scan = tiny_pdf("签收页")
    typed = {"served_on": "2026-09-17", "receiver": "吴小海", "reason": "回执看错了。"}
    upload = {"file": SimpleUploadedFile("签收页.pdf", scan)}
    assert visit(zhou_the_acceptor, f"{url}?channel=direct", **typed, **upload).status_code == 303
    for person in (zhou_the_acceptor, wu_the_applicant):
        page = read(visit(person, f"/notices/{refusal.pk}/"))
        for part in ("已直接送达", "吴小海", "2026年11月16日", "送达登记更正过", "回执看错了。"):
            assert part in page
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/notices/{refusal.pk}/")
        assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) <= MOST_STATEMENTS
    proof = visit(zhou_the_acceptor, f"/notices/{refusal.pk}/service/proof/")
    assert b"".join(proof.streaming_content) == scan


def test_the_page_signed_first_can_be_opened_after_another_took_its_place(refusal, zhou_the_acceptor, visit):
    first, right = tiny_pdf("最初"), tiny_pdf("更正")
    typed = {"served_on": "2026-09-14", "receiver": "吴晓梅", "file": SimpleUploadedFile("签收页.pdf", first)}
    assert visit(zhou_the_acceptor, f"/notices/{refusal.pk}/service/?channel=direct", **typed).status_code == 303
    typed = {"served_on": "2026-09-17", "receiver": "吴小海", "file": SimpleUploadedFile("签收页.pdf", right)}
    url, typed = f"/notices/{refusal.pk}/service/proof/", {**typed, "reason": "回执看错了。"}
    visit(zhou_the_acceptor, f"/notices/{refusal.pk}/service/correct/?channel=direct", **typed)
    page = read(visit(zhou_the_acceptor, f"/notices/{refusal.pk}/"))
    for link, kept in ((f"{url}?of=0", first), (f"{url}?of=1", right), (url, right)):
        assert f'href="{link}"' in page
        assert b"".join(visit(zhou_the_acceptor, link).streaming_content) == kept
    for other in ("2", "-1", "x"):
        assert visit(zhou_the_acceptor, f"{url}?of={other}").status_code == 404


def test_a_file_that_is_no_picture_is_told_at_its_field(refusal, zhou_the_acceptor, visit):
    answer = visit(
        zhou_the_acceptor,
        f"/notices/{refusal.pk}/service/?channel=direct",
        served_on="2026-09-14",
        receiver="吴晓梅",
        file=SimpleUploadedFile("签收.exe", b"MZ"),
    )
    assert answer.status_code == 422
    assert "不是可以接收的文件" in read(answer)
    assert stored(refusal).served_on is None


def test_wu_takes_her_consent_back_and_agrees_again_with_a_tick(bakery, wu_the_applicant, visit):
    assert "已同意" in read(visit(wu_the_applicant, "/my/service/"))
    assert visit(wu_the_applicant, "/my/service/", act="withdraw").status_code == 303
    assert "纸质送达" in read(visit(wu_the_applicant, "/my/service/"))
    unticked = visit(wu_the_applicant, "/my/service/", act="agree")
    assert unticked.status_code == 422
    assert "请先勾选" in read(unticked)
    assert visit(wu_the_applicant, "/my/service/", agreed="1").status_code == 303
    with everything():
        assert ServiceConsent.objects.filter(enterprise=bakery, withdrawn_at=None).count() == 1


def test_liu_reads_the_refusal_before_he_sends_it(at, liu_the_decider, visit):
    application = at("decision_proposed")
    url = f"/office/applications/{application.pk}/refuse/"
    revision = str(application.revision)
    page = read(visit(liu_the_decider, url, revision=revision, reason="布局不合理。", preview="1"))
    for part in ("预览", "夷市监食许不准〔2026〕（签发时编号）", "布局不合理。", "最迟", "还没有签发"):
        assert part in page
    with everything():
        assert not Notice.objects.filter(kind="refusal_decision").exists()
        application.refresh_from_db()
    assert application.state == "decision_proposed"
    assert visit(liu_the_decider, url, revision=revision, reason="布局不合理。").status_code == 303
    with everything():
        assert Notice.objects.get(kind="refusal_decision").number == "夷市监食许不准〔2026〕0001号"


def test_pages_of_service_take_few_statements(refusal, zhou_the_acceptor, wu_the_applicant, visit, client):
    pages = [(zhou_the_acceptor, f"/notices/{refusal.pk}/{part}") for part in ("", "service/", "service/?channel=post")]
    pages += [(zhou_the_acceptor, "/office/service/"), (wu_the_applicant, "/my/service/")]
    for person, url in pages:
        assert visit(person, url).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(asked) <= MOST_STATEMENTS, (url, asked)
