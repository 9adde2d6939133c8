"""The only writers of notices, of their service and of consents to electronic service."""

from xuke.documents.commands.consenting import give_consent, withdraw_consent
from xuke.documents.commands.correcting import correct_service
from xuke.documents.commands.issuing import attach_file, issue
from xuke.documents.commands.rehearsing import Draft, draft, rehearse
from xuke.documents.commands.serving import (
    certify_service,
    demand_may_serve,
    record_service,
    sign_for,
    why_not_serve,
    why_not_sign_for,
)

__all__ = [
    "Draft",
    "attach_file",
    "certify_service",
    "correct_service",
    "demand_may_serve",
    "draft",
    "give_consent",
    "issue",
    "record_service",
    "rehearse",
    "sign_for",
    "why_not_serve",
    "why_not_sign_for",
    "withdraw_consent",
]
