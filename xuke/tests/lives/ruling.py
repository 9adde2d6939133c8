"""What the province does: it moves competence, opens and closes ways of handling, promises less, binds a case anew."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from xuke.catalogue import commands as rules
from xuke.catalogue import editions
from xuke.catalogue.rulebook import TRANSITIONS
from xuke.licensing.commands import moving, rebinding
from xuke.licensing.models_moves import MovePlan
from xuke.tests.lives.playing import Playing

PLACES = ("420000", "420500", "420506")
MOVED = ("105", "124", "103", "0501", "2401")
SWITCHES = (
    "food.reissue",
    "food.reissue",
    "food.renewal_change",
    "food.late_renewal",
    "food.off_day_filing",
    "food.hearing_offered",
)
LIMITS = ("food.acceptance", "food.decision", "food.issue", "food.verification")
KINDS = ("renewal", "renewal", "change", "first")
BASIS = "鄂市监〔2026〕30号"


class Ruling(Playing):
    """范治国 publishes for the province; supervisors bind running cases anew."""

    def the_province_moves_a_category(self) -> None:
        where = {"key": self.draw.choice(MOVED), "division": self.draw.choice(PLACES), "basis": BASIS}
        how = {"level": self.draw.choice(["county", "prefecture"]), "choice": self.draw.choice(list(MovePlan.CHOICES))}
        since = self._today + timedelta(days=self.draw.choice([0, 0, 1, 5]))
        who = {"by": self.people.of_the_province, "now": self.now}
        self._try("move_competence", partial(moving.move_competence, **where, **how, valid_from=since, **who))

    def the_province_publishes(self) -> None:
        """A switch, a shorter promise, or whether promises are taken instead of a review; from today or soon."""
        what = self.draw.choice([self._switch, self._time_limit, self._commitment])
        self._publish(*what())

    def the_province_takes_it_back(self) -> None:
        """From tomorrow on the nation's rule applies again."""
        topic, key = self.draw.choice([("switch", "food.reissue"), ("commitment", "*:renewal"), ("competence", "105")])
        what = {"key": key, "division": self.draw.choice(PLACES), "last_day": self._today}
        who = {"reason": "试点结束。", "basis": BASIS, "by": self.people.of_the_province, "now": self.now}
        if topic == "competence":
            choice = self.draw.choice(list(MovePlan.CHOICES))
            self._try("end competence", partial(moving.end_competence, **what, **who, choice=choice))
        else:
            self._try(f"end {topic}", partial(rules.end, **what, **who, topic=topic))

    def a_case_is_bound_to_the_rules_of_today(self) -> None:
        """After something was published, or for no reason that there is."""
        if self.draw.random() < 0.6:
            self._publish(*self.draw.choice([self._switch, self._time_limit])())
        if found := self._case(self.draw.randint(0, 7)):
            chief = self.people.supervisor(found.authority_id)
            said = {"application": found, "reason": "申请人要求适用新的规定。", "by": chief, "now": self.now}
            self._try("rebind", partial(rebinding.rebind, **said))

    def _publish(self, topic: str, key: str, content: dict[str, Any]) -> None:
        how = {
            "topic": topic,
            "key": key,
            "content": content,
            "division": self.draw.choice(PLACES),
            "valid_from": self._today + timedelta(days=self.draw.choice([0, 0, 0, 3])),
            "valid_to": self._today + timedelta(days=90) if self.draw.random() < 0.2 else None,
            "transition": self.draw.choice(list(TRANSITIONS)),
            "basis": BASIS,
        }
        self._try(f"publish {topic}", partial(rules.publish, **how, by=self.people.of_the_province, now=self.now))

    def _nation(self, topic: str, key: str) -> dict[str, Any]:
        found = editions.book().find(topic, key, on=self._today)
        assert found is not None
        return dict(found.content)

    def _switch(self) -> tuple[str, str, dict[str, Any]]:
        key = self.draw.choice(SWITCHES)
        return "switch", key, {**self._nation("switch", key), "on": self.draw.random() < 0.7}

    def _time_limit(self) -> tuple[str, str, dict[str, Any]]:
        key = self.draw.choice(LIMITS)
        content = self._nation("time_limit", key)
        return "time_limit", key, {**content, "value": self.draw.randint(1, int(content["value"]))}

    def _commitment(self) -> tuple[str, str, dict[str, Any]]:
        return "commitment", f"*:{self.draw.choice(KINDS)}", {"allowed": self.draw.random() < 0.8, "check_days": 30}
