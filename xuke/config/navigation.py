"""The navigation of every frame: which pages there are for whom, and the officer's figures beside them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from xuke.accounts.officers import ADMINISTRATORS, HANDS, Officer, Role
from xuke.exports import queries as exports
from xuke.foundation import scope
from xuke.foundation.journal import legal_day
from xuke.foundation.transactions import opened_for
from xuke.licensing import queries as licensing
from xuke.parties.applicants import Applicant
from xuke.parties.models import Mandate
from xuke.proceedings import turns
from xuke.web.navigation import NavItem, Who

_DEMONSTRATION = "xuke.config.demonstration.accounts.shown"
"""The accounts of a demonstration. By name, so that a real installation never loads its invented people."""
_PUBLIC = (
    ("首页", "/"),
    ("许可查询", "/licences/"),
    ("证书核验", "/verify/"),
    ("进度查询", "/progress/"),
    ("公告公示", "/announcements/"),
    ("数据开放", "/data/"),
)
_APPLICANT = (
    ("我的首页", "/my/"),
    ("我的申请", "/my/applications/"),
    ("我的许可证", "/my/licences/"),
    ("文书与消息", "/my/notices/"),
    ("企业信息", "/my/enterprise/"),
    ("办事人员", "/my/people/"),
)
_AT_COUNTER = (_APPLICANT[1], _APPLICANT[2], _APPLICANT[3])
"""What an officer opens for a visitor; the rest is the enterprise's own business."""
_AUDITOR = (
    ("日志", "/office/audit/", "history", "J"),
    ("谁看过个人信息", "/office/audit/looks/", "eye", "P"),
    ("日志完整性", "/office/audit/integrity/", "shield-check", "Y"),
    ("应急例外", "/office/glasses/", "lock", ""),
    ("本辖区在办", "/office/all/", "users", "A"),
)
"""An auditor handles nothing, so nothing is counted."""
_ADMINISTRATION = (
    ("机构", "/office/admin/", "building", "O"),
    ("人员", "/office/admin/people/", "users-group", "U"),
)
"""For the two administrators, who keep one each and see both, and for auditors, who see them."""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What the frame shows around a page; one statement for officers, none for others."""
    actor = getattr(request, "actor", None)
    if isinstance(actor, Officer):
        return {
            "nav": _office(request, actor),
            "who": Who(actor.name, f"{actor.titles} · {actor.authority_name}"),
            "search_url": "/office/all/" if actor.reads_cases else "",
        }
    if isinstance(actor, Applicant):
        return _enterprise(request, actor)
    if settings.XUKE_DEMO and request.path == settings.LOGIN_URL:
        shown = import_string(_DEMONSTRATION)
        return {"nav": _plain(request, _PUBLIC), "demonstration": shown()}
    return {"nav": _plain(request, _PUBLIC)}


def _enterprise(request: HttpRequest, applicant: Applicant) -> dict[str, Any]:
    """An enterprise's pages; filed at the counter, with the officer's name, for it is the officer who sits there."""
    if applicant.counter:
        beside = f"窗口代办 · {applicant.enterprise_name}"
        return {"nav": _plain(request, _AT_COUNTER), "who": Who(applicant.name, beside)}
    capacity = Mandate.CAPACITIES[applicant.capacity]
    return {"nav": _plain(request, _APPLICANT), "who": Who(applicant.name, f"{applicant.enterprise_name} · {capacity}")}


def _plain(request: HttpRequest, entries: tuple[tuple[str, str], ...]) -> list[NavItem]:
    here = request.path
    best = max((url for _, url in entries if url == here or (url != "/" and here.startswith(url))), key=len, default="")
    return [NavItem(label, url, current=url == best) for label, url in entries]


def _office(request: HttpRequest, officer: Officer) -> list[NavItem]:
    if not request.path.startswith(("/office/", "/notices/")):
        return []
    if officer.has(Role.AUDITOR):
        return [
            *(
                NavItem(label, url, icon=icon, current=url == _here(request), group="审计", key=key)
                for label, url, icon, key in _AUDITOR
            ),
            *_administration(request),
        ]
    administration = _administration(request) if officer.roles & ADMINISTRATORS else []
    if officer.has(Role.SECURITY_ADMINISTRATOR):
        administration.append(_verifiers(request))
    if officer.has(Role.SYSTEM_ADMINISTRATOR):
        at = "/office/operations/"
        administration.append(
            NavItem("系统运行", at, icon="progress", current=request.path.startswith(at), group="管理", key="R")
        )
    return [*_cases(request, officer), *administration] if officer.reads_cases else administration


def _administration(request: HttpRequest) -> list[NavItem]:
    here = max((url for _, url, _, _ in _ADMINISTRATION if request.path.startswith(url)), key=len, default="")
    return [
        NavItem(label, url, icon=icon, current=url == here, group="管理", key=key)
        for label, url, icon, key in _ADMINISTRATION
    ]


def _verifiers(request: HttpRequest) -> NavItem:
    at = "/office/verifiers/"
    return NavItem("核查人员", at, icon="user-check", current=request.path.startswith(at), group="管理")


PROCEEDINGS = "/office/proceedings/"
_DESK = (
    ("待送达", "/office/service/", "send", "S", "办理", HANDS),
    ("撤销与注销", PROCEEDINGS, "gavel", "X", "办理", HANDS),
    ("窗口代办", "/office/counter/filing/", "users", "W", "窗口", {Role.ACCEPTOR}),
    ("窗口登记", "/office/counter/", "building", "", "窗口", {Role.ACCEPTOR}),
    ("督办", "/office/deadlines/", "bell", "D", "监督", {Role.SUPERVISOR, Role.DECIDER}),
    ("分派", "/office/hand-out/", "users-group", "H", "监督", {Role.SUPERVISOR}),
    ("证后检查", "/office/checks/", "clipboard-check", "C", "监督", {Role.SUPERVISOR}),
    ("应急例外", "/office/glasses/", "lock", "", "监督", {Role.SUPERVISOR}),
    ("效能", "/office/performance/", "chart-bar", "F", "监督", HANDS),
    ("核查人员", "/office/verifiers/", "user-check", "", "管理", HANDS),
    ("规则", "/office/rules/", "scale", "", "管理", HANDS),
)
"""What stands below the desk of cases: words, address, icon, key, group, and for whom."""


def _desk(request: HttpRequest, officer: Officer, figures: Mapping[str, tuple[int, str]]) -> list[NavItem]:
    """The pages that belong to the officer's roles; a figure and a sentence where something waits there."""
    mine = [page for page in _DESK if officer.roles & page[5]]
    here = max((at for _, at, *_ in mine if request.path.startswith(at)), key=len, default="")
    return [
        NavItem(label, at, icon=icon, count=count or None, told=told, current=at == here, group=group, key=key)
        for label, at, icon, key, group, _ in mine
        for count, told in [figures.get(at, (0, ""))]
    ]


def _cases(request: HttpRequest, officer: Officer) -> list[NavItem]:
    # A page outside the door has no scope, and without one there would be nothing to count.
    with nullcontext() if scope.entered() else opened_for(officer.scope):
        asked = (exports.waiting_to_be_taken(officer), turns.counted(officer, today=_today(request)))
        # A page that shows the figures itself has asked already.
        tally = getattr(request, "tally", None) or licensing.tally(officer, beside=asked)
        beside = licensing.figures_beside(asked) if tally.beside is None else tally.beside
    rows = (
        ("等我办理", "/office/", "inbox", tally.waiting, "I"),
        ("我经办的", "/office/mine/", "progress", tally.mine_told, "M"),
        ("本单位在办", "/office/all/", "users", tally.open, "A"),
        ("现场核查", "/office/visits/", "map-pin", tally.visits_told, "V"),
    )
    items = [
        NavItem(label, url, icon=icon, count=count, current=url == _here(request), group="办理", key=key)
        for label, url, icon, count, key in rows
    ]
    files = beside.get(exports.READY, 0)
    items.append(
        NavItem(
            "我的导出",
            "/office/exports/",
            icon="download",
            count=files or None,
            current=request.path.startswith("/office/exports/"),
            group="办理",
            told=f"有{files}份导出可以下载。" if files else "",
            key="E",
        )
    )
    items += _together(request, officer, tally)
    items += _desk(request, officer, {PROCEEDINGS: turns.told(beside)})
    return items


def _today(request: HttpRequest) -> date:
    """The day of the page; a page outside the frame has none, and there it is today's."""
    return getattr(request, "today", None) or legal_day(timezone.now())


def _together(request: HttpRequest, officer: Officer, tally: licensing.Tally) -> list[NavItem]:
    """What other levels ask, and what is decided on a promise: shown to whom it concerns while there is any."""
    pages = (
        ("联合审查", "/office/joint/", "building", tally.joint, Role.REVIEWER),
        ("告知承诺", "/office/commitments/", "file-check", tally.promised, Role.DECIDER),
    )
    return [
        NavItem(label, at, icon=icon, count=count, current=request.path == at, group="办理")
        for label, at, icon, count, role in pages
        if officer.has(role) and (count or request.path == at)
    ]


def _here(request: HttpRequest) -> str:
    """The entry of the rail a page belongs to: a case belongs to what waits for me, a history to the journal."""
    if request.path.startswith("/office/audit/subjects/"):
        return "/office/audit/"
    return "/office/" if request.path.startswith("/office/applications/") else request.path
