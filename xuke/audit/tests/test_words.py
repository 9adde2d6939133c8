"""Every verb that any command records has words, and so has every fact: an auditor reads no codes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import xuke
from xuke.audit.vocabulary import Vocabulary, vocabulary
from xuke.licensing.commands.steps import PAST

ROOT = Path(xuke.__file__).parent
NO_FACTS = {"subject", "by", "at", "now", "clock", "effective_on", "within"}
HELPERS = {"finish", "note", "_finish", "_note"}
"""Functions of an app that hand their facts on to `record`."""


@dataclass(frozen=True)
class Recorded:
    """One call that writes into the journal."""

    place: str
    verbs: tuple[str, ...]
    facts: tuple[str, ...]


def sources() -> list[Path]:
    found = sorted(ROOT.rglob("*.py"))
    return [path for path in found if not {"tests", "migrations", "bench"} & set(path.relative_to(ROOT).parts)]


def calls_in(tree: ast.AST, place: str) -> Iterator[Recorded]:
    """Every call of `record`, with the verbs it can mean."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        facts = tuple(word.arg for word in node.keywords if word.arg and word.arg not in NO_FACTS)
        if name == "record" and node.args:
            yield Recorded(f"{place}:{node.lineno}", tuple(verbs_of(node.args[0], functions, tree)), facts)
        elif name in HELPERS:
            yield Recorded(f"{place}:{node.lineno}", (), facts)


def verbs_of(said: ast.expr, functions: list[ast.FunctionDef], tree: ast.AST) -> Iterator[str]:
    """A verb that is written out, chosen between two, made from the table of steps, or handed to a helper."""
    if isinstance(said, ast.Constant):
        yield str(said.value)
    elif isinstance(said, ast.IfExp):
        yield from verbs_of(said.body, functions, tree)
        yield from verbs_of(said.orelse, functions, tree)
    elif isinstance(said, ast.JoinedStr) and "PAST[" in ast.unparse(said):
        yield from (f"application.{past}" for past in PAST.values())
    elif isinstance(said, ast.Name):
        yield from handed_on(said.id, functions, tree)
    else:
        yield f"? {ast.unparse(said)}"


def handed_on(parameter: str, functions: list[ast.FunctionDef], tree: ast.AST) -> Iterator[str]:
    """What the callers in the same file give for a parameter of a helper."""
    for function in functions:
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        every = [*names, *(each.arg for each in function.args.kwonlyargs)]
        if parameter not in every:
            continue
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == function.name:
                given = {word.arg: word.value for word in call.keywords} | dict(zip(names, call.args, strict=False))
                if parameter in given:
                    yield from verbs_of(given[parameter], [], tree)


def recorded() -> list[Recorded]:
    found: list[Recorded] = []
    for path in sources():
        found += calls_in(ast.parse(path.read_text()), str(path.relative_to(ROOT)))
    return found


def verbs() -> set[str]:
    return {verb for call in recorded() for verb in call.verbs if "." in verb}


def test_there_is_something_to_read():
    assert {"user.added", "application.granted", "application.discarded", "day.decided", "journal.exported"} <= verbs()


def test_every_verb_that_is_recorded_has_words():
    words = vocabulary().words
    silent = {verb: call.place for call in recorded() for verb in call.verbs if "." in verb and verb not in words}
    assert silent == {}, "add the words to WORDS in words.py of the app"


def test_no_verb_is_put_together_where_nobody_can_read_it():
    assert [call.place for call in recorded() for verb in call.verbs if verb.startswith("?")] == []


def test_every_fact_that_is_recorded_has_a_name():
    names = vocabulary().facts
    silent = {fact: call.place for call in recorded() for fact in call.facts if fact not in names}
    assert silent == {}, "add the names to FACTS in words.py of the app"


def test_every_verb_is_about_something_that_has_a_name():
    assert {verb.partition(".")[0] for verb in verbs()} <= vocabulary().subjects.keys()


def test_what_shows_personal_data_is_among_the_verbs():
    assert set(vocabulary().looks) <= vocabulary().words.keys()


def test_no_word_is_a_code():
    plain = vocabulary()
    for words in (plain.words, plain.subjects, plain.facts):
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
        ("journal.record(f'a.{b}', subject=x, by=me)", [("? f'a.{b}'", "")]),
    ],
)
def test_the_test_itself_reads_what_is_recorded(code, found):
    calls = list(calls_in(ast.parse(code), "x.py"))
    assert [(verb, "".join(call.facts)) for call in calls for verb in call.verbs] == found


def test_a_verb_of_an_older_release_stays_what_it_is():
    plain = Vocabulary()
    assert (plain.verb("case.opened"), plain.subject("case:1"), plain.fact("colour")) == (
        "case.opened",
        "case",
        "colour",
    )
