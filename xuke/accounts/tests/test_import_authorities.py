"""Importing a whole province from one sheet: what it would do, row by row, and doing it."""

import time
from dataclasses import replace

import pytest

from xuke.accounts import commands, plans, queries, sheets
from xuke.accounts.models import Authority
from xuke.accounts.officers import Role
from xuke.accounts.plans import COLUMNS, Fate, Row
from xuke.accounts.tests.posts import appoint, authority, user_of
from xuke.accounts.tests.provinces import HUBEI, as_xlsx, province, saved
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.models import Entry
from xuke.foundation.refusals import Conflict, Invalid, NotPermitted
from xuke.tests.cast import NOON, at_once, everything, seen_by, verbs


def rows_of(table):
    return [Row(number, dict(zip(COLUMNS, row, strict=True))) for number, row in enumerate(table, start=2)]


def import_(rows, by=SYSTEM, **other):
    return commands.import_authorities(rows=rows, by=by, now=NOON, reason="按机构表“湖北.xlsx”导入", **other)


def plan(rows, by=SYSTEM):
    return plans.plan(rows, queries.known_authorities(), territory=by.scope.administers)


def fates(made):
    return {fate: len(made.of(fate)) for fate in Fate if made.of(fate)}


def wrong(made):
    return {line.number: [problem.message for problem in line.problems] for line in made.of(Fate.WRONG)}


@pytest.fixture
def hubei(db):
    """The rows of Hubei: 17 units below the province, 13 of them prefectures, and 103 counties."""
    table = province()
    assert [row[3] for row in table].count("市") == 13
    assert [row[3] for row in table].count("县") == 103
    assert sum(row[4] == HUBEI for row in table) == 17
    return table


@pytest.fixture
def shi_of_hubei(world, shi_the_system_administrator):
    """A system administrator of the province."""
    user = commands.add_user(login_name="shengshi", name="石敬之", password=None, by=SYSTEM, now=NOON)
    appoint(user, code=HUBEI, role=Role.SYSTEM_ADMINISTRATOR)
    return queries.officer(user, today=NOON.date())


def ours(table):
    """The rows of the province as the four authorities of the tests call themselves."""
    own = {each.code: each for each in Authority.objects.all()}
    titles = ("name", "abbreviation", "uscc", "reconsideration_body", "court", "address", "phone")
    made = []
    for row in table:
        facts = dict(zip(COLUMNS, row, strict=True))
        if found := own.get(facts["code"]):
            facts |= {title: getattr(found, title) for title in titles}
        made.append(list(facts.values()))
    return made


def test_hubei_is_planted_from_a_workbook(hubei, tmp_path, django_assert_max_num_queries):
    rows = sheets.read(saved(tmp_path, as_xlsx(hubei)), "湖北.xlsx")
    assert fates(plan(rows)) == {Fate.NEW: 117}
    began = time.perf_counter()
    with django_assert_max_num_queries(117 + 20):  # An entry of the journal each, and a few for all.
        import_(rows)
    assert time.perf_counter() - began < 5
    assert Authority.objects.count() == 117
    assert authority("420506").path == "420000/420500/420506/"
    assert authority("429004").path == "420000/429004/"
    assert verbs(authority("420506")) == ["authority.established"]
    assert journal.history("authority:420506")[0].facts["reason"] == "按机构表“湖北.xlsx”导入"


def test_importing_again_changes_nothing(hubei, django_assert_max_num_queries):
    import_(rows_of(hubei))
    entries = Entry.objects.count()
    with django_assert_max_num_queries(10):
        again = import_(rows_of(hubei))
    assert fates(again) == {Fate.SAME: 117}
    assert again.is_empty
    assert Entry.objects.count() == entries


def test_a_sheet_may_name_counties_before_their_prefecture(hubei):
    import_(rows_of(reversed(hubei)))
    assert authority("420506").parent == authority("420500")


def test_what_is_there_is_kept_what_differs_is_changed_the_rest_is_new(world, hubei, shi_of_hubei):
    table = ours(hubei)
    table[-1][8] = "另一处"
    yiling = next(row for row in table if row[0] == "420506")
    yiling[9] = "0717-7820000"
    made = plan(rows_of(table), by=shi_of_hubei)
    assert fates(made) == {Fate.NEW: 113, Fate.CHANGED: 1, Fate.SAME: 3}
    (line,) = made.of(Fate.CHANGED)
    assert (line.code, line.differences) == ("420506", {"phone": ("12315", "0717-7820000")})
    import_(rows_of(table), by=shi_of_hubei, mark=made.mark)
    assert (authority("420506").phone, authority("420506").revision) == ("0717-7820000", 2)
    assert verbs(authority("420506")) == ["authority.established", "authority.changed"]
    entry = journal.history("authority:420506")[-1]
    assert entry.actor == shi_of_hubei.code
    assert entry.facts["changes"] == {"电话": {"from": "12315", "to": "0717-7820000"}}


def test_what_is_not_in_the_sheet_stays(world, hubei):
    import_(rows_of([row for row in ours(hubei) if row[0] not in ("420581", "420506")]))
    assert authority("420581").name == "宜都市市场监督管理局"


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_done(world, hubei):
    table = ours(hubei)
    table[3][5] = "11420102MAX00000"
    table[4][0] = "42010"
    table[5][3] = "乡"
    table[6][4] = "429999"
    table[7][2] = table[8][2]
    table[9][1] = " "
    made = plan(rows_of(table))
    told = wrong(made)
    assert sorted(told) == [5, 6, 7, 8, 10, 11]
    assert "统一社会信用代码应为18位" in told[5][0]
    assert told[8] == ["没有代码为429999的上级机关，表里也没有。"]
    assert told[10] == [f"文号代字{table[8][2]}和第9行重复。"]
    assert told[11] == ["请填写机关名称，最多100个字。"]
    with pytest.raises(Invalid) as refusal:
        import_(rows_of(table))
    assert refusal.value.problems[-1].message == "第11行：请填写机关名称，最多100个字。"
    assert Authority.objects.count() == 4


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (3, "市", "这个机关现在是县级，级别不能改变。"),
        (4, "420000", "上级不能改变，现在的上级代码是420500。"),
        (2, "都市监", "文号代字都市监已由宜都市市场监督管理局使用。"),
        (1, "夷陵\u200b区局", "有看不见、不能保存的字符"),
    ],
)
def test_what_cannot_change_is_told(column, value, sentence, world, hubei):
    row = next(row for row in ours(hubei) if row[0] == "420506")
    row[column] = value
    (problems,) = wrong(plan(rows_of([row]))).values()
    assert sentence in problems[0]


def test_a_closed_authority_is_not_brought_back_by_a_sheet(world, hubei):
    commands.close_authority(authority=authority("420506"), by=SYSTEM, now=NOON)
    rows = rows_of([row for row in ours(hubei) if row[0] == "420506"])
    assert wrong(plan(rows)) == {2: ["这个机关已经撤销，请先恢复。"]}


def test_a_sheet_that_leads_in_a_circle_is_refused(world, hubei):
    """Two that stand above each other stand nowhere; levels tell it."""
    table = [row for row in hubei if row[0] in ("420800", "420802")]
    table[0][4], table[0][3] = "420802", "县"
    assert sorted(wrong(plan(rows_of(table)))) == [2, 3]


def test_the_same_code_twice_is_told_with_its_row(world, hubei):
    row = next(row for row in hubei if row[0] == "420800")
    assert "代码420800和第2行重复。" in wrong(plan(rows_of([row, row])))[3]


# --- who may ----------------------------------------------------------------------------------------------------------


def test_shi_of_yiling_imports_nothing_beyond_yiling(world, hubei, shi_the_system_administrator):
    rows = rows_of([row for row in ours(hubei) if row[0] in ("420506", "420581", "420528")])
    told = wrong(plan(rows, by=shi_the_system_administrator))
    assert sorted(told) == [3, 4]
    assert told[3] == told[4] == ["这个机关不归您管理。"]
    with pytest.raises(Invalid):
        import_(rows, by=shi_the_system_administrator)


@pytest.mark.parametrize("name", ["gao_the_administrator", "qian_the_auditor", "liu_the_decider", "wu_the_applicant"])
def test_nobody_else_imports(name, hubei, request):
    with pytest.raises(NotPermitted, match="机构由本机关或者上级机关的系统管理人员维护"):
        import_(rows_of(hubei), by=request.getfixturevalue(name))


def test_an_administrator_may_not_say_to_be_of_another_place(world, hubei, shi_the_system_administrator):
    """Even past the rules, the second wall keeps the rows of other places."""
    elsewhere = replace(shi_the_system_administrator, authority_path="420000/420500/420506/")
    with seen_by(elsewhere.scope):
        assert Authority.objects.filter(code="420581").update(phone="1") == 0
        assert Authority.objects.filter(code="420506").update(phone="1") == 1


# --- at the same time -------------------------------------------------------------------------------------------------


def test_what_was_shown_is_what_is_done(world, hubei, shi_of_hubei):
    rows = rows_of(ours(hubei))
    mark = plan(rows, by=shi_of_hubei).mark
    commands.change_authority(authority=authority("420506"), changes={"phone": "1"}, reason="换号", by=SYSTEM, now=NOON)
    with pytest.raises(Conflict, match="在您查看之后有了变化"):
        import_(rows, by=shi_of_hubei, mark=mark)


def test_two_import_the_same_sheet_and_it_is_there_once(committed_db):
    with everything():
        rows = rows_of(province()[:30])
    outcomes = at_once(lambda _: fates(import_(rows)), [0, 1])
    assert sorted(str(each) for each in outcomes) == sorted([str({Fate.NEW: 30}), str({Fate.SAME: 30})])
    with everything():
        assert Authority.objects.count() == 30


def test_people_see_the_province_grow(world, hubei, gao_the_administrator):
    import_(rows_of(ours(hubei)))
    assert user_of(gao_the_administrator).serves
    with seen_by(gao_the_administrator.scope):
        assert Authority.objects.count() == 117
