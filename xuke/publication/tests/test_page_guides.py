"""The guides: one for every item there is, from the data that checks the application, without a single statement."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from xuke.catalogue.models import RuleEdition
from xuke.licensing import terms_in_words
from xuke.licensing.procedures import PROCEDURES
from xuke.publication import guide_parts, guide_rules, guides
from xuke.tests.cast import NOON

TODAY = NOON.date()


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def words_of(client, place: str) -> str:
    """The page as somebody reads it."""
    response = client.get(place)
    assert response.status_code == 200
    return unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)
def test_page_guide_tells_everything_that_the_law_wants_told(client, procedure):
    """No database is set up for this test: any statement would fail it."""
    page = words_of(client, f"/guide/{procedure.code}/")
    told = [
        procedure.title,
        procedure.summary,
        *terms_in_words.procedure(procedure, terms_in_words.in_force(TODAY)).results,
        "不收费",
        "行政复议",
        "行政诉讼",
        "2026年9月7日有效",
    ]
    told += [words for law in guides.conditions(procedure) for words in (law.text, law.title)]
    told += [name for name, _ in guides.scope(procedure)]
    told += [words for limit in guides.limits(procedure, on=TODAY) for words in (limit.title, limit.basis)]
    told += [words for each in guide_parts.files(procedure) for words in (each.kind.label, each.kind.law.title)]
    told += [each.label for _, asked, _ in guide_parts.sections(procedure) for each in asked]
    assert [words for words in told if words not in page] == []
    assert [each.title for each in guides.elements(procedure, on=TODAY) if not each.is_public] == []


def test_page_guides_lists_every_item_and_an_unknown_one_is_not_found(client, db):
    page = client.get("/guide/").content.decode()
    assert [each.code for each in PROCEDURES if f"/guide/{each.code}/" not in page] == []
    assert client.get("/guide/nothing/").status_code == 404


def test_a_guide_says_when_a_file_is_asked_for_and_what_special_foods_bring_besides(client):
    page = words_of(client, "/guide/food.first/")
    assert "生产质量管理体系文件 申请特殊食品的" in page
    assert "试制食品检验报告 可以后补" in page
    assert "受理申请起10个工作日内，经批准可以延长5个工作日" in page
    assert re.search("省级[^级]*保健食品[^级]*食品生产许可管理办法（2020年）第七条", page)


def test_a_machine_reads_which_service_it_is(client):
    page = client.get("/guide/food.renewal/").content.decode()
    (data,) = re.findall(r'<script type="application/ld\+json">(.+?)</script>', page)
    service = json.loads(data)
    assert (service["@type"], service["name"]) == ("GovernmentService", "食品生产许可延续")


def test_the_version_changes_when_a_limit_does():
    procedure = PROCEDURES[0]
    limits = guides.limits(procedure, on=TODAY)
    assert guide_parts.version(procedure, limits, (), ()) != guide_parts.version(procedure, limits[:-1], (), ())
    assert guide_parts.version(procedure, limits, (), ()) == guide_parts.version(procedure, limits, (), ())


@pytest.fixture
def publish(db, monkeypatch):
    """The province publishes a rule for a place; the page reads it."""
    monkeypatch.setattr(guide_rules.editions, "_reads_alone", True)

    def do(topic, key, content, division="420000", **words):
        more = {"transition": "filing_day", "confidence": "known", "ends": False} | words
        RuleEdition.objects.create(
            topic=topic,
            key=key,
            level="province",
            division=division,
            content=content,
            valid_from=TODAY,
            recorded_at=NOON,
            published_by="湖北省市场监督管理局",
            basis="鄂市监〔2026〕9号",
            **more,
        )
        guide_rules.editions.forget()

    yield do
    guide_rules.editions.forget()


def version_of(page: str) -> str:
    (found,) = re.findall(r"版本([0-9A-F]{8})", page)
    return found


BISCUITS = ("competence", "108", {"level": "prefecture"}, "420500")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (BISCUITS, "湖北省宜昌市108 饼干：市级"),
        (("commitment", "101:first", {"allowed": True, "check_days": 20}), "101 粮食加工品 · 首次申请：适用"),
        (
            (
                "gate",
                "water",
                {"title": "用水", "text": "须提交用水说明。", "condition": "requires_material", "material": "用水说明"},
            ),
            "用水：须提交用水说明。",
        ),
    ],
    ids=["competence", "commitment", "gate"],
)
def test_what_a_place_publishes_stands_in_the_guide_and_changes_its_version_and_since(client, publish, rule, says):
    before = words_of(client, "/guide/food.first/")
    publish(*rule)
    after = words_of(client, "/guide/food.first/")
    assert version_of(after) != version_of(before)
    assert f"最近的变化自2026年9月7日起适用（{says if '湖北' in says else f'湖北省{says}'}" in after
    assert "鄂市监〔2026〕9号" in after


def test_the_guide_of_a_county_names_the_level_that_is_competent_there(client, publish):
    publish(*BISCUITS)
    yiling, wuhan = (words_of(client, f"/guide/food.first/?place={code}") for code in ("420506", "420102"))
    assert re.search("市级[^级]*饼干", yiling) and "湖北省宜昌市夷陵区，版本" in yiling
    assert not re.search("市级[^级]*饼干[^级]*县级", wuhan) and "宜昌市108" not in wuhan
    assert version_of(yiling) != version_of(wuhan)
    assert "版本" in words_of(client, "/guide/food.first/?place=999999")


def test_an_item_that_is_not_open_says_so_and_leads_nowhere_until_a_place_opens_it(client, publish):
    closed = words_of(client, "/guide/food.reissue/")
    assert "湖北省没有开通这个事项，现在不能申请" in closed and "登录后网上申请" not in closed
    assert "食品生产许可管理办法（2020年） 待核实" in closed
    publish("switch", "food.reissue", {"title": "补办许可证", "on": True}, "420500")
    for place, is_open in (("", True), ("?place=420506", True), ("?place=420102", False)):
        assert ("登录后网上申请" in words_of(client, f"/guide/food.reissue/{place}")) is is_open


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)
def test_joint_review_is_told_where_somebody_chooses_categories_alone(client, procedure):
    assert ("联合审查" in words_of(client, f"/guide/{procedure.code}/")) is (procedure.kind == "first")


def test_the_steps_speak_of_what_is_asked_for(client):
    change, report = (words_of(client, f"/guide/food.{each}/") for each in ("change", "report"))
    assert re.search(r"准予变更\s*受理申请起", change) and "按变更后的类别看权限" in change
    assert "作出决定随即公示" in change and "作出决定随即公示" not in report and "按变更后的类别" not in report
