"""`xuke bench [NAME…]`: measure the product's figures, one JSON line each.

Some are measured on an empty database of their own, thrown away afterwards; those about lists, pages, exports and
restoring on a register of a million licences, which is built when it is not there yet and kept beside the installation.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from xuke.config.bench.measure import Figure, machine
from xuke.config.bench.million.standing import LICENCES, standing
from xuke.config.playground import empty_home

if TYPE_CHECKING:  # Importing it needs Django, which the playground sets up.
    from xuke.config.demonstration.people import Cast


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which figures."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="只测这些指标；不写时全部")
    parser.add_argument("--list", action="store_true", help="列出指标")
    parser.add_argument("--licences", type=int, default=LICENCES, metavar="N", help="登记簿的许可证数，默认一百万")
    parser.add_argument("--rebuild", action="store_true", help="重新生成登记簿，即使已有同一版本的")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print. 0 also when a target is missed: the line says so."""
    if arguments.list:
        sys.stdout.write("\n".join(NAMES) + "\n")
        return 0
    if unknown := set(arguments.names) - set(NAMES):
        sys.stderr.write(f"没有这些指标：{'、'.join(sorted(unknown))}。可以测的有：{'、'.join(NAMES)}。\n")
        return 2
    small = [name for name in arguments.names or NAMES if name in ON_AN_EMPTY_ONE]
    large = [name for name in arguments.names or NAMES if name in ON_A_MILLION]
    if small and large:
        # Each kind has an installation of its own, and a process has one.
        return _apart(small, arguments) or _apart(large, arguments)
    if small:
        with empty_home(keep=False):
            stage = _stage()
            _tell(figure for name in small for figure in ON_AN_EMPTY_ONE[name](stage))
    if large:
        with standing(arguments.licences, again=arguments.rebuild):
            _tell(figure for name in large for figure in ON_A_MILLION[name]())
    return 0


def _apart(names: list[str], arguments: argparse.Namespace) -> int:
    command = [sys.executable, "-m", "xuke.config.cli", "bench", *names, "--licences", str(arguments.licences)]
    return subprocess.run([*command, *(["--rebuild"] if arguments.rebuild else [])], check=False).returncode


def _tell(figures: Iterable[Figure]) -> None:
    for figure in figures:
        sys.stdout.write(json.dumps(figure.as_dict(machine()), ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _stage() -> Cast:
    from django.utils import timezone

    from xuke.config import installation
    from xuke.config.demonstration import people

    installation.prepare(now=timezone.now())
    return people.one_cast(now=timezone.now())


def _commands(cast: Cast) -> list[Figure]:
    from xuke.config.bench import commands

    return [commands.story_commands(cast)]


def _web(cast: Cast) -> list[Figure]:
    from xuke.config.bench import web

    return web.stories_per_second(cast)


def _sealing(_: Cast) -> list[Figure]:
    from xuke.config.bench import sealing

    return [sealing.seal_delay()]


def _walls(cast: Cast) -> list[Figure]:
    from xuke.config.bench import walls

    return walls.cost_of_the_walls(cast)


def _certificates(_: Cast) -> list[Figure]:
    from xuke.config.bench import identity

    return identity.certificate_logins()


def _signing(cast: Cast) -> list[Figure]:
    from xuke.config.bench import signing

    return signing.verification(cast)


def _rules(cast: Cast) -> list[Figure]:
    from xuke.config.bench import rulings

    return rulings.rules(cast)


def _clocks(cast: Cast) -> list[Figure]:
    from xuke.config.bench import clocks

    return clocks.clocks(cast)


def _copying() -> list[Figure]:
    from xuke.config.bench.million import figures

    return [figures.rows_per_second()]


def _register() -> list[Figure]:
    from xuke.config.bench import register

    return [register.search()]


def _lists() -> list[Figure]:
    from xuke.config.bench import lists

    return lists.lists()


def _public() -> list[Figure]:
    from xuke.config.bench import public

    return public.public_pages()


def _weight() -> list[Figure]:
    from xuke.config.bench import weight

    return [weight.page_weight()]


def _exports() -> list[Figure]:
    from xuke.config.bench import exports

    return exports.exports()


def _restoring() -> list[Figure]:
    from xuke.config.bench import restoring

    return [restoring.restore()]


def _starting() -> list[Figure]:
    from xuke.config.bench import starting

    return [starting.start_up_after_kill()]


ON_AN_EMPTY_ONE: dict[str, Callable[[Cast], list[Figure]]] = {
    "story_commands_cpu": _commands,
    "stories_per_second": _web,
    "seal_delay_p99": _sealing,
    "walls_cpu": _walls,
    "certificate_logins": _certificates,
    "verify_submission": _signing,
    "rules_of_one_application": _rules,
    "clocks": _clocks,
}
ON_A_MILLION: dict[str, Callable[[], list[Figure]]] = {
    "rows_per_second": _copying,
    "register_search_p95": _register,
    "officer_lists_p95": _lists,
    "public_pages_per_second": _public,
    "page_weight": _weight,
    "exports": _exports,
    "restore_minutes": _restoring,
    "start_up_after_kill": _starting,
}
NAMES = (*ON_AN_EMPTY_ONE, *ON_A_MILLION)
