"""The filters of an officer's list as a form: plain GET, so that it is an address when it is sent."""

from __future__ import annotations

from django import forms

from xuke.accounts.officers import Officer
from xuke.catalogue.food import categories
from xuke.licensing import places
from xuke.licensing.filters import DUE, HOLDERS, LABELS, LONGEST_TEXT, OTHERS, STAGES, Filters

_ALL = ("", "全部")


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class FilterForm(forms.Form):
    """Shows the filters that a list has, and offers others. It is read by `filters.read`, never validated."""

    q = forms.CharField(label="企业名称或者编号", required=False, max_length=LONGEST_TEXT)
    stage = forms.ChoiceField(label=LABELS["stage"], required=False)
    category = forms.ChoiceField(label=LABELS["category"], required=False)
    below = forms.ChoiceField(label=LABELS["below"], required=False)
    due = forms.ChoiceField(label=LABELS["due"], required=False, choices=[_ALL, *DUE.items()])
    holder = forms.ChoiceField(label=LABELS["holder"], required=False)
    since = _day(LABELS["since"])
    until = _day(LABELS["until"])

    def __init__(self, wanted: Filters, officer: Officer) -> None:
        super().__init__(initial=wanted.as_address(), auto_id="f-%s")
        here = places.below(officer.authority_path)
        colleague = [(wanted.holder, "这位同事领取的")] if wanted.holder.isdecimal() else []
        for name, choices in {
            "stage": [_ALL, *((stage.name, stage.title) for stage in (*STAGES, *OTHERS))],
            "category": [_ALL, *((each.code, f"{each.number} {each.name}") for each in categories())],
            "below": [_ALL, *((place.code, place.name) for place in here)],
            "holder": [_ALL, *HOLDERS.items(), *colleague],
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if len(here) < 2:
            del self.fields["below"]
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"

    @property
    def rest(self) -> dict[str, str]:
        """What the address asks for beside the fields."""
        return {name: value for name, value in self.initial.items() if name not in self.fields}
