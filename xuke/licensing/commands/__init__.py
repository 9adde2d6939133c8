"""The only writers of applications, one file per family of verbs. Each verb is a row of `workflow.LIFE`."""

from xuke.licensing.commands.accepting import (
    accept,
    ask_correction,
    decline_acceptance,
    deem_accepted,
    offer_correction,
    tell_not_competent,
    tell_not_required,
)
from xuke.licensing.commands.alarms import explain_breach, raise_alarms, see_alarm
from xuke.licensing.commands.breaking_glass import answer_glass, ask_glass
from xuke.licensing.commands.chairing import ask_chair_recusal, decide_chair_recusal
from xuke.licensing.commands.checking import confirm_rectification, record_check, report_rectification
from xuke.licensing.commands.claiming import claim, release, release_all_of
from xuke.licensing.commands.committing import grant_on_commitment, leave_commitment
from xuke.licensing.commands.confirming import confirm_sheet
from xuke.licensing.commands.contacts import change_contacts
from xuke.licensing.commands.deciding import cancel_licence, grant, record_certificate, refuse, return_to_review
from xuke.licensing.commands.drafting import discard, file_material, save_section, start
from xuke.licensing.commands.drawing import redraw_team
from xuke.licensing.commands.extending import ask_extension, decline_extension, extend
from xuke.licensing.commands.handing import hand_out, hand_over
from xuke.licensing.commands.hearing_requests import request_hearing, take_hearing_request, waive_hearing
from xuke.licensing.commands.hearings import arrange_hearing, conclude_hearing, note_told, tell_hearing_right
from xuke.licensing.commands.interrupting import begin_special_time, end_special_time, resume, terminate
from xuke.licensing.commands.joint import give_joint_opinion
from xuke.licensing.commands.looking import read_material, read_statement, show_contact
from xuke.licensing.commands.overdue import raise_overdue
from xuke.licensing.commands.papers import file_visit_papers
from xuke.licensing.commands.pausing import let_term_run
from xuke.licensing.commands.prolonging import prolong_pause
from xuke.licensing.commands.recording import deem_renewed, record_report
from xuke.licensing.commands.recounting import recount_rectification
from xuke.licensing.commands.recusing import decide_team_recusal, request_team_recusal, tell_recusal
from xuke.licensing.commands.reviewing import begin_review, propose
from xuke.licensing.commands.submitting import confirm_correction, decline_correction, resubmit, retract, submit
from xuke.licensing.commands.suspending import suspend
from xuke.licensing.commands.talking import comment, read_messages, send_message
from xuke.licensing.commands.terms import renew_terms
from xuke.licensing.commands.third_parties import note_third_party, tell_third_party
from xuke.licensing.commands.unfit import tell_unfit
from xuke.licensing.commands.verifying import conclude_verification, score
from xuke.licensing.commands.visiting import assign_verification, prolong_visit, reassign_verification

__all__ = [
    "accept",
    "answer_glass",
    "arrange_hearing",
    "ask_chair_recusal",
    "ask_correction",
    "ask_extension",
    "ask_glass",
    "assign_verification",
    "begin_review",
    "begin_special_time",
    "cancel_licence",
    "change_contacts",
    "claim",
    "comment",
    "conclude_hearing",
    "conclude_verification",
    "confirm_correction",
    "confirm_rectification",
    "confirm_sheet",
    "decide_chair_recusal",
    "decide_team_recusal",
    "decline_acceptance",
    "decline_correction",
    "decline_extension",
    "deem_accepted",
    "deem_renewed",
    "discard",
    "end_special_time",
    "explain_breach",
    "extend",
    "file_material",
    "file_visit_papers",
    "give_joint_opinion",
    "grant",
    "grant_on_commitment",
    "hand_out",
    "hand_over",
    "leave_commitment",
    "let_term_run",
    "note_third_party",
    "note_told",
    "offer_correction",
    "prolong_pause",
    "prolong_visit",
    "propose",
    "raise_alarms",
    "raise_overdue",
    "read_material",
    "read_messages",
    "read_statement",
    "reassign_verification",
    "record_certificate",
    "record_check",
    "record_report",
    "recount_rectification",
    "redraw_team",
    "refuse",
    "release",
    "release_all_of",
    "renew_terms",
    "report_rectification",
    "request_hearing",
    "request_team_recusal",
    "resubmit",
    "resume",
    "retract",
    "return_to_review",
    "save_section",
    "score",
    "see_alarm",
    "send_message",
    "show_contact",
    "start",
    "submit",
    "suspend",
    "take_hearing_request",
    "tell_hearing_right",
    "tell_not_competent",
    "tell_not_required",
    "tell_recusal",
    "tell_third_party",
    "tell_unfit",
    "terminate",
    "waive_hearing",
]
