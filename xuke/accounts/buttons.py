"""What an administrator may do on a page, or the reason why not: who keeps what is told, never hidden."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from xuke.accounts.models import Authority, Posting, User
from xuke.accounts.officers import Officer
from xuke.accounts.permissions import (
    why_not_administer,
    why_not_give_password,
    why_not_keep,
    why_not_post,
    why_not_reset_factors,
)
from xuke.accounts.queries_admin import Posts
from xuke.accounts.roles import Role
from xuke.accounts.rules import Done
from xuke.web.buttons import Button, Kind


def of_authority(officer: Officer, authority: Authority) -> list[Button]:
    """What is done with an authority, by whoever keeps authorities."""
    why = why_not_administer(officer, authority.path, Role.SYSTEM_ADMINISTRATOR)
    code = [authority.code]
    closed = authority.closed_on is not None
    verb = Button("恢复机关", reverse("admin-authority-reopen", args=code), why, needs_form=True)
    if not closed:
        root = "最上级的机关不能撤销。" if authority.parent_id is None else ""
        close = reverse("admin-authority-close", args=code)
        verb = Button("撤销机关", close, why or root, Kind.RISK, "不再受理新的申请，过去的都保留", needs_form=True)
    new = f"{reverse('admin-authority-new')}?parent={authority.code}"
    lowest = "县级机关下面不设机关。" if authority.level == "county" else ""
    return [
        Button("修改信息", reverse("admin-authority-change", args=code), why, needs_form=True, icon="edit"),
        Button("设立下级机关", new, why or lowest, needs_form=True, icon="plus"),
        verb,
    ]


def of_people_in(officer: Officer, authority: Authority) -> list[Button]:
    """What is done with the people of an authority, by whoever keeps people."""
    why = why_not_administer(officer, authority.path, Role.SECURITY_ADMINISTRATOR)
    why = why or ("机关已经撤销，不再任命人员。" if authority.closed_on else "")
    new = f"{reverse('admin-person-new')}?authority={authority.code}"
    return [Button("新建人员", new, why, needs_form=True, icon="plus")]


def of_person(officer: Officer, user: User, posts: Posts) -> list[Button]:
    """What is done with the posts of a person."""
    number = [user.pk]
    why = why_not_post(officer, user.pk, officer.authority_path, posts.paths)
    why = why or ("" if user.is_active else "账号已经停用，请先恢复账号。")
    own = [one for one in (*posts.now, *posts.to_come, *posts.before) if one.instead_of_id is None]
    here = [one for one in own if one.authority.path.startswith(officer.authority_path)]
    why_no_deputy = why_not_administer(officer, officer.authority_path, Role.SECURITY_ADMINISTRATOR)
    if not why_no_deputy and not here:
        why_no_deputy = "这个人员没有在您管理的机关任职。"
    return [
        Button("任命", reverse("admin-appoint", args=number), why, Kind.PRIMARY, "一直有效，直到免职", needs_form=True),
        Button("借调", reverse("admin-second", args=number), why, hint="到某一天自动结束", needs_form=True),
        Button(
            "安排同事代理",
            reverse("admin-deputise", args=number),
            why_no_deputy,
            hint="休假、外出或者离任时，由同事接着办",
            needs_form=True,
        ),
    ]


def of_account(officer: Officer, user: User, posts: Posts, done: Sequence[Done], *, now: datetime) -> list[Button]:
    """What is done with the account of a person, after what was done to it."""
    number = [user.pk]
    why = why_not_keep(officer, user, posts.paths)
    disable = Button(
        "停用账号", reverse("admin-disable", args=number), why, Kind.RISK, "立即退出登录，岗位保留", needs_form=True
    )
    enable = Button("恢复账号", reverse("admin-enable", args=number), why, needs_form=True)
    return [
        Button("改名", reverse("admin-rename", args=number), why, needs_form=True),
        Button(
            "重置密码",
            reverse("admin-password", args=number),
            why or why_not_give_password(officer, done, now=now),
            hint="给一个初始密码",
            needs_form=True,
        ),
        Button(
            "重置第二因素",
            reverse("admin-factors", args=number),
            why or why_not_reset_factors(officer, done, now=now),
            hint="手机丢失、换机时用；下次登录后重新添加",
            needs_form=True,
        ),
        disable if user.is_active else enable,
    ]


def dismissal(officer: Officer, posting: Posting) -> Button:
    """The button beside a post."""
    why = why_not_post(officer, posting.user_id, posting.authority.path)
    label = "免职" if posting.is_regular else f"结束{Posting.KINDS[posting.kind]}"
    return Button(label, reverse("admin-dismiss", args=[posting.pk]), why, Kind.RISK, needs_form=True)
