"""The documents that tell what the code is: `python -m xuke.config.generated --check` or `--write`.

Prose is written by hand. What the code knows better stands between `<!-- begin NAME -->` and `<!-- end -->` in any
document and is drawn from the code. Beside that, every noun and verb of the product must be in the glossary, every
environment variable in the operator's page, and every file that a document names must exist.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xuke.config.settings")
django.setup()

# Limits are rows of a table, and what is read here stands beside models.
from xuke.catalogue.limits import TimeLimit, all_limits  # noqa: E402
from xuke.config import generated_proceedings as proceedings  # noqa: E402
from xuke.config.cli import SUBCOMMANDS  # noqa: E402
from xuke.documents.kinds import KINDS  # noqa: E402
from xuke.foundation.workflow import Step  # noqa: E402
from xuke.licensing.procedures import PROCEDURES  # noqa: E402
from xuke.licensing.rules import Facts  # noqa: E402
from xuke.licensing.workflow import LIFE, ROLES  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY, OPERATING = "docs/glossary.md", "docs/operating.md"
OPENAPI = "docs/api/openapi.json"

_BLOCK = re.compile(r"(<!-- begin (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)#\s]+)[^)]*\)")
_PATH = re.compile(r"`(?P<target>(?:xuke|docs|tools|frontend|\.ci)/[\w./@-]+)`")
_VARIABLE = re.compile(r"environ(?:\.get\(|\[)\s*\"(?P<name>(?:XUKE|DATABASE)_\w+)\"")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the documents, or say what is wrong with them. 0: they are true; 1: they are not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true", help="只检查，不改")
    choice.add_argument("--write", action="store_true", help="重新生成")
    parsed = parser.parse_args(arguments)
    if parsed.write:
        write(ROOT)
        (ROOT / OPENAPI).write_text(openapi(), "utf-8")
    found = [*differences(ROOT), *contract(ROOT), *unspoken(ROOT), *dead_ends(ROOT)]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


def write(root: Path) -> None:
    """Draw every block anew."""
    for path in documents(root):
        text = path.read_text("utf-8")
        if (drawn := fill(text)) != text:
            path.write_text(drawn, "utf-8")


def differences(root: Path) -> Iterator[str]:
    """How the documents differ from what the code says now, as a diff."""
    for path in documents(root):
        text = path.read_text("utf-8")
        name = str(path.relative_to(root))
        yield from difflib.unified_diff(
            text.splitlines(), fill(text).splitlines(), name, f"{name}（应为）", lineterm="", n=1
        )


def contract(root: Path) -> Iterator[str]:
    """How the committed description of the interface for other systems differs from what the code answers."""
    committed = (root / OPENAPI).read_text("utf-8").splitlines()
    yield from difflib.unified_diff(committed, openapi().splitlines(), OPENAPI, f"{OPENAPI}（应为）", lineterm="", n=1)


def unspoken(root: Path) -> Iterator[str]:
    """Words of the code that the document which explains them does not have."""
    for page, words in ((GLOSSARY, vocabulary()), (OPERATING, variables(root))):
        text = (root / page).read_text("utf-8")
        yield from (f"{page}：没有 `{word}`" for word in sorted(set(words)) if f"`{word}`" not in text)


def dead_ends(root: Path) -> Iterator[str]:
    """Files that a document names or links to and that do not exist. Pictures may follow later."""
    for path in documents(root):
        text = path.read_text("utf-8")
        linked = [(path.parent, found["target"]) for found in _LINK.finditer(text) if "://" not in found["target"]]
        named = [(root, found["target"]) for found in _PATH.finditer(text)]
        for base, target in (*linked, *named):
            if not (base / target).exists():
                yield f"{path.relative_to(root)}：没有 {target} 这个文件"


def documents(root: Path) -> list[Path]:
    """Everything that people read."""
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def fill(text: str) -> str:
    """The text with every block drawn anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found['name']]()}\n\n{found[3]}", text)


# --- what must be explained -------------------------------------------------------------------------------------------


def vocabulary() -> Iterator[str]:
    """The nouns of the models, the states and verbs of the life, roles and kinds of notices."""
    from django.apps import apps

    yield from (model.__name__ for model in apps.get_models() if model.__module__.startswith("xuke."))
    yield from (state.name for state in LIFE.states)
    yield from (step.verb for step in LIFE.steps)
    yield from (role for role in ROLES if role != "system")
    yield from (kind.name for kind in KINDS)
    yield from (each.code for each in PROCEDURES)
    yield from proceedings.vocabulary()


def variables(root: Path) -> Iterator[str]:
    """The environment variables that the product reads."""
    for path in sorted((root / "xuke").rglob("*.py")):
        if "tests" not in path.parts:
            yield from (found["name"] for found in _VARIABLE.finditer(path.read_text("utf-8")))


# --- blocks -----------------------------------------------------------------------------------------------------------


def states() -> str:
    """The states of an application."""
    rows = [(f"`{state.name}`", state.title, "end" if state.final else "") for state in LIFE.states]
    return table(("State", "On the badge", ""), rows)


def steps() -> str:
    """The steps, one row for all states in which the same thing may happen."""
    rows: dict[tuple[object, ...], list[Step[Facts]]] = {}
    for step in LIFE.steps:
        rows.setdefault((step.verb, step.target, step.role, step.clock, step.when), []).append(step)
    return table(("Verb", "In state", "Leads to", "Who", "Clock", "Only if"), map(_step, rows.values()))


def _step(same: list[Step[Facts]]) -> tuple[str, ...]:
    one = same[0]
    sources = ", ".join(f"`{step.source}`" for step in same)
    rule = f"`{one.when.__name__}`: {_in_one_line(one.when.__doc__)}" if one.when else ""
    return f"`{one.verb}`", sources, f"`{one.target}`", ROLES[one.role], f"`{one.clock}`" if one.clock else "", rule


def diagram() -> str:
    """The same as a picture."""
    return f"```mermaid\n{LIFE.mermaid(ROLES)}\n```"


def notices() -> str:
    """The kinds of written acts."""
    rows = (
        (f"`{kind.name}`", kind.title, kind.mark, f"`{kind.template}`", "yes" if kind.remedies else "")
        for kind in KINDS
    )
    return table(("Kind", "Title", "Mark in the number", "Words", "Tells remedies"), rows)


def limits() -> str:
    """The statutory limits with their basis and how sure we are of it."""
    return table(("Id", "What", "Limit", "From", "Basis", "Confidence", "In force"), map(_limit, all_limits()))


def _limit(limit: TimeLimit) -> tuple[str, ...]:
    unit = limit.unit.replace("_", " ") + ("" if limit.value == 1 else "s")
    in_force = f"{limit.valid_from} – {limit.valid_to or ''}".strip()
    return (
        f"`{limit.id}`",
        limit.title,
        f"{limit.value} {unit}",
        limit.starts_from,
        limit.basis,
        limit.confidence,
        in_force,
    )


def command_line() -> str:
    """The command line in Chinese, as `xuke --help` tells it."""
    return table(("命令", "作用"), ((f"`xuke {each.name}`", each.help) for each in SUBCOMMANDS))


def command_line_in_english() -> str:
    """The command line in English, as its modules tell it."""
    rows = ((f"`xuke {each.name}`", _purpose(each.module)) for each in SUBCOMMANDS)
    return table(("Command", "What it does"), rows)


def _purpose(module: str) -> str:
    """The beginning of a module's docstring, after the command it names. Read, not imported."""
    source = (ROOT / "xuke" / "config" / f"{module}.py").read_text("utf-8")
    told = _in_one_line(_paragraph(ast.get_docstring(ast.parse(source)))).partition("`: ")[2]
    return told[:1].upper() + told[1:]


def writers() -> str:
    """Every command: the only functions that write."""
    from django.apps import apps

    names = sorted(config.name for config in apps.get_app_configs() if config.name.startswith("xuke."))
    rows = [row for name in names if find_spec(f"{name}.commands") for row in _writers_of(name)]
    return table(("App", "Command", "What it does"), rows)


def _writers_of(app: str) -> Iterator[tuple[str, ...]]:
    module = importlib.import_module(f"{app}.commands")
    for name, function in sorted(vars(module).items()):
        if getattr(function, "is_command", False):
            yield f"`{app.removeprefix('xuke.')}`", f"`{name}`", _in_one_line(_paragraph(function.__doc__))


def openapi() -> str:
    """The interface for other systems, as OpenAPI describes it."""
    from xuke.publication.api import document

    return document.text()


def table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = tuple(titles)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '·') for cell in line)} |" for line in lines)


BLOCKS: dict[str, Callable[[], str]] = {
    "states": states,
    "steps": steps,
    "diagram": diagram,
    "notices": notices,
    "limits": limits,
    "command-line": command_line,
    "command-line-in-english": command_line_in_english,
    "writers": writers,
    **proceedings.blocks(table),
}


def _paragraph(docstring: str | None) -> str:
    """What stands before the first empty line."""
    return inspect.cleandoc(docstring or "").partition("\n\n")[0]


def _in_one_line(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    sys.exit(main())
