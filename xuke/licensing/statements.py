"""What an applicant signs: the statement of a submission, of a correction, of a correction on the spot.

The page shows it, the command builds it again from what stands in the database then; they are one text or nothing is
signed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from xuke.accounts.models import Authority
from xuke.catalogue.food import subcategory
from xuke.foundation import vault
from xuke.licensing import receiving
from xuke.licensing.models import Application, Material
from xuke.licensing.overview import Line as ReadLine
from xuke.licensing.overview import ReadSection, Variety, overview
from xuke.licensing.procedures import procedure
from xuke.licensing.procedures.food import goods
from xuke.licensing.procedures.food.comparing import changes
from xuke.licensing.procedures.form import Field
from xuke.licensing.workflow import LIFE
from xuke.parties.applicants import Applicant
from xuke.signatures.standing import signer_now
from xuke.signatures.statement import Declaration, Filed, Kind, Line, Part, Party, Signer, Statement, Table

KINDS = {
    "submit": Kind.SUBMISSION,
    "resubmit": Kind.CORRECTION,
    "confirm_correction": Kind.SPOT_CORRECTION,
}
"""The verbs of the life that are signed, and what each declares."""
AGREED = Declaration(
    text="同意按上表当场更正，更正后的内容真实、合法、有效，由本企业负责。",
    basis="行政许可法第三十二条",
    basis_text="申请材料存在可以当场更正的错误的，应当允许申请人当场更正。",
)


def verb_of(application: Application) -> str:
    """What an applicant would sign in this state, or an empty string."""
    return next((verb for verb in KINDS if LIFE.find(verb, application.state)), "")


def prepare(verb: str, application: Application, *, by: Applicant, today: date) -> Statement:
    """What the person would sign now, whether or not the form is ready to be sent."""
    signer = signer_now(by, today=today)
    authority = receiver(verb, application, today)
    return compose(verb, application, signer=signer, authority=authority, today=today)


def receiver(verb: str, application: Application, today: date) -> Authority | None:
    """Who receives it: known from the first submission on, before that by what the form says."""
    if verb != "submit":
        return application.authority
    where = receiving.receiver(application, on=today)
    return where.authority if where else None


def compose(
    verb: str,
    application: Application,
    *,
    signer: Signer,
    authority: Authority | None,
    today: date,
    filed: Iterable[Material] | None = None,
) -> Statement:
    """The statement over an application as it stands. The form is read as it goes into the case, with its keys.

    `filed` are its present files, where somebody has read them already.
    """
    mark = vault.fingerprint(f"{application.stream}:{application.revision}", "statement")
    kind = KINDS[verb]
    content = _spot(application) if kind is Kind.SPOT_CORRECTION else _whole(application, kind, today, filed)
    return Statement(
        kind=kind,
        about=application.stream,
        revision=application.revision,
        on=today.isoformat(),
        salt=mark[:16].hex(),
        title=procedure(application.procedure).title,
        procedure=application.procedure,
        receiver=Party(authority.name, authority.code) if authority else Party(""),
        enterprise=_party(application),
        signer=signer,
        number=application.receipt_number or "",
        **content,
    )


def _party(application: Application) -> Party:
    firm = application.enterprise
    return Party(firm.name, firm.uscc, firm.legal_representative)


# --- a whole form -----------------------------------------------------------------------------------------------------


def _whole(application: Application, kind: Kind, today: date, filed: Iterable[Material] | None) -> dict[str, Any]:
    if filed is None:
        filed = Material.objects.filter(application=application, superseded_at=None)
    filed = list(filed)
    shown = copy.copy(application)
    shown.form = with_keys(application.form)
    sections = overview(shown, filed, on=today)
    parts = [part for section in sections if (part := _part(section))]
    return {
        "parts": (*_differences(shown.form), *parts, *_asked(application, kind)),
        "files": tuple(_files(application, filed)),
        "declarations": tuple(_declarations(shown)),
        "values": shown.form,
    }


def with_keys(form: dict[str, Any]) -> dict[str, Any]:
    """The form with a key for every variety, so that score sheet, proposal and decision can name it."""
    products = form.get("products", {})
    rows = []
    for index, row in enumerate(products.get("varieties", []), start=1):
        known = subcategory(row["code"])
        if known is None:
            return form  # Nothing is sent with a product that the catalogue does not have.
        rows.append(
            {
                "key": f"v{index}",
                "code": known.code,
                "name": known.name,
                "category_code": known.category_code,
                "category": known.category_name,
                "detail": str(row.get("detail", "")).strip(),
                "remark": str(row.get("remark", "")).strip(),
                "main": bool(row.get("main")),
                **goods.said_of(row),
            }
        )
    return {**form, "products": {**products, "varieties": rows}} if rows else form


def _differences(form: dict[str, Any]) -> Iterator[Part]:
    """What changes of the licence, before and after: whoever signs a change signs these lines first."""
    heads = ("事项", "许可证上", "变更为")
    rows = [(change.label, change.before or "—", change.after or "—") for change in changes(form)]
    if rows:
        lines = tuple(tuple(map(Line, heads, row)) for row in rows)
        yield Part("differences", "变更前后", tables=(Table("变更前后", lines),))


def _part(section: ReadSection) -> Part | None:
    lines = tuple(_line(line) for line in section.lines if line.kind != "yes")
    tables = [Table(table.kind.label, tuple(tuple(map(_line, row)) for row in table.rows)) for table in section.tables]
    if section.section.varieties:
        tables.append(Table("申请品种", tuple(_variety(row) for row in section.varieties)))
    if not lines and not tables:
        return None
    return Part(section.section.name, section.section.title, lines, tuple(tables))


def _line(line: ReadLine) -> Line:
    return Line(line.label, line.value, "phone" if line.kind == "phone" else "")


def _variety(row: Variety) -> tuple[Line, ...]:
    name = f"{row.name}（主要产品）" if row.is_main else row.name
    cells = (("类别编号", row.code), ("类别名称", name), ("品种明细", row.detail), ("备注", row.remark))
    return tuple(Line(label, value) for label, value in (*cells, *row.extra))


def _files(application: Application, filed: Iterable[Material]) -> Iterator[Filed]:
    """In the order of the form, so that the same files make the same text."""
    found = {material.kind: material for material in filed}
    for section in procedure(application.procedure).asked(application.form):
        for kind in section.materials:
            if material := found.get(kind.name):
                yield Filed(kind.name, kind.label, material.name, str(material.file_id))


def _declarations(application: Application) -> Iterator[Declaration]:
    """The promises that were ticked, word for word, with their law."""
    for section in procedure(application.procedure).asked(application.form):
        for field in section.fields:
            if field.kind == "yes" and application.form.get(section.name, {}).get(field.name):
                yield Declaration(field.label, *((field.law.title, field.law.text) if field.law else ()))


def _asked(application: Application, kind: Kind) -> Iterator[Part]:
    """What had to be corrected, when this is the answer to it."""
    if kind is Kind.CORRECTION and application.corrections:
        heads = (("item", "补正事项"), ("defect", "存在的问题"), ("remedy", "补正要求"))
        rows = (tuple(Line(label, str(row.get(name, ""))) for name, label in heads) for row in application.corrections)
        yield Part("corrections", "一次告知的补正内容", tables=(Table("补正内容", tuple(rows)),))


# --- a correction on the spot -----------------------------------------------------------------------------------------


def _spot(application: Application) -> dict[str, Any]:
    rows = application.spot_correction.get("rows", [])
    table = Table("当场更正", tuple(_change(application, row) for row in rows))
    return {
        "parts": (Part("spot_correction", "当场更正", tables=(table,)),),
        "declarations": (AGREED,),
        "values": {"rows": rows},
    }


def _change(application: Application, row: dict[str, Any]) -> tuple[Line, ...]:
    kind = "phone" if is_phone(application, row) else ""
    return (
        Line("项目", str(row.get("label", ""))),
        Line("原来填写", str(row["from"]), kind),
        Line("更正为", str(row["to"]), kind),
    )


def is_phone(application: Application, row: dict[str, str]) -> bool:
    """Whether a corrected value is a telephone number."""
    section = procedure(application.procedure).section(row["section"])
    return section is not None and any(_is_phone(field, row) for field in section.fields)


def _is_phone(field: Field, row: dict[str, str]) -> bool:
    return field.name == row["field"] and field.kind == "phone"
