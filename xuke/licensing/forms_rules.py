"""What a province types when it publishes a rule. Forms parse; the commands judge."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from xuke.accounts.models import Authority
from xuke.catalogue import editions, food
from xuke.catalogue.competence import LEVELS, TITLES
from xuke.catalogue.contents import ANY, CONDITIONS, KINDS
from xuke.catalogue.rulebook import ACCEPTANCE_DAY, FILING_DAY, TRANSITIONS
from xuke.licensing.models_moves import MovePlan
from xuke.web.forms import PlainForm

Data = QueryDict | None
_AREA = {"rows": 2}
_COMMON = ("division", "valid_from", "valid_to", "basis")


def _day(label: str, **other: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages={"invalid": "请选择一个日期。"}, **other)


def _categories() -> list[tuple[str, str]]:
    return [(each.code, f"{each.code} {each.name}") for each in food.categories()]


def _choice() -> forms.ChoiceField:
    """What happens to running cases when competence moves."""
    return forms.ChoiceField(
        label="在办的申请",
        choices=list(MovePlan.CHOICES.items()),
        widget=forms.RadioSelect,
        initial=MovePlan.STAY,
        error_messages={"required": "请选择在办的申请怎么办。"},
    )


class RuleForm(PlainForm):
    """What every rule has: where, from when, until when, on which basis, and what happens to running cases."""

    topic: ClassVar[str] = ""
    heading: ClassVar[str] = ""
    chooses_transition: ClassVar[bool] = True
    passes: ClassVar[frozenset[str]] = frozenset(TRANSITIONS)
    """How running cases can pass over to it."""

    def __init__(self, places: Sequence[Authority], data: Data = None) -> None:
        super().__init__(data)
        self.use_required_attribute = False
        self.fields["division"] = forms.ChoiceField(
            label="适用地区", choices=[(each.code, f"{each.code} {each.name}") for each in places]
        )
        self.fields["valid_from"] = _day("生效日期", help_text="从这一天起适用；不能早于今天")
        self.fields["valid_to"] = _day("最后一天", required=False, help_text="没有期限的不填，以后可以提前结束")
        self.fields["basis"] = forms.CharField(
            label="依据", max_length=200, help_text="文件名称和文号，例如鄂市监〔2026〕15号"
        )
        if self.chooses_transition:
            self.fields["transition"] = forms.ChoiceField(
                label="在办的申请",
                choices=[
                    (name, f"{words}，看是否已经生效") for name, words in TRANSITIONS.items() if name in self.passes
                ],
            )
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"

    @property
    def rule(self) -> dict[str, Any]:
        """What is to be published, as `catalogue.commands.publish` takes it."""
        cleaned = self.cleaned_data
        common = {"valid_to": None} | {name: cleaned[name] for name in _COMMON if name in cleaned}
        if self.chooses_transition:
            common["transition"] = cleaned["transition"]
        return {"topic": self.topic, "key": self.key(), "content": self.content(), **common}

    def key(self) -> str:
        """The key it is about."""
        return str(self.cleaned_data["key"])

    def content(self) -> dict[str, Any]:
        """What it says."""
        raise NotImplementedError


class LimitForm(RuleForm):
    """A promised limit, shorter than the statutory one."""

    topic, heading = "time_limit", "承诺更短的时限"
    passes = frozenset({FILING_DAY, ACCEPTANCE_DAY})
    """A term that has begun runs as long as it was told when it began."""

    def __init__(self, places: Sequence[Authority], data: Data = None) -> None:
        super().__init__(places, data)
        book = editions.book()
        nation = (book.published("time_limit", key, division="") for key in book.keys("time_limit"))
        self.statutory = {each[0].key: each[0] for each in nation if each and each[0].content.get("may_be_promised")}
        told = [
            (key, f"{each.content['title']}（法定{each.content['value']}个工作日）")
            for key, each in self.statutory.items()
        ]
        self.fields = {
            "key": forms.ChoiceField(label="哪一个时限", choices=told),
            "value": forms.IntegerField(
                label="承诺的工作日数",
                min_value=0,
                max_value=99,
                help_text="只能短于法定时限",
                error_messages={"required": "请填写承诺的工作日数。"},
            ),
            **self.fields,
        }

    def content(self) -> dict[str, Any]:
        """The statutory content with the promised number."""
        statutory = dict(self.statutory[self.key()].content)
        statutory.pop("may_be_promised")
        days = self.cleaned_data["value"]
        return statutory | {"value": days, "text": f"本省承诺{days}个工作日。国家规定：{statutory['text']}"}


class CompetenceForm(RuleForm):
    """Which level licenses a category in a place, and what happens to running cases."""

    topic, heading = "competence", "调整许可权限"
    chooses_transition = False

    def __init__(self, places: Sequence[Authority], data: Data = None) -> None:
        super().__init__(places, data)
        del self.fields["valid_to"]
        self.fields["valid_from"].help_text = "从这一天起适用；不能早于今天。以后要收回，用“提前结束”，先看移交方案"
        self.fields = {
            "key": forms.ChoiceField(label="食品类别", choices=_categories()),
            "level": forms.ChoiceField(label="由哪一级许可", choices=[(each, TITLES[each]) for each in LEVELS]),
            **self.fields,
            "choice": _choice(),
        }

    def content(self) -> dict[str, Any]:
        """The level, and which running cases go there."""
        return {"level": self.cleaned_data["level"], "running": self.cleaned_data["choice"]}


class CommitmentForm(RuleForm):
    """Whether a category may be licensed on a promise."""

    topic, heading = "commitment", "告知承诺"

    def __init__(self, places: Sequence[Authority], data: Data = None) -> None:
        super().__init__(places, data)
        self.fields = {
            "category": forms.ChoiceField(label="食品类别", choices=[(ANY, "其他各类食品"), *_categories()]),
            "kind": forms.ChoiceField(label="申请种类", choices=[(ANY, "各种申请"), *KINDS.items()]),
            "allowed": forms.ChoiceField(label="是否适用", choices=[("yes", "适用告知承诺"), ("no", "不适用")]),
            "check_days": forms.IntegerField(
                label="许可后多少个工作日内检查",
                min_value=1,
                max_value=250,
                initial=30,
                help_text="默认30个工作日（待核实）",
            ),
            **self.fields,
        }
        self.fields["check_days"].error_messages["required"] = "请填写许可后多少个工作日内检查。"

    def key(self) -> str:
        """Category and kind."""
        return f"{self.cleaned_data['category']}:{self.cleaned_data['kind']}"

    def content(self) -> dict[str, Any]:
        """Whether, and when it is checked."""
        return {"allowed": self.cleaned_data["allowed"] == "yes", "check_days": self.cleaned_data["check_days"]}


class GateForm(RuleForm):
    """A local gate: a sentence and a simple condition."""

    topic, heading = "gate", "地方准入条件"

    def __init__(self, places: Sequence[Authority], data: Data = None) -> None:
        super().__init__(places, data)
        self.fields = {
            "title": forms.CharField(label="名称", max_length=40, help_text="用同一名称再发布一次，就是更新这一条"),
            "text": forms.CharField(
                label="告诉申请人的话",
                max_length=200,
                widget=forms.Textarea(attrs=_AREA),
                help_text="写明要求什么、为什么",
            ),
            "condition": forms.ChoiceField(label="条件", choices=list(CONDITIONS.items())),
            "material": forms.CharField(
                label="须提交的材料", max_length=60, required=False, help_text="条件是须提交材料的填写"
            ),
            "categories": forms.MultipleChoiceField(
                label="食品类别",
                choices=_categories(),
                widget=forms.CheckboxSelectMultiple,
                required=False,
                help_text="不选的，须提交材料对各类都适用；暂停受理必须选择",
            ),
            **self.fields,
        }
        for name in ("title", "text"):
            self.fields[name].error_messages["required"] = f"请填写{self.fields[name].label}。"

    def key(self) -> str:
        """That of the gate which the place has under this title, or a new one: the same for the same title."""
        title, division, book = self.cleaned_data["title"], self.cleaned_data["division"], editions.book()
        for key in book.keys("gate"):
            said = book.published("gate", key, division=division)
            if any(each.content.get("title") == title for each in said[:1]):
                return key
        return f"local-{sha256(title.encode()).hexdigest()[:8]}"

    def content(self) -> dict[str, Any]:
        """The sentence and its condition."""
        names = ("title", "text", "condition", "material", "categories")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}


class SwitchForm(RuleForm):
    """A way of handling, on or off."""

    topic, heading = "switch", "办理方式的开关"

    def __init__(self, places: Sequence[Authority], data: Data = None) -> None:
        super().__init__(places, data)
        book = editions.book()
        known = (book.published("switch", key, division="") for key in book.keys("switch"))
        self.known = {each[0].key: each[0] for each in known if each}
        self.fields = {
            "key": forms.ChoiceField(
                label="办理方式", choices=[(key, each.content["title"]) for key, each in self.known.items()]
            ),
            "on": forms.ChoiceField(label="是否采用", choices=[("yes", "采用"), ("no", "不采用")]),
            **self.fields,
        }

    def content(self) -> dict[str, Any]:
        """On or off, with the words of the nation."""
        return {**self.known[self.key()].content, "on": self.cleaned_data["on"] == "yes"}


class EndForm(PlainForm):
    """Ending early what the province says."""

    def __init__(self, data: Data = None) -> None:
        super().__init__(data)
        self.use_required_attribute = False
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"

    last_day = _day("最后一天", help_text="从第二天起不再适用这条规定")
    basis = forms.CharField(label="依据", max_length=200)
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs=_AREA))


class CompetenceEndForm(EndForm):
    """Taking competence back, and what happens to running cases."""

    def __init__(self, data: Data = None) -> None:
        super().__init__(data)
        self.fields["choice"] = _choice()


FORMS: dict[str, type[RuleForm]] = {
    "limit": LimitForm,
    "competence": CompetenceForm,
    "commitment": CommitmentForm,
    "gate": GateForm,
    "switch": SwitchForm,
}
