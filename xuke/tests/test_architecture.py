"""What no import rule can hold: only commands write, every command says who acts and when."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import FunctionType, ModuleType

import pytest

import xuke

ROOT = Path(xuke.__file__).parent
READERS = (
    "views",
    "queries",
    "permissions",
    "rules",
    "workflow",
    "clocks",
    "forms",
    "handlers",
    "tasks",
    "middleware",
    "backends",
    "buttons",
    "doors",
    "api",
    "schemas",
    "templatetags",
    "procedures",
)
"""What the files that never write are called, or begin with, as files or as folders."""
ALWAYS_WRITES = {"save", "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "force_insert"}
WRITES_ROWS = {"update", "delete"}
"""Also what dictionaries do; a write when it is asked of rows."""
OF_ROWS = (".objects", ".filter(", ".exclude(", ".all()", "_set.")


def command_modules() -> list[ModuleType]:
    """Every module called `commands` and everything in a package of that name."""
    found = []
    for app in sorted(path.parent.name for path in ROOT.glob("*/__init__.py")):
        spec = importlib.util.find_spec(f"xuke.{app}.commands")
        if spec is None:
            continue
        module = importlib.import_module(spec.name)
        found.append(module)
        inside = pkgutil.iter_modules(getattr(module, "__path__", []))
        found += [importlib.import_module(f"{spec.name}.{inner.name}") for inner in inside]
    return found


def commands() -> dict[str, FunctionType]:
    """Every command by its full name."""
    return {
        f"{function.__module__}.{name}": function
        for module in command_modules()
        for name, function in vars(module).items()
        if getattr(function, "is_command", False)
    }


EVERY_COMMAND = pytest.mark.parametrize("command", commands().values(), ids=commands())


def test_the_apps_have_commands():
    apps = {name.split(".")[1] for name in commands()}
    assert {"accounts", "parties", "documents", "certificates", "licensing"} <= apps


@EVERY_COMMAND
def test_every_command_says_who_acts_and_when(command):
    parameters = inspect.signature(command).parameters
    assert {"by", "now"} <= parameters.keys()
    positional = [name for name, parameter in parameters.items() if parameter.kind is not parameter.KEYWORD_ONLY]
    assert positional == []
    assert all(parameters[name].default is inspect.Parameter.empty for name in ("by", "now"))


@EVERY_COMMAND
def test_every_command_says_what_it_does(command):
    assert (command.__doc__ or "").split("\n")[0].rstrip().endswith(".")


@EVERY_COMMAND
def test_every_command_leaves_an_entry_in_the_journal(command):
    """Directly, or through a helper of its module that does."""
    assert {"record", "record_many"} & reached(inspect.unwrap(command))


def reached(function: FunctionType) -> set[str]:
    """The names that a function calls, and that the functions beside it call for it."""
    found: set[str] = set()
    waiting = [function]
    while waiting:
        asked = waiting.pop()
        for node in ast.walk(ast.parse(dedent(inspect.getsource(asked)))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                beside = asked.__globals__.get(name) or _command_below(node, asked)
                if name not in found and isinstance(beside, FunctionType):
                    waiting.append(inspect.unwrap(beside))
                found.add(name)
    return found


def _command_below(call: ast.Call, asked: FunctionType) -> object:
    """The command of a lower app that is called as ``documents.issue(…)``: its entry stands for the whole act."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    module = asked.__globals__.get(getattr(owner, "id", ""))
    found = getattr(module, call.func.attr, None) if isinstance(module, ModuleType) else None
    return found if getattr(found, "is_command", False) else None


def test_whatever_writes_in_a_module_of_commands_is_a_command_or_its_helper():
    helpers = {
        "finish",
        "note",
        "note_invitation",
        "end_row",
        "note_term_end",
        "ask_joint_review",
        "follow",
        "keep_breaches",
        "hush",
        "pause",
        "go_on",
        "settle",
        "move_end",
        "move_visit_end",
        "use_glass",
    }
    loose = [
        f"{module.__name__}.{name}"
        for module in command_modules()
        for name, function in vars(module).items()
        if isinstance(function, FunctionType)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and name not in helpers
        and not getattr(function, "is_command", False)
        and list(writes_in(ast.parse(dedent(inspect.getsource(function)))))
    ]
    assert loose == []


# --- only commands write ----------------------------------------------------------------------------------------------


def reading_files() -> list[Path]:
    """Every file that, by its name or its folder, never writes."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "tests" in parts or "migrations" in parts or parts[0] == "config":
            continue
        if any(part == name or part.startswith(f"{name}_") for part in parts[1:] for name in READERS):
            found.append(path)
    return found


def writes_in(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls in a piece of code that write rows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node, node.func):
            yield node


def _writes(call: ast.Call, function: ast.Attribute) -> bool:
    receiver = ast.unparse(function.value)
    if function.attr in ALWAYS_WRITES:
        return not receiver.startswith(("commands", "super()"))
    if function.attr in WRITES_ROWS:
        return any(mark in f"{receiver}." for mark in OF_ROWS)
    return function.attr == "execute" and bool(call.args) and _changes(call.args[0])


def _changes(statement: ast.expr) -> bool:
    """Whether a statement that is written out changes rows."""
    text = str(statement.value) if isinstance(statement, ast.Constant) else ""
    return text.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "TRUNCATE", "ALTER", "DROP"))


def test_there_is_something_to_look_at():
    assert len(reading_files()) > 20


@pytest.mark.parametrize("path", reading_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_commands_write(path):
    written = [f"{path.name}:{call.lineno} {ast.unparse(call)[:80]}" for call in writes_in(ast.parse(path.read_text()))]
    assert written == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("application.save(update_fields=['state'])", 1),
        ("Application.objects.create(state='x')", 1),
        ("Application.objects.filter(pk=1).update(state='x')", 1),
        ("application.materials.all().delete()", 1),
        ('cursor.execute("UPDATE t SET x = 1")', 1),
        ("values.update(x=1); digest.update(b'')", 0),
        ("cursor.execute('SELECT 1')", 0),
        ("commands.create(by=me)", 0),
    ],
)
def test_the_test_itself_sees_what_writes(code, count):
    assert len(list(writes_in(ast.parse(code)))) == count


# --- the clock is read at the door ------------------------------------------------------------------------------------


def test_nobody_below_the_door_reads_the_clock():
    """Views, tasks and the command line read it once and pass it on; commands, rules and queries are repeatable."""
    doors = ("views", "tasks", "middleware", "frame", "worker", "heartbeat", "sealer", "working_days")
    besides = {("foundation", "identity"), ("identity", "sessions")}  # A key is made; Django saves a session.
    reads = ("timezone.now", "datetime.now", "date.today", "time.time", "timezone.localdate")
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if (
            "tests" in parts
            or parts[0] == "config"
            or any(part.startswith(doors) for part in parts)
            or parts in besides
        ):
            continue
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        found += [f"{path.name}:{call.lineno}" for call in calls if ast.unparse(call.func) in reads]
    assert found == []
