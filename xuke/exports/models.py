"""Exports: who asked for which list, how far it is, and where its file lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from xuke.accounts.models import Authority
from xuke.foundation.identity import new_id
from xuke.foundation.journal import SHANGHAI
from xuke.foundation.models import Journalled

OPEN = ("waiting", "running")
TASK = "exports.make"
"""The job that makes one."""
KINDS = {"inbox": "等我办理", "mine": "我经办的", "all": "本单位在办"}
FORMATS = {"xlsx": "Excel表格（XLSX）", "csv": "CSV"}


class ListExport(Journalled):
    """One list of applications that an officer took away, or wants to."""

    STATES = {
        "waiting": "排队中",
        "running": "正在生成",
        "ready": "可以下载",
        "streamed": "已直接下载",
        "failed": "没有生成",
        "cancelled": "已取消",
        "expired": "已到期删除",
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    """For which authority the person acted: the file belongs to the post as much as to the person."""
    authority_path = models.TextField(db_collation="C")
    kind = models.TextField(choices=list(KINDS.items()))
    asked = models.JSONField(default=dict)
    """The filters, as they stand in an address."""
    told = models.TextField(default="", blank=True)
    """The filters in words."""
    form = models.TextField(choices=list(FORMATS.items()))
    state = models.TextField(choices=list(STATES.items()), default="waiting")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    """When the file is removed."""
    estimated = models.PositiveIntegerField(null=True, blank=True)
    """About how many rows there are, as the database guesses."""
    done = models.PositiveIntegerField(default=0)
    """How many rows have been written."""
    size = models.PositiveBigIntegerField(default=0)
    problem = models.TextField(default="", blank=True)
    """Why there is no file."""
    fetched_at = models.DateTimeField(null=True, blank=True)
    """When the file was first taken."""

    class Meta:
        indexes = [
            models.Index(F("user"), F("asked_at").desc(), name="export_of_user"),
            models.Index(fields=["expires_at"], condition=Q(state="ready"), name="export_expires"),
        ]

    @property
    def stream(self) -> str:
        return f"export:{self.pk}"

    @property
    def journal_label(self) -> str:
        return f"导出“{self.title}”"

    @property
    def title(self) -> str:
        """The list in words; what was searched for stands in place of its name."""
        searched = self.asked.get("q", "")
        return f"查找“{searched}”" if searched else KINDS.get(self.kind, self.kind)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be made."""
        return self.state in OPEN

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to take."""
        return self.state == "ready"

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {"ready": "ok", "failed": "bad", "cancelled": "off", "expired": "off", "streamed": "off"}.get(
            self.state, ""
        )

    @property
    def share(self) -> int:
        """How much of it is written, in per cent; never quite all before it is ready."""
        if self.state == "ready":
            return 100
        return min(99, self.done * 100 // self.estimated) if self.estimated else 0

    @property
    def name(self) -> str:
        """What the file is called when it is saved."""
        return f"{self.title}-{self.asked_at.astimezone(SHANGHAI):%Y%m%d-%H%M}.{self.form}"

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return folder() / f"{self.pk}.{self.form}"

    def facts(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        return {"list": KINDS.get(self.kind, self.kind), "filters": self.told, "format": self.form, "rows": self.done}


def folder() -> Path:
    """Where files of exports lie until they are removed. No backup needs them."""
    return Path(settings.XUKE_HOME) / "exports"
