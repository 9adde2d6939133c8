"""The operator's entries in the journal, and background jobs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WORDS = {
    "job.retried": "重试失败的作业",
    "installation.restored": "从备份恢复系统",
}
SUBJECTS = {"job": "作业", "operation": "运行维护", "installation": "系统"}
FACTS = {
    "jobs": "作业",
    "tasks": "作业种类",
    "point": "备份点",
    "entries": "日志条目数",
    "sealed": "已封存的条目数",
    "lost": "丢失的条目数",
    "made_at": "备份时间",
    "kind": "恢复方式",
}
_TASKS = {
    "certificates.make": ("制作许可证文件", "version", "证书版本"),
    "documents.render": ("排版文书", "notice", "文书"),
    "exports.make": ("生成导出文件", "export", "导出"),
}
"""By task: what it does, the argument that says what about, and what that is."""


def task(name: str) -> str:
    """What a job does; one of a newer release stays what it is called."""
    return _TASKS[name][0] if name in _TASKS else name


def about(name: str, arguments: Mapping[str, Any]) -> str:
    """What a job is about: the thing by its number, nothing of what is in it."""
    if name in _TASKS:
        _, argument, thing = _TASKS[name]
        return f"{thing} {arguments.get(argument, '')}".strip()
    return "、".join(f"{key} {value}" for key, value in arguments.items())
