"""Food production licence, first application (食品生产许可首次申请): form, materials, visit rule — all of it.

Materials and conditions: Measures (食品生产许可管理办法, 2020) art. 12, 13; nothing else may be asked
(Administrative Permit Law art. 31).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xuke.catalogue.food import subcategory
from xuke.foundation.identifiers import credit_code, division_code
from xuke.foundation.refusals import Problem
from xuke.licensing.procedures.form import Field, Law, MaterialKind, Procedure, Rows, Section

MOST_VARIETIES = 200

CLOSED_LIST = Law("行政许可法第三十一条", "行政机关不得要求申请人提交与其申请的行政许可事项无关的技术资料和其他材料。")
MATERIALS = Law(
    "食品生产许可管理办法（2020年）第十三条",
    "申请食品生产许可，应当提交申请书、布局图和工艺流程图、设备清单、人员信息和管理制度。",
)
CERTIFICATE = Law("食品生产许可管理办法（2020年）第二十九条", "这一项写入许可证，请与营业执照一致。")
PEOPLE = Law("食品生产许可管理办法（2020年）第十二条", "应当有专职或者兼职的食品安全专业技术人员、食品安全管理人员。")
CATEGORY = Law(
    "食品生产许可管理办法（2020年）第十一条、第三十条", "食品类别写入许可证；许可证编号第2至第3位按主要产品的类别编定。"
)
TRIAL = Law(
    "食品生产许可管理办法（2020年）第二十一条",
    "首次申请的，现场核查时核查试制食品的检验报告。可以自检，也可以委托检验。",
)


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


def _number(text: str) -> str:
    return "" if re.fullmatch(r"[1-9]\d{0,4}", text) else "请填写1到99999的数。"


def check_varieties(rows: list[dict[str, Any]]) -> tuple[Problem, ...]:
    """The product rows: at least one, each in the catalogue, one of them the main product."""
    if not rows:
        return (Problem("products.varieties", "请至少选择一个品种。"),)
    if len(rows) > MOST_VARIETIES:
        return (Problem("products.varieties", f"最多{MOST_VARIETIES}个品种。"),)
    problems = []
    for index, row in enumerate(rows):
        place = f"products.varieties.{index}"
        if subcategory(str(row.get("code", ""))) is None:
            problems.append(
                Problem(f"{place}.code", f"品种明细第{index + 1}行：目录里没有类别编号{row.get('code', '')}。")
            )
        detail, remark = str(row.get("detail", "")).strip(), str(row.get("remark", "")).strip()
        if not detail:
            problems.append(Problem(f"{place}.detail", f"品种明细第{index + 1}行：请填写品种明细，例如“烘烤类糕点”。"))
        elif len(detail) > 200 or len(remark) > 100:
            problems.append(
                Problem(f"{place}.detail", f"品种明细第{index + 1}行：品种明细最多200个字，备注最多100个字。")
            )
        elif "其他" in re.split("[：、；，]", detail) and not remark:
            problems.append(
                Problem(f"{place}.remark", f"品种明细第{index + 1}行：选择“其他”的，请在备注写明具体产品名称。")
            )
    problems += _repeated(rows)
    if sum(bool(row.get("main")) for row in rows) != 1:
        problems.append(Problem("products.varieties", "请指定一个主要产品，许可证编号按它的类别编定。"))
    return tuple(problems)


def _repeated(rows: list[dict[str, Any]]) -> Iterator[Problem]:
    """A row that says what an earlier one says would stand on the certificate twice."""
    seen = [(row.get("code"), str(row.get("detail", "")).strip()) for row in rows]
    for index, product in enumerate(seen):
        if product[1] and (first := seen.index(product)) < index:
            sentence = f"品种明细第{index + 1}行和第{first + 1}行相同，请删去一行。"
            yield Problem(f"products.varieties.{index}.detail", sentence)


PROCEDURE = Procedure(
    code="food.first",
    title="食品生产许可首次申请",
    visit_needed=True,
    check_varieties=check_varieties,
    sections=(
        Section(
            name="enterprise",
            title="企业基本信息",
            help="已从登记信息取得，请核对。不对的，先到登记机关更正。",
            fields=(
                Field("producer_name", "生产者名称", known="name", law=CERTIFICATE),
                Field("uscc", "统一社会信用代码", kind="uscc", known="uscc", check=_uscc, law=CERTIFICATE),
                Field(
                    "legal_representative",
                    "法定代表人（负责人）",
                    known="legal_representative",
                    most=60,
                    law=CERTIFICATE,
                ),
                Field("domicile", "住所", known="domicile", law=CERTIFICATE),
                Field("contact_name", "经办人", most=60),
                Field("contact_phone", "联系电话", kind="phone", check=_phone, hint="手机号，或者带区号的固定电话"),
            ),
        ),
        Section(
            name="site",
            title="生产场所",
            help="许可证编号按生产地址所在的县（市、区）编定。",
            fields=(
                Field("division_code", "所在县（市、区）", kind="division", check=_division),
                Field(
                    "production_address", "生产地址", hint="写到门牌号，例如：小溪塔街道兴禾路16号2幢", law=CERTIFICATE
                ),
                Field("area", "生产场所面积（平方米）", kind="number", check=_number),
                Field(
                    "surroundings",
                    "周边环境",
                    kind="long",
                    most=1000,
                    hint="周边有没有污染源，怎样防护",
                    law=Law(
                        "食品生产许可管理办法（2020年）第十二条",
                        "生产场所应当整洁，与有毒、有害场所以及其他污染源保持规定的距离。",
                    ),
                ),
            ),
        ),
        Section(
            name="products",
            title="产品类别与材料",
            varieties=True,
            materials=(
                MaterialKind(
                    "equipment_layout_plan", "食品生产设备布局图", "标明主要设备位置和人流、物流走向", law=MATERIALS
                ),
                MaterialKind(
                    "process_flow_chart", "食品生产工艺流程图", "每个品种都要有，标明关键控制点", law=MATERIALS
                ),
                MaterialKind(
                    "trial_product_report", "试制食品检验报告", "可以在现场核查时提交", optional=True, law=TRIAL
                ),
            ),
        ),
        Section(
            name="equipment",
            title="主要设备设施",
            rows=(
                Rows(
                    "list",
                    "设备设施",
                    law=MATERIALS,
                    fields=(
                        Field("name", "设备设施名称", most=60),
                        Field("model", "规格型号", most=60, optional=True),
                        Field("quantity", "数量", kind="number", check=_number),
                        Field("use", "用途", most=60, optional=True),
                    ),
                ),
            ),
        ),
        Section(
            name="people",
            title="人员与管理制度",
            rows=(
                Rows(
                    "list",
                    "人员",
                    law=PEOPLE,
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
            materials=(
                MaterialKind(
                    "food_safety_rules",
                    "食品安全管理制度",
                    "进货查验、过程控制、出厂检验、自查、召回等制度汇编",
                    law=MATERIALS,
                ),
            ),
        ),
        Section(
            name="declaration",
            title="核对、提交",
            help="提交后，受理机关在5个工作日内告知是否受理。",
            fields=(
                Field(
                    "truthful",
                    "以上内容真实、合法、有效，由本企业负责",
                    kind="yes",
                    law=Law(
                        "行政许可法第三十一条",
                        "申请人应当如实提交有关材料和反映真实情况，并对其申请材料实质内容的真实性负责。",
                    ),
                ),
            ),
        ),
    ),
)
