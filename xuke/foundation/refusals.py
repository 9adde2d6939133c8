"""Refusals: everything the product says no with, as sentences for the person who reads them.

The docstring of a refusal is its default sentence, in the language of the page. Commands raise; `xuke.web.refusals`
turns them into pages, the command line into a line on standard error. Nothing is saved when a command refuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from inspect import cleandoc


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what somebody typed: the field it belongs to and a sentence that says what to do."""

    field: str
    message: str


class Refused(Exception):
    """这一步没有办成，请返回上一页看最新情况。"""

    status = 409
    title = ""
    """What the page says above the sentence, where its status says it badly."""

    def __init__(self, sentence: str = "", *, basis: str = "") -> None:
        self.sentence = sentence or cleandoc(type(self).__doc__ or "")
        self.basis = basis
        """The article the refusal rests on (依据), empty when it is no matter of law."""
        super().__init__(self.sentence)


class NotPermitted(Refused):
    """您没有办理这一步的权限。"""

    status = 403


class NotFound(Refused):
    """没有找到这件事项，地址可能写错了，或者它不属于您的企业或单位。"""

    status = 404


class NotReady(NotFound):
    """还在制作，请稍后再来。"""


class Conflict(Refused):
    """这件申请刚刚有了变化，请看过最新情况再决定是否继续。"""

    status = 409

    def __init__(self, sentence: str = "", *, who: str = "", what: str = "", at: datetime | None = None) -> None:
        super().__init__(sentence)
        self.who, self.what, self.at = who, what, at


class StepNotOpen(Conflict):
    """这一步现在不能办理。"""


class TooLarge(Refused):
    """文件太大，没有接收。请压缩或者拆分后重新上传。"""

    status = 413


class TooMany(Refused):
    """操作太频繁，请稍后再试。"""

    status = 429


class Invalid(Refused):
    """有些内容需要修改。"""

    status = 422

    def __init__(self, *problems: Problem, sentence: str = "") -> None:
        self.problems = problems
        super().__init__(sentence or (problems[0].message if len(problems) == 1 else ""))
        for problem in problems:  # For whoever reads a traceback; people read `problems`.
            self.add_note(f"{problem.field}: {problem.message}")
