"""Who may publish law for a province: a supervisor of the province's own authority, for places inside it."""

from __future__ import annotations

from xuke.accounts.officers import Officer, Role
from xuke.foundation.actors import Actor
from xuke.foundation.refusals import NotPermitted


def province_of(officer: Officer) -> str:
    """The division code an officer's authority serves, such as 420000; it ends the path of the authority."""
    return officer.authority_path.rstrip("/").rpartition("/")[2]


def why_not_publisher(actor: Actor) -> str:
    """The reason somebody may not publish rules, or an empty string."""
    if not isinstance(actor, Officer):
        return "规则由省级市场监督管理部门发布。"
    if not province_of(actor).endswith("0000"):
        return "规则由省级市场监督管理部门发布，您所在的机关可以查看（食品生产许可管理办法（2020年）第六条、第七条）。"
    if not actor.has(Role.SUPERVISOR):
        return f"规则由监督人员发布，您的岗位是{actor.titles}。"
    return ""


def demand_publisher(actor: Actor, division: str) -> None:
    """Demand that somebody may publish for a place."""
    if reason := why_not_publisher(actor):
        raise NotPermitted(reason)
    assert isinstance(actor, Officer)
    if not division.startswith(province_of(actor)[:2]):
        raise NotPermitted("只能发布本省的规则。")
