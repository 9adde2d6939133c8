"""Whatever anybody writes, in any field of any step: a clear refusal or a clean record, never an error of ours."""

import pytest

from xuke.documents.models import Notice
from xuke.foundation import journal
from xuke.foundation.refusals import Invalid
from xuke.licensing import commands
from xuke.licensing.models import Application
from xuke.licensing.tests.acts import ACTS, BY_VERB
from xuke.tests.cast import NOON

BAD = {
    "nul": "理由\x00。",
    "escape": "理由\x1b[2J",
    "half a character": "理由\ud800",
    "right to left": "\u202e理由",
    "zero width": "理\u200b由",
    "ten million characters": "理" * 10_000_000,
}
STRANGE = {
    "rare": "𠮷祥",
    "emoji": "合格👍🏽",
    "markup": "<script>alert(1)</script>{{ 7*7 }}#set page(width: 1pt)",
    "sql": "'; DROP TABLE licensing_application; --",
    "combining": "e\u0301" * 20,
    "lines": "第一行\n第二行\t末",
    "percent": "100% %s %(x)s {0}",
}


def _texts(words):
    """The places in a step's words where somebody writes, as (how to put a text there, name)."""
    for name, value in words.items():
        if isinstance(value, str):
            yield name, lambda text, name=name: {name: text}
        elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            for key in value[0]:
                yield (
                    f"{name}.0.{key}",
                    lambda text, name=name, key=key, value=value: {name: [{**value[0], key: text}, *value[1:]]},
                )


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.verb)
def test_what_cannot_be_kept_is_refused_wherever_it_is_written(act, at, the_cast):
    words = act.words(the_cast)
    places = list(_texts(words))
    if not places:
        return
    application = at(act.state)
    for _, put in places:
        for text in BAD.values():
            with pytest.raises(Invalid) as refusal:
                act.do(application, the_cast, **put(text))
            assert all(problem.message.encode() for problem in refusal.value.problems)
    assert Application.objects.get(pk=application.pk).revision == application.revision


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_strange_words_are_kept_as_they_are(text, at, the_cast):
    application = BY_VERB["tell_not_required"].do(at("submitted"), the_cast, reason=text)
    assert journal.history(application.stream)[-1].facts["reason"] == text.strip()
    assert Notice.objects.get(kind="non_acceptance_notice").content["reason"] == text.strip()


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_strange_words_in_a_list_of_corrections_are_kept_as_they_are(text, at, the_cast):
    row = dict.fromkeys(("item", "defect", "remedy"), text.strip())
    application = BY_VERB["ask_correction"].do(at("submitted"), the_cast, items=[row])
    assert Application.objects.get(pk=application.pk).corrections == [row]


def test_a_draft_keeps_strange_words_until_they_are_to_be_printed(at, the_cast):
    draft = at("draft")
    for text in STRANGE.values():
        values = {**draft.form["site"], "surroundings": text}
        draft = commands.save_section(application=draft, section="site", values=values, by=the_cast.applicant, now=NOON)
        assert Application.objects.get().form["site"]["surroundings"] == text.strip()
