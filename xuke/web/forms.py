"""What every form of ours does with what was typed."""

from __future__ import annotations

from typing import Any

from django import forms

from xuke.foundation.typed import why_not_seen


class PlainForm(forms.Form):
    """A form that tells at the field which invisible character was typed there. The command would refuse it as well."""

    def clean(self) -> dict[str, Any]:
        """Whatever else is wrong with such a field can be told once it is readable."""
        cleaned = super().clean() or self.cleaned_data
        for name in self.fields:
            typed = self[name].data
            if isinstance(typed, str) and (sentence := why_not_seen(typed)):
                self.errors.pop(name, None)
                self.add_error(name, sentence)
        return cleaned
