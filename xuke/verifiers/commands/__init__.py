"""The only writers of the register and of recusal, one file per family of verbs."""

from xuke.verifiers.commands.keeping import (
    change_verifier,
    register,
    register_appointed,
    reinstate,
    renew_credential,
    suspend,
    withdraw,
)
from xuke.verifiers.commands.recognising import end_recognition, recognise
from xuke.verifiers.commands.recording import record_examination, record_remark, record_training
from xuke.verifiers.commands.recusing import decide_recusal, declare_recusal, end_recusal, request_recusal

__all__ = [
    "change_verifier",
    "decide_recusal",
    "declare_recusal",
    "end_recognition",
    "end_recusal",
    "recognise",
    "record_examination",
    "record_remark",
    "record_training",
    "register",
    "register_appointed",
    "reinstate",
    "renew_credential",
    "request_recusal",
    "suspend",
    "withdraw",
]
