"""A notice as a page: at once, for those it concerns, and for nobody else."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import format_html

from xuke.accounts.models import User
from xuke.documents import tasks
from xuke.documents.models import Notice
from xuke.documents.rendering import words
from xuke.documents.templatetags.wording import with_laws
from xuke.documents.views.member import remedies_of
from xuke.tests.cast import NOON, everything

MOST_STATEMENTS = 8


@pytest.fixture
def now(monkeypatch):
    """The clock that the pages read."""
    moment = NOON
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


@pytest.fixture
def refusal(at) -> Notice:
    application = at("refused")
    return Notice.objects.get(about=application.stream, kind="refusal_decision")


@pytest.fixture
def visit(client):
    """`visit(person, url)`: what a person who is logged in sees."""

    def open_page(person, url, **posted):
        client.force_login(User.objects.get(pk=person.user_id), "xuke.accounts.backends.PasswordBackend")
        return client.post(url, posted) if posted else client.get(url)

    return open_page


def stored(notice: Notice) -> Notice:
    """The row as it is now, whatever the last page was allowed to see."""
    with everything():
        return Notice.objects.get(pk=notice.pk)


def url_of(notice: Notice) -> str:
    return f"/notices/{notice.pk}/"


def test_the_applicant_reads_it_before_there_is_a_file(now, refusal, wu_the_applicant, visit):
    response = visit(wu_the_applicant, url_of(refusal))
    page = response.content.decode()
    assert response.status_code == 200
    for said in (refusal.number, "不予许可决定书", "现场核查不通过", "待签收", "PDF正在制作"):
        assert said in page
    assert "还剩60天" in page
    assert "最迟2026年11月6日，向宜昌市夷陵区人民政府提出" in page
    assert "最迟2027年3月8日，向宜昌市夷陵区人民法院提出" in page


def test_every_article_that_a_notice_cites_leads_to_the_law(now, refusal, wu_the_applicant, visit):
    words_of = visit(wu_the_applicant, url_of(refusal)).content.decode().partition("<aside")[0]
    links = dict(re.findall(r'<a href="(/laws/[^"]+)">([^<]+)</a>', words_of))
    assert set(links.values()) >= {
        "《中华人民共和国食品安全法》第三十五条",
        "《食品生产许可管理办法》（2020年）第二十一条",
        "第二十二条",
        "《中华人民共和国行政许可法》第三十八条第二款",
    }
    for address in links:
        assert visit(wu_the_applicant, address).status_code == 200


def test_the_links_leave_the_words_as_they_were_served(refusal):
    shown = with_laws(words(refusal), refusal.issued_on)
    assert "<a " in shown and "<a " not in words(refusal)
    assert re.sub(r"</?a[^>]*>", "", shown) == words(refusal)


def test_what_somebody_typed_stays_text_beside_a_link():
    typed = format_html("<p>{}</p>", '见行政许可法第三十八条"><script>第一条</script>')
    shown = with_laws(typed, date(2026, 9, 24))
    assert '<a href="/laws/' in shown and "<script" not in shown and "&quot;&gt;&lt;script&gt;" in shown


def test_days_left_count_down_and_then_the_period_is_over(refusal):
    until = refusal.reconsideration_until
    told = [remedies_of(refusal, today=until + timedelta(days=days))[0].words for days in (-1, 0, 1)]
    assert told == ["还剩1天", "今天截止", "期限已过"]


def test_reading_writes_nothing_and_signing_writes_once(now, refusal, wu_the_applicant, visit):
    visit(wu_the_applicant, url_of(refusal))
    assert stored(refusal).read_at is None
    response = visit(wu_the_applicant, url_of(refusal) + "sign/", go="1")
    assert (response.status_code, response["Location"]) == (303, url_of(refusal))
    signed = stored(refusal)
    assert signed.read_at == now
    visit(wu_the_applicant, url_of(refusal) + "sign/", go="1")
    assert stored(refusal).revision == signed.revision
    assert "已签收" in visit(wu_the_applicant, url_of(refusal)).content.decode()


def test_the_file_is_downloaded_under_its_title_and_number(now, refusal, wu_the_applicant, visit):
    early = visit(wu_the_applicant, url_of(refusal) + "file/")
    assert early.status_code == 404
    assert "PDF还在制作" in early.content.decode()
    tasks.make_file(notice=str(refusal.pk))
    response = visit(wu_the_applicant, url_of(refusal) + "file/")
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"%PDF-1.")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E4%B8%8D%E4%BA%88")
    assert "下载PDF" in visit(wu_the_applicant, url_of(refusal)).content.decode()


def test_officers_in_whose_territory_it_was_issued_read_it_too(
    now, refusal, zhou_the_acceptor, wang_of_yichang, qian_the_auditor, visit
):
    for officer in (zhou_the_acceptor, wang_of_yichang, qian_the_auditor):
        response = visit(officer, url_of(refusal))
        assert response.status_code == 200
        assert "签收</button>" not in response.content.decode()


def test_an_officer_does_not_sign_for_the_applicant(now, refusal, zhou_the_acceptor, visit):
    assert visit(zhou_the_acceptor, url_of(refusal) + "sign/", go="1").status_code == 404
    assert stored(refusal).read_at is None


@pytest.mark.parametrize("part", ["", "file/"])
def test_to_everybody_else_it_does_not_exist(now, refusal, part, wang_the_sauce_brewer, yang_of_yidu, visit, client):
    for stranger in (wang_the_sauce_brewer, yang_of_yidu):
        assert visit(stranger, url_of(refusal) + part).status_code == 404
    client.logout()
    response = client.get(url_of(refusal) + part)
    assert response.status_code == 303
    assert response["Location"].startswith("/login/?next=%2Fnotices%2F")


def test_another_enterprise_cannot_sign_for_it(now, refusal, wang_the_sauce_brewer, visit):
    assert visit(wang_the_sauce_brewer, url_of(refusal) + "sign/", go="1").status_code == 404
    assert stored(refusal).read_at is None


def test_a_notice_that_never_was_is_not_found(now, wu_the_applicant, visit):
    assert visit(wu_the_applicant, "/notices/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_the_page_takes_few_statements(now, refusal, wu_the_applicant, zhou_the_acceptor, visit, client):
    for person in (wu_the_applicant, zhou_the_acceptor):
        visit(person, url_of(refusal))
        with CaptureQueriesContext(connection) as captured:
            client.get(url_of(refusal))
        asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(asked) <= MOST_STATEMENTS, asked
