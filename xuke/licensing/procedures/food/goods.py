"""What additives and special foods ask beyond other products, and where a form of several levels goes.

Special foods are produced under the registration or filing of each product (Measures art. 14); additives are written
row by row (filling rules of the form, 市监食生〔2020〕18号). What a form offers besides (several accepting departments,
a decision on a promise) is worked out by `licensing.offers` when it is saved, and stands in it under ``offers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from xuke.catalogue.food import ADDITIVE, category, subcategory
from xuke.foundation.refusals import Problem
from xuke.licensing.procedures.food import laws
from xuke.licensing.procedures.form import Field, Law, MaterialKind, Section, Values, When

SPECIAL = Law(
    f"{laws.MEASURES}第十四条",
    "申请保健食品、特殊医学用途配方食品、婴幼儿配方食品的生产许可，还应当提交与所生产食品相适应的生产质量管理体系文件"
    "以及相关注册和备案文件。",
)
VERIFIED_BEFORE = Law(
    f"{laws.MEASURES}第二十一条", "特殊食品注册时已经完成现场核查的，生产许可时可以不再重复核查同样的事项。"
)
SELF_CHECK = Law(f"{laws.MEASURES}第三十五条", "特殊食品延续的，还应当提供生产质量管理体系运行情况的自查报告。")
CHOICE = Law(
    f"{laws.MEASURES}第十八条",
    "申请多个类别、由不同级别的部门许可的，由申请人选择其中一个受理部门提交，受理部门通知有许可权限的部门联合审查。",
)
COMMITMENT = Law("国办发〔2020〕42号", "申请人承诺符合许可条件并愿意承担不实承诺的法律责任的，当场决定，之后检查。")
UNTRUE = Law("行政许可法第六十九条、第七十九条", "以欺骗等不正当手段取得许可的，应当撤销，三年内不得再次申请。")

FORMS = ("液体", "乳化", "浆膏状", "粉末")
"""How food flavourings (3202) are written: by their form (市监食生〔2020〕18号)."""
HEALTH_FOOD = "127"
NUMBERS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "127": (re.compile(r"国食健(注|字)[GJ]\d{8,9}|食健备[GJ]\d{12,15}"), "国食健注G20260001、食健备G202642000001"),
    "128": (re.compile(r"国食注字TY\d{8,11}"), "国食注字TY20265001"),
    "129": (re.compile(r"国食注字YP\d{8,11}"), "国食注字YP20260001"),
}
"""How registration and filing numbers look (handbook 1.7). Only the beginnings were seen; the digits are uncertain, so
the check is wide and the page says that the format waits to be verified."""
EXTRA = ("registration", "registered_to", "entrusting", "entrusting_domicile")
"""What the product row of a special food says besides."""
PRINTED_EXTRA = ("registration", "entrusting", "entrusting_domicile")
"""What of it stands on the duplicate."""
PRINTED = Law(
    f"{laws.MEASURES}第二十九条",
    "特殊食品的副本还载明产品或者产品配方的注册号或者备案号；接受委托生产保健食品的，载明委托企业名称及住所等。",
)
_ASKED = (
    Field("registration", "注册号或者备案号", most=40, law=PRINTED),
    Field("registered_to", "注册证书有效期至", most=10, optional=True, hint="例如2029-12-31，备案的不填"),
)
_ASKED_OF_HEALTH_FOOD = (
    Field("entrusting", "委托企业名称", optional=True, hint="接受委托生产的填写", law=PRINTED),
    Field("entrusting_domicile", "委托企业住所", optional=True),
)


# --- what a form is about ---------------------------------------------------------------------------------------------


def rows_of(form: Values) -> list[dict[str, Any]]:
    """The product rows of a form."""
    return [row for row in form.get("products", {}).get("varieties", []) if isinstance(row, dict)]


def category_of(row: Mapping[str, Any]) -> str:
    """The three digits of the category of a product row, such as 127; empty when the catalogue has no such row."""
    known = subcategory(str(row.get("code", "")))
    return known.category_code if known else ""


def is_special(row: Mapping[str, Any]) -> bool:
    """Whether a product is health food, food for special medical purposes or infant formula."""
    found = category(category_of(row))
    return found is not None and found.is_special_food


def is_additive(row: Mapping[str, Any]) -> bool:
    """Whether a product is an additive (201 to 203 in the licence number, chapter 32 of the catalogue)."""
    found = category(category_of(row))
    return found is not None and found.kind == ADDITIVE


def has_special(form: Values) -> bool:
    """Whether any product is a special food."""
    return any(map(is_special, rows_of(form)))


def asked_of(row: Mapping[str, Any]) -> tuple[Field, ...]:
    """What a product row is asked beyond detail and remark."""
    if not is_special(row):
        return ()
    return (*_ASKED, *_ASKED_OF_HEALTH_FOOD) if category_of(row) == HEALTH_FOOD else _ASKED


def said_of(row: Mapping[str, Any]) -> dict[str, str]:
    """What a product row says beyond detail and remark; nothing where it says nothing."""
    return {name: said for name in EXTRA if (said := str(row.get(name, "")).strip())}


def printed_of(row: Mapping[str, Any]) -> dict[str, str]:
    """What of it the duplicate prints (Measures art. 29)."""
    return {name: said for name, said in said_of(row).items() if name in PRINTED_EXTRA}


def labelled(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The same with labels, for whoever reads it over."""
    labels = {field.name: field.label for field in (*_ASKED, *_ASKED_OF_HEALTH_FOOD)}
    return tuple((labels[name], said) for name, said in said_of(row).items())


def printed_category(row: Mapping[str, Any]) -> str:
    """The category as the certificate prints it: chapter 32 is 食品添加剂, whichever of its three kinds."""
    return "食品添加剂" if is_additive(row) else str(row.get("category", ""))


# --- checks of product rows -------------------------------------------------------------------------------------------


def check_goods(form: Values) -> Iterator[Problem]:
    """What the rows of additives and special foods have to say beyond other products."""
    for index, row in enumerate(rows_of(form)):
        place, which = f"products.varieties.{index}", f"品种明细第{index + 1}行"
        if is_additive(row):
            yield from _check_additive(row, place, which)
        elif is_special(row):
            yield from _check_special(row, place, which)


def _check_additive(row: Mapping[str, Any], place: str, which: str) -> Iterator[Problem]:
    """One additive a row, flavourings by form, one formula a row."""
    code, detail = str(row.get("code", "")), str(row.get("detail", "")).strip()
    if not detail:
        return
    if code == "3202" and not any(form in detail for form in FORMS):
        yield Problem(f"{place}.detail", f"{which}：食品用香精按形态填写：{'、'.join(FORMS)}，一种形态一行。")
    elif code == "3202" and sum(form in detail for form in FORMS) > 1:
        yield Problem(f"{place}.detail", f"{which}：一种形态的食品用香精填一行，请分开填写。")
    elif code in ("3201", "3203") and re.search("[、，；,;]", detail):
        one = "一种食品添加剂" if code == "3201" else "一个配方的复配食品添加剂"
        yield Problem(f"{place}.detail", f"{which}：{one}填一行，请分开填写。")


def _check_special(row: Mapping[str, Any], place: str, which: str) -> Iterator[Problem]:
    """Each product under its registration or filing (Measures art. 14, 29)."""
    number = str(row.get("registration", "")).strip()
    pattern, example = NUMBERS[category_of(row)]
    if not number:
        sentence = f"{which}：特殊食品请填写产品或者配方的注册号或者备案号（食品生产许可管理办法（2020年）第十四条）。"
        yield Problem(f"{place}.registration", sentence)
    elif not pattern.fullmatch(number):
        sentence = f"{which}：注册号或者备案号“{number}”的样子不对，例如{example}（格式待核实）。"
        yield Problem(f"{place}.registration", sentence)
    until = str(row.get("registered_to", "")).strip()
    if until and not _is_day(until):
        yield Problem(f"{place}.registered_to", f"{which}：注册证书有效期请按“2029-12-31”的样子填写，备案的不填。")
    yield from _check_entrusted(row, place, which)


def _check_entrusted(row: Mapping[str, Any], place: str, which: str) -> Iterator[Problem]:
    """Commissioned health food names who entrusts it and where they are (Measures art. 29)."""
    firm, domicile = (str(row.get(name, "")).strip() for name in ("entrusting", "entrusting_domicile"))
    if firm and category_of(row) != HEALTH_FOOD:
        yield Problem(f"{place}.entrusting", f"{which}：只有接受委托生产的保健食品填写委托企业。")
    elif bool(firm) != bool(domicile):
        missing = "entrusting_domicile" if firm else "entrusting"
        yield Problem(f"{place}.{missing}", f"{which}：接受委托生产的，请同时填写委托企业的名称和住所。")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# --- sections ---------------------------------------------------------------------------------------------------------

QUALITY_SYSTEM = MaterialKind("quality_system", "生产质量管理体系文件", "与申请的品种相适应", law=SPECIAL)
REGISTRATION = MaterialKind(
    "registration_documents", "产品注册和备案文件", "注册证书或者备案凭证，附产品配方", law=SPECIAL
)
SELF_CHECK_REPORT = MaterialKind(
    "quality_self_check",
    "生产质量管理体系自查报告",
    "特殊食品延续时提交：上次许可以来体系运行的情况",
    law=SELF_CHECK,
)


def special_foods(*, when: When = has_special, also: Section | None = None) -> Section:
    """What special foods ask when they are applied for; `also`, what they ask at renewal besides."""
    return Section(
        name="special",
        title="特殊食品",
        help="每个品种的注册号或者备案号写在品种明细里；委托生产的保健食品还要写明委托企业。",
        when=has_special if also else when,
        fields=(
            Field(
                "verified_before",
                "注册时已经核查过的事项",
                kind="long",
                optional=True,
                most=1000,
                hint="写明核查的机关、日期和事项，不再重复核查；没有的不填",
                law=VERIFIED_BEFORE,
                when=when,
            ),
        ),
        materials=(
            *(replace(each, when=when) for each in (QUALITY_SYSTEM, REGISTRATION)),
            *(also.materials if also else ()),
        ),
    )


SPECIAL_FOODS = special_foods()
SPECIAL_RENEWAL = Section(name="special", title="特殊食品", when=has_special, materials=(SELF_CHECK_REPORT,))
"""What a special food asks at renewal (Measures art. 35)."""

LEVELS = {"province": "省级市场监督管理部门", "prefecture": "市级市场监督管理部门", "county": "县级市场监督管理部门"}
ORDINARY, ON_PROMISE = "ordinary", "commitment"


def offered_levels(form: Values) -> tuple[str, ...]:
    """The levels between which the applicant chooses, from the highest; empty where there is nothing to choose."""
    found = form.get("offers", {}).get("levels", ())
    return tuple(level for level in LEVELS if level in found)


def offers_commitment(form: Values) -> bool:
    """Whether this may be decided on a promise, as the rules stood when it was saved."""
    return bool(form.get("offers", {}).get("commitment"))


def on_promise(form: Values) -> bool:
    """Whether the applicant chose to be decided on a promise."""
    return bool(form.get("route", {}).get("way") == ON_PROMISE)


def _accepting(levels: tuple[str, ...]) -> Field:
    """The choice between some levels. One field for each set of levels that can come together."""
    return Field(
        "accepting",
        "由哪个部门受理",
        kind="choice",
        hint="受理的部门通知另一级部门联合审查，由它发证；审查的标准一样",
        choices=tuple((level, LEVELS[level]) for level in levels),
        preset=levels[0],  # As the products page names it.
        law=CHOICE,
        when=lambda form: offered_levels(form) == levels,
    )


def _promise(name: str, label: str, law: Law) -> Field:
    return Field(name, label, kind="yes", law=law, when=on_promise)


ROUTE = Section(
    name="route",
    title="受理部门与办理方式",
    help="由所选的类别、所在地和本省的规定得出，可以选择。",
    when=lambda form: bool(form.get("offers")),
    fields=(
        *(
            _accepting(levels)
            for levels in (
                ("province", "prefecture", "county"),
                ("province", "prefecture"),
                ("province", "county"),
                ("prefecture", "county"),
            )
        ),
        Field(
            "way",
            "办理方式",
            kind="choice",
            choices=(
                (ORDINARY, "一般程序：审查、需要的现场核查之后决定"),
                (ON_PROMISE, "告知承诺：当场决定，之后检查"),
            ),
            law=COMMITMENT,
            when=offers_commitment,
        ),
        _promise("knows", "承诺：已经知晓许可条件、标准和要求，现在已经符合", COMMITMENT),
        _promise("checked", "承诺：接受决定之后的全覆盖检查，并按要求提供资料", COMMITMENT),
        _promise("answers", "承诺：承诺不实的，愿意接受撤销许可等处理并承担法律责任", UNTRUE),
    ),
)
WAY = replace(ROUTE, title="办理方式", fields=tuple(field for field in ROUTE.fields if field.name != "accepting"))
"""The same for whoever starts from a licence: the authority that issued it accepts, and there is no choice."""
COMMITMENTS = tuple(field.label.removeprefix("承诺：") for field in ROUTE.fields if field.kind == "yes")
"""What is promised, line by line, as the letter of commitment prints it."""
