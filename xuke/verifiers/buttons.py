"""What somebody may do with a row of the register, or the reason why not."""

from __future__ import annotations

from django.urls import reverse

from xuke.accounts.officers import Officer
from xuke.verifiers.commands.recognising import why_not_recognise
from xuke.verifiers.models import Verifier
from xuke.verifiers.permissions import why_not_declare, why_not_keep
from xuke.verifiers.rules import SUSPENDED, WITHDRAWN
from xuke.web.buttons import Button, Kind


def of_register(officer: Officer) -> list[Button]:
    """What is done with the register as a whole."""
    why = why_not_keep(officer, officer.authority_path)
    return [
        Button("登记人员", reverse("verifier-new"), why, needs_form=True, icon="plus"),
        Button("外省互认", reverse("recognitions"), needs_form=True, icon="users"),
    ]


def of_recognitions(officer: Officer) -> list[Button]:
    """What is done with the recognition of other provinces' credentials."""
    why = why_not_keep(officer, officer.authority_path)
    return [Button("登记互认", reverse("recognition-new"), why, needs_form=True, icon="plus")]


def of_verifier(officer: Officer, verifier: Verifier) -> list[Button]:
    """What is done with one row: where it may not be kept at all, `why_not_kept` says it once."""
    declare = why_not_declare(officer, verifier)
    recuse = Button("申报回避", reverse("verifier-recuse", args=[verifier.pk]), declare, needs_form=True)
    return [recuse] if why_not_kept(officer, verifier) else [*_keeping(verifier), recuse]


def why_not_kept(officer: Officer, verifier: Verifier) -> str:
    """The reason nothing is written into this row by this officer, or an empty string."""
    why = why_not_keep(officer, verifier.authority_path)
    return why or ("已经退出名册。需要重新核查的，请重新登记。" if verifier.status == WITHDRAWN else "")


def _keeping(verifier: Verifier) -> list[Button]:
    foreign = not why_not_recognise(verifier, verifier.authority_path)
    pause = "reinstate" if verifier.status == SUSPENDED else "suspend"
    acts = [
        ("credential", "换发证件" if verifier.is_entered else "补录证件有效期", Kind.PLAIN),
        ("change", "修改专业、等级", Kind.PLAIN),
        ("training", "登记培训", Kind.PLAIN),
        ("examination", "登记考核", Kind.PLAIN),
        ("remark", "登记见证、廉洁情况", Kind.PLAIN),
        *([("recognise", "登记互认", Kind.PLAIN)] if foreign else []),
        (pause, "恢复核查" if pause == "reinstate" else "暂停核查", Kind.PLAIN),
        ("withdraw", "退出名册", Kind.RISK),
    ]
    return [
        Button(label, reverse(f"verifier-{act}", args=[verifier.pk]), "", kind, needs_form=True)
        for act, label, kind in acts
    ]
