"""`xuke bench [NAME…]`: measure the product's figures on an empty database of their own; one JSON line each."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from xuke.config.bench.measure import Figure, machine
from xuke.config.playground import empty_home

if TYPE_CHECKING:  # Importing it needs Django, which the playground sets up.
    from xuke.config.demonstration.people import Cast


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which figures."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="只测这些指标；不写时全部")
    parser.add_argument("--list", action="store_true", help="列出指标")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print. 0 also when a target is missed: the line says so."""
    if arguments.list:
        sys.stdout.write("\n".join(NAMES) + "\n")
        return 0
    if unknown := set(arguments.names) - set(NAMES):
        sys.stderr.write(f"没有这些指标：{'、'.join(sorted(unknown))}。可以测的有：{'、'.join(NAMES)}。\n")
        return 2
    with empty_home(keep=False):
        stage = _stage()
        for name in arguments.names or NAMES:
            for figure in NAMES[name](stage):
                sys.stdout.write(json.dumps(figure.as_dict(machine()), ensure_ascii=False) + "\n")
                sys.stdout.flush()
    return 0


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


NAMES: dict[str, Callable[[Cast], list[Figure]]] = {
    "story_commands_cpu": _commands,
    "stories_per_second": _web,
    "seal_delay_p99": _sealing,
    "walls_cpu": _walls,
    "certificate_logins": _certificates,
    "verify_submission": _signing,
}
