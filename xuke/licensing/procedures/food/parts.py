"""What the food procedures share: sections of the form, so that a procedure reads like a table of contents.

Who applies, where, and with which products stands in every form, so that whatever reads an application finds it. A
procedure that starts from a licence shows what is known from there and asks only for the rest.
"""

from __future__ import annotations

import re

from xuke.foundation.identifiers import credit_code, division_code
from xuke.licensing.procedures.food import laws
from xuke.licensing.procedures.form import Field, Law, MaterialKind, Rows, Section, Values, When, always, never

# --- checks of single values ------------------------------------------------------------------------------------------


def _phone(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    return "" if re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}", digits) else "请填写11位手机号，或者带区号的固定电话。"


def _uscc(text: str) -> str:
    found = credit_code.parse(text)
    return found.errors[0].message if found.errors else ""


def _division(text: str) -> str:
    found = division_code.parse(text)
    if not found.valid or found.normal_form != text or text.endswith("00"):
        return "请选择到县（市、区）。"
    return ""


def number(text: str) -> str:
    """What is wrong with a quantity, or an empty string."""
    return "" if re.fullmatch(r"[1-9]\d{0,4}", text) else "请填写1到99999的数。"


# --- who, where, what -------------------------------------------------------------------------------------------------


def enterprise(*, fixed: bool = False) -> Section:
    """Who applies. `fixed`: the names come from the register, and are not typed."""
    given = "名称、住所、法定代表人从登记信息取得，不能在这里改；不对的，先到登记机关办理。请核对经办人和电话。"
    return Section(
        name="enterprise",
        title="企业基本信息",
        law=laws.CONTACT,
        help=given if fixed else "已从登记信息取得，请核对。不对的，先到登记机关更正。",
        fields=(
            Field("producer_name", "生产者名称", known="name", fixed=fixed, law=laws.CERTIFICATE),
            Field(
                "uscc",
                "统一社会信用代码",
                kind="uscc",
                known="uscc",
                fixed=fixed,
                check=_uscc,
                law=laws.CERTIFICATE,
            ),
            Field(
                "legal_representative",
                "法定代表人（负责人）",
                known="legal_representative",
                fixed=fixed,
                most=60,
                law=laws.CERTIFICATE,
            ),
            Field("domicile", "住所", known="domicile", fixed=fixed, law=laws.CERTIFICATE),
            Field("contact_name", "经办人", most=60),
            Field("contact_phone", "联系电话", kind="phone", check=_phone, hint="手机号，或者带区号的固定电话"),
        ),
    )


SURROUNDINGS = Field(
    "surroundings", "周边环境", kind="long", most=1000, hint="周边有没有污染源，怎样防护", law=laws.PREMISES
)
_PLACE = (
    Field("division_code", "所在县（市、区）", kind="division", check=_division),
    Field("production_address", "生产地址", hint="写到门牌号，例如：小溪塔街道兴禾路16号2幢", law=laws.CERTIFICATE),
)
SITE = Section(
    name="site",
    title="生产场所",
    law=laws.PLACE,
    help="许可证编号按生产地址所在的县（市、区）编定。",
    fields=(*_PLACE, Field("area", "生产场所面积（平方米）", kind="number", check=number), SURROUNDINGS),
)
SITE_AS_LICENSED = Section(name="site", title="生产场所", fields=_PLACE, when=never, law=laws.PLACE)
"""A site that moves needs a new first application (Measures art. 32), so that no other procedure asks for it."""

LAYOUT_PLAN = MaterialKind("equipment_layout_plan", "食品生产设备布局图", "标明主要设备位置和人流、物流走向")
FLOW_CHART = MaterialKind("process_flow_chart", "食品生产工艺流程图", "每个品种都要有，标明关键控制点")
TRIAL_REPORT = MaterialKind(
    "trial_product_report", "试制食品检验报告", "可以在现场核查时提交", optional=True, law=laws.TRIAL
)


def drawings(law: Law, *, when: When = always) -> tuple[MaterialKind, ...]:
    """The layout plan and the flow chart."""
    return tuple(
        MaterialKind(kind.name, kind.label, kind.hint, law=law, when=when) for kind in (LAYOUT_PLAN, FLOW_CHART)
    )


def products(*materials: MaterialKind, when: When = always, title: str = "产品类别与材料", words: str = "") -> Section:
    """The category picker, with the files that go with the products."""
    return Section(
        name="products", title=title, help=words, varieties=True, materials=materials, when=when, law=laws.CATEGORY
    )


PRODUCTS_AS_LICENSED = products(when=never, title="食品类别和品种明细")


def layout(*, when: When) -> Section:
    """The drawings of a plant whose layout or process changes."""
    return Section(
        name="layout",
        title="设备布局与工艺流程",
        materials=drawings(laws.CHANGE_MATERIALS),
        when=when,
    )


def equipment(law: Law, *, when: When = always) -> Section:
    """The list of main equipment and facilities."""
    return Section(
        name="equipment",
        title="主要设备设施",
        when=when,
        rows=(
            Rows(
                "list",
                "设备设施",
                law=law,
                fields=(
                    Field("name", "设备设施名称", most=60),
                    Field("model", "规格型号", most=60, optional=True),
                    Field("quantity", "数量", kind="number", check=number),
                    Field("use", "用途", most=60, optional=True),
                ),
            ),
        ),
    )


def people(*materials: MaterialKind) -> Section:
    """Who is responsible for food safety, with the rules they work by."""
    return Section(
        name="people",
        title="人员与管理制度",
        rows=(
            Rows(
                "list",
                "人员",
                law=laws.PEOPLE,
                hint="至少一名食品安全管理人员和一名食品安全专业技术人员，可以是同一人",
                fields=(
                    Field("name", "姓名", most=30),
                    Field(
                        "duty",
                        "职务",
                        kind="choice",
                        choices=(
                            ("food_safety_manager", "食品安全管理人员"),
                            ("food_safety_technician", "食品安全专业技术人员"),
                            ("both", "两者兼任"),
                        ),
                    ),
                    Field("education", "学历、专业", most=60, optional=True),
                ),
            ),
        ),
        materials=materials,
    )


RULES_OF_THE_HOUSE = MaterialKind(
    "food_safety_rules",
    "食品安全管理制度",
    "进货查验、过程控制、出厂检验、自查、召回等制度汇编",
    law=laws.MATERIALS,
)


def warehouse(*, when: When) -> Section:
    """Warehouses outside the plant (外设仓库)."""
    return Section(
        name="warehouse",
        title="外设仓库",
        when=when,
        rows=(
            Rows(
                "list",
                "外设仓库",
                least=0,
                most=20,
                law=laws.CHANGE_MATERIALS,
                hint="写变更之后的全部外设仓库；不再使用外设仓库的，不填",
                fields=(Field("address", "地址"), Field("use", "存放什么", most=60, optional=True)),
            ),
        ),
    )


# --- conditions and promises ------------------------------------------------------------------------------------------

SAME, OTHER = "unchanged", "changed"


def conditions(*, when: When = always) -> Section:
    """Whether the conditions of production, or the surroundings, have changed (Measures art. 37)."""
    return Section(
        name="conditions",
        title="生产条件",
        when=when,
        help="声明生产条件没有变化的，可以不再现场核查；声明不实的，依法承担责任。",
        fields=(
            Field(
                "production",
                "取得许可以来，设备布局、工艺流程、主要设备设施等生产条件",
                kind="choice",
                choices=((SAME, "没有发生变化"), (OTHER, "发生了变化")),
                law=laws.UNCHANGED,
            ),
            Field(
                "around",
                "生产场所周边环境",
                kind="choice",
                choices=((SAME, "没有发生变化"), (OTHER, "发生了变化")),
                law=laws.UNCHANGED,
            ),
        ),
    )


def are_unchanged(form: Values) -> bool:
    """Whether the applicant declares that neither the conditions nor the surroundings changed."""
    said = form.get("conditions", {})
    return bool(said.get("production") == SAME and said.get("around") == SAME)


def have_changed(form: Values) -> bool:
    """Whether the applicant says that the conditions of production changed."""
    return bool(form.get("conditions", {}).get("production") == OTHER)


TRUTHFUL = Field("truthful", "以上内容真实、合法、有效，由本企业负责", kind="yes", law=laws.TRUTH)
NOT_CHANGED = Field(
    "unchanged",
    "声明：取得许可以来生产条件和周边环境没有发生变化，持续符合食品生产要求",
    kind="yes",
    law=laws.UNCHANGED,
    when=are_unchanged,
)


def declaration(*promises: Field, words: str = "提交后，受理机关在{food.acceptance}内告知是否受理。") -> Section:
    """The last step: read over, promise, submit."""
    return Section(name="declaration", title="核对、提交", help=words, fields=(*promises, TRUTHFUL))
