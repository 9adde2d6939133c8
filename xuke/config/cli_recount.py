"""`xuke recount`: put right what the officers' lists and figures are read from, while everybody goes on working."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings

from xuke.config import embedded
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import be_patient, opened_for
from xuke.licensing import counts
from xuke.parties import names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def run(arguments: argparse.Namespace) -> int:
    """Repair and say how much was wrong. 0 in any case: what was wrong is right now."""
    with embedded.running(settings.XUKE_HOME):
        wrong = counts.repair()
        with opened_for(EVERYTHING):
            be_patient()
            renamed = names.keep_missing()
        counts.fold()
    sys.stdout.write(f"核对完毕：更正{wrong}处计数和经办记录，补上{renamed}家企业的名称索引。\n")
    return 0
