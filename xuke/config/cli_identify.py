"""`xuke identify VALUE`: what kind of number it is, whether it is right, and what is wrong with it. As JSON."""

from __future__ import annotations

import argparse
import json
import sys

from xuke.foundation.identifiers import Identification, identify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "value", metavar="VALUE", help="许可证编号、统一社会信用代码、身份证号码、区划代码、电子证照标识等"
    )
    parser.add_argument("--lenient", action="store_true", help="外来的号码：校验码不符只提醒，不算无效")


def run(args: argparse.Namespace) -> int:
    """Print what is known about the value; 0 when it is valid, 1 when it is not."""
    # Bytes that are no text reach us as half characters, which JSON cannot carry.
    value = args.value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    found = identify(value, lenient=args.lenient)
    json.dump(_as_json(found), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0 if found.valid else 1


def _as_json(found: Identification) -> dict[str, object]:
    return {
        "kind": found.kind.value,
        "label": found.kind.label,
        "value": found.value,
        "normal_form": found.normal_form,
        "valid": found.valid,
        "problems": [
            {"code": problem.code, "level": problem.level, "message": problem.message} for problem in found.problems
        ],
        "fields": dict(found.fields),
    }
