"""The only writers of proceedings, one file per family of verbs."""

from xuke.proceedings.commands.beginning import begin, note_service, notify
from xuke.proceedings.commands.deciding import cancel, close_record, decide, drop, propose, send_back
from xuke.proceedings.commands.entering import enter_ban
from xuke.proceedings.commands.hearing import (
    answer,
    ask_hearing,
    close_statements,
    give_up_hearing,
    read_statement,
    record_hearing,
    set_hearing,
    waive,
)

__all__ = [
    "answer",
    "ask_hearing",
    "begin",
    "cancel",
    "close_record",
    "close_statements",
    "decide",
    "drop",
    "enter_ban",
    "give_up_hearing",
    "note_service",
    "notify",
    "propose",
    "read_statement",
    "record_hearing",
    "send_back",
    "set_hearing",
    "waive",
]
