"""What somebody may do with a row of the register, or the reason why not."""

from __future__ import annotations

from django.urls import reverse

from xuke.accounts.officers import Officer
from xuke.verifiers.models import Verifier
from xuke.verifiers.permissions import why_not_declare, why_not_keep
from xuke.verifiers.rules import SUSPENDED, WITHDRAWN
from xuke.web.buttons import Button, Kind


def of_register(officer: Officer) -> list[Button]:
    """What is done with the register as a whole."""
    why = why_not_keep(officer, officer.authority_path)
    return [Button("登记人员", reverse("verifier-new"), why, needs_form=True, icon="plus")]


def of_verifier(officer: Officer, verifier: Verifier) -> list[Button]:
    """What is done with one row."""
    why = why_not_keep(officer, verifier.authority_path)
    why = why or ("已经退出名册。需要重新核查的，请重新登记。" if verifier.status == WITHDRAWN else "")
    foreign = verifier.issuing_province not in ("", verifier.authority_path[:2])
    pause = "reinstate" if verifier.status == SUSPENDED else "suspend"
    acts = [
        ("credential", "换发证件" if verifier.is_entered else "补录证件有效期", why, Kind.PLAIN),
        ("change", "修改专业、等级", why, Kind.PLAIN),
        ("training", "登记培训", why, Kind.PLAIN),
        ("examination", "登记考核", why, Kind.PLAIN),
        ("remark", "登记见证、廉洁情况", why, Kind.PLAIN),
        *([("recognise", "登记互认", why, Kind.PLAIN)] if foreign else []),
        (pause, "恢复核查" if pause == "reinstate" else "暂停核查", why, Kind.PLAIN),
        ("withdraw", "退出名册", why, Kind.RISK),
    ]
    made = [
        Button(label, reverse(f"verifier-{act}", args=[verifier.pk]), reason, kind, needs_form=True)
        for act, label, reason, kind in acts
    ]
    declare = why_not_declare(officer, verifier)
    return [*made, Button("申报回避", reverse("verifier-recuse", args=[verifier.pk]), declare, needs_form=True)]
