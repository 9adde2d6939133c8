"""The answer to "was it valid on that day?", as facts that are signed and as a sentence. Pure but for the key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from xuke.foundation.calendar import spoken
from xuke.publication.rules import Answer, Standing
from xuke.publication.states import STATES

FORMAT = "xuke.standing/1"
KIND = "xuke-standing+jws"
"""What the signature is for: no other text signed with the same key can pass for an answer."""
_CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Told:
    """A question about a day, with its answer and who gave it when."""

    number: str
    holder: str
    on: date
    known_at: datetime
    asked_at: datetime
    answer: Answer
    issuer: str
    demo: bool

    @property
    def sentence(self) -> str:
        """The answer as somebody reads it aloud."""
        return sentence(self.number, self.holder, self.on, self.answer)

    @property
    def is_as_known_now(self) -> bool:
        """Whether it is what the register knows today, and not what it knew at another time."""
        return self.known_at == self.asked_at

    def facts(self) -> dict[str, Any]:
        """As JSON values; what is signed."""
        answer = self.answer
        return {
            "format": FORMAT,
            "iss": self.issuer,
            "sub": self.number,
            "iat": int(self.asked_at.timestamp()),
            "question": {
                "number": self.number,
                "on": self.on.isoformat(),
                "known_at": _moment(self.known_at),
            },
            "answer": {
                "valid": answer.standing.counts,
                "standing": answer.standing.value,
                "title": STATES[answer.standing].title,
                "valid_from": _day(answer.valid_from),
                "valid_to": _day(answer.valid_to),
                "since": _day(answer.since),
                "sentence": self.sentence,
            },
            "holder": self.holder,
            "asked_at": _moment(self.asked_at),
            "register_revision": answer.revision,
            "demo": self.demo,
        }


def sentence(number: str, holder: str, on: date, answer: Answer) -> str:
    """2025年3月1日，宜昌禾穗坊食品有限公司的食品生产许可证SC…有效。"""
    what = f"{spoken(on)}，{holder}的食品生产许可证{number}"
    match answer.standing:
        case Standing.IN_FORCE:
            return f"{what}有效。有效期至{_spoken(answer.valid_to)}。"
        case Standing.EXPIRED:
            return f"{what}已经无效：有效期到{_spoken(answer.valid_to)}为止，没有延续。"
        case Standing.NOT_YET:
            return f"{what}还没有核发：{_spoken(answer.valid_from)}才核发。"
        case Standing.UNKNOWN:
            return f"登记簿在所问的时刻还没有记载{holder}的食品生产许可证{number}。"
        case _:
            return f"{what}已经无效：{_spoken(answer.since)}起{STATES[answer.standing].title}。"


def _spoken(day: date | None) -> str:
    return spoken(day) if day else ""


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment: datetime) -> str:
    return moment.astimezone(_CHINA).isoformat(timespec="microseconds")
