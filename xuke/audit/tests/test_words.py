"""Every verb that any command records has words, and so has every fact: an auditor reads no codes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

import xuke
from xuke.audit.vocabulary import Vocabulary, vocabulary
from xuke.licensing.commands.steps import PAST
from xuke.proceedings.commands import steps as proceedings

ROOT = Path(xuke.__file__).parent
PASTS = {"licensing": PAST, "proceedings": proceedings.PAST}
"""By app: the event each verb of its table leaves."""
NO_FACTS = {"subject", "by", "at", "now", "clock", "effective_on", "within"}


@dataclass(frozen=True)
class Recorded:
    """One call that writes into the journal, itself or through a helper of its app."""

    place: str
    verbs: tuple[str, ...]
    facts: tuple[str, ...]


class App:
    """The sources of one app, and who calls whom in them."""

    def __init__(self, sources: dict[str, str], name: str = "licensing") -> None:
        self.name = name
        self.calls: list[tuple[str, ast.Call, ast.FunctionDef | None]] = []
        self.places: dict[ast.FunctionDef, str] = {}
        for place, source in sources.items():
            self._walk(ast.parse(source), place, None)

    def _walk(self, node: ast.AST, place: str, inside: ast.FunctionDef | None) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                self.places[child] = place
            if isinstance(child, ast.Call):
                self.calls.append((place, child, inside))
            self._walk(child, place, child if isinstance(child, ast.FunctionDef) else inside)

    def recorded(self) -> Iterator[Recorded]:
        """What reaches the journal: calls of `record`, and calls of whatever hands its facts on to it."""
        for place, call, inside in self.calls:
            if self.is_record(call) and call.args:
                yield Recorded(f"{place}:{call.lineno}", tuple(self.verbs(call.args[0], inside)), facts(call, None))
        helpers = {id(inside): inside for _, call, inside in self.calls if inside and self.is_record(call)}
        for helper in helpers.values():
            for place, call, _ in self.calls_of(helper):
                yield Recorded(f"{place}:{call.lineno}", (), facts(call, helper))

    def is_record(self, call: ast.Call) -> bool:
        """Whether this calls the journal's own `record`, and not a helper that the app calls so too."""
        if isinstance(call.func, ast.Attribute):
            return ast.unparse(call.func) == "journal.record"
        return called(call) == "record" and all(function.name != "record" for function in self.places)

    def calls_of(self, function: ast.FunctionDef) -> list[tuple[str, ast.Call, ast.FunctionDef | None]]:
        """Whoever calls it; what begins with an underscore is called in its own file only."""
        own = self.places[function] if function.name.startswith("_") else ""
        return [found for found in self.calls if called(found[1]) == function.name and own in ("", found[0])]

    def verbs(self, said: ast.expr, inside: ast.FunctionDef | None) -> Iterator[str]:
        """A verb that is written out, chosen between two, put together, or given by whoever calls a helper."""
        match said:
            case ast.Constant():
                yield str(said.value)
            case ast.IfExp():
                yield from self.verbs(said.body, inside)
                yield from self.verbs(said.orelse, inside)
            case ast.JoinedStr():
                pieces = [list(self.verbs(piece, inside)) for piece in said.values]
                yield from map("".join, product(*pieces))
            case ast.FormattedValue():
                yield from self.verbs(said.value, inside)
            case ast.Subscript(value=ast.Name(id="PAST")):
                yield from PASTS[self.name].values()
            case ast.Name() if inside and said.id in parameters(inside):
                for _, call, caller in self.calls_of(inside):
                    if (given := argument(call, inside, said.id)) is not None:
                        yield from self.verbs(given, caller)
            case _:
                yield f"? {ast.unparse(said)}"


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def parameters(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def argument(call: ast.Call, function: ast.FunctionDef, name: str) -> ast.expr | None:
    """What a call gives for a parameter."""
    given = {word.arg: word.value for word in call.keywords}
    return given.get(name) or dict(zip(parameters(function), call.args, strict=False)).get(name)


def facts(call: ast.Call, helper: ast.FunctionDef | None) -> tuple[str, ...]:
    """The facts a call names; none when the helper keeps what it is given to itself."""
    if helper and not helper.args.kwarg:
        return ()
    own = {*NO_FACTS, *(parameters(helper) if helper else ())}
    return tuple(word.arg for word in call.keywords if word.arg and word.arg not in own)


def recorded() -> list[Recorded]:
    apps: dict[str, dict[str, str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        if not {"tests", "migrations", "bench"} & set(parts):
            apps.setdefault(parts[0], {})["/".join(parts)] = path.read_text()
    return [found for name, sources in apps.items() for found in App(sources, name).recorded()]


def verbs() -> set[str]:
    return {verb for call in recorded() for verb in call.verbs if "." in verb and "?" not in verb}


def test_there_is_something_to_read():
    assert {"user.added", "application.granted", "application.discarded", "day.decided", "journal.exported"} <= verbs()


def test_every_verb_that_is_recorded_has_words():
    words = vocabulary().words
    silent = {verb: call.place for call in recorded() for verb in call.verbs if "?" not in verb and verb not in words}
    assert silent == {}, "add the words to WORDS in words.py of the app"


def test_no_verb_is_put_together_where_nobody_can_read_it():
    assert [call.place for call in recorded() for verb in call.verbs if "?" in verb] == []


def test_every_fact_that_is_recorded_has_a_name():
    names = vocabulary().terms.facts
    silent = {fact: call.place for call in recorded() for fact in call.facts if fact not in names}
    assert silent == {}, "add the names to FACTS in words.py of the app"


def test_every_verb_is_about_something_that_has_a_name():
    assert {verb.partition(".")[0] for verb in verbs()} <= vocabulary().subjects.keys()


def test_what_shows_personal_data_is_among_the_verbs():
    assert set(vocabulary().looks) <= vocabulary().words.keys()


def test_no_word_is_a_code():
    plain = vocabulary()
    for words in (plain.words, plain.subjects, plain.terms.facts):
        assert not [said for said in words.values() if said.isascii()]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("journal.record('a.done', subject=x, by=me, at=now, colour=1)", [("a.done", "colour")]),
        ("journal.record('a.on' if x else 'a.off', subject=x, by=me, at=now)", [("a.on", ""), ("a.off", "")]),
        (
            "def _told(user, verb, *, by): journal.record(verb, subject=user, by=by)\n_told(u, 'a.lost', by=me)",
            [("a.lost", "")],
        ),
        (
            "def note(user, verb, **facts): journal.record(f'a.{verb}', subject=user, **facts)\n"
            "note(u, 'lost', colour=1)\nnote(u, verb='found')",
            [("a.lost", ""), ("a.found", "")],
        ),
        ("journal.record(f'a.{b()}', subject=x, by=me)", [("a.? b()", "")]),
    ],
)
def test_the_test_itself_reads_what_is_recorded(code, found):
    calls = list(App({"x.py": code}).recorded())
    assert [(verb, "".join(call.facts)) for call in calls for verb in call.verbs] == found


def test_the_test_itself_sees_the_facts_that_a_helper_hands_on():
    code = (
        "def note(u, verb, *, by, **facts): journal.record(verb, subject=u, by=by, **facts)\nnote(u, 'a.b', by=me, c=1)"
    )
    assert [fact for call in App({"x.py": code}).recorded() for fact in call.facts] == ["c"]


def test_a_verb_of_an_older_release_stays_what_it_is():
    plain = Vocabulary()
    assert (plain.verb("case.opened"), plain.subject("case:1"), plain.fact("colour")) == (
        "case.opened",
        "case",
        "colour",
    )


def test_a_fact_is_called_what_the_app_calls_it_that_recorded_it():
    words = vocabulary()
    assert words.fact("number", "notice.issued") == "编号"
    assert words.fact("number", "user.real_name_proven") == "证件号码"
    assert words.fact("number", "case.opened") in ("编号", "证件号码")
