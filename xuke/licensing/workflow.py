"""The life of an application (handbook 2.4), as a table. One life serves all procedures; they differ by facts."""

from __future__ import annotations

from xuke.foundation.workflow import State, Step, Workflow, from_each
from xuke.licensing import rules
from xuke.licensing.rules import Facts

APPLICANT, ACCEPTOR, REVIEWER, VERIFIER, DECIDER = "applicant", "acceptor", "reviewer", "verifier", "decider"
SYSTEM = "system"
CHAIR = "chair"
"""Whoever was appointed to chair the hearing of this case, whatever their post."""
JOINT = "joint"
"""A reviewer of another level that is asked for its opinion (联合审查)."""

ROLES = {
    APPLICANT: "申请人",
    ACCEPTOR: "受理",
    REVIEWER: "审查",
    VERIFIER: "核查",
    DECIDER: "决定",
    SYSTEM: "系统",
    CHAIR: "听证主持",
    JOINT: "联合审查",
}

STATES = (
    State("draft", "草稿", "off"),
    State("submitted", "已提交"),
    State("correcting_on_spot", "待当场更正", "warn"),
    State("correction_requested", "待补正", "warn"),
    State("resubmitted", "已重新提交"),
    State("not_required", "不需要许可", "off", final=True),
    State("not_competent", "不属于本机关职权", "off", final=True),
    State("not_accepted", "不予受理", "off", final=True),
    State("accepted", "已受理"),
    State("document_review", "审查中"),
    State("verification_assigned", "核查中"),
    State("verification_done", "待拟定意见"),
    State("decision_proposed", "待决定"),
    State("granted", "准予许可", "ok"),
    State("certificate_issued", "已发证", "ok", final=True),
    State("licence_cancelled", "准予注销", "ok", final=True),
    State("recorded", "已记录报告", "ok", final=True),
    State("refused", "不予许可", "off", final=True),
    State("terminated", "已终止办理", "off", final=True),
    State("retracted", "已撤回申请", "off", final=True),
)

RETRACTABLE = (
    "submitted",
    "correcting_on_spot",
    "correction_requested",
    "resubmitted",
    "accepted",
    "document_review",
    "verification_assigned",
    "verification_done",
    "decision_proposed",
)

RECEIVED = ("submitted", "correcting_on_spot", "resubmitted")
"""States in which the authority has to tell the applicant whether the application is accepted."""
UNDECIDED = ("accepted", "document_review", "verification_assigned", "verification_done", "decision_proposed")
"""States in which the decision term runs."""

LIFE: Workflow[Facts] = Workflow(
    initial="draft",
    states=STATES,
    steps=(
        #    verb                  from                     to                       who        clock
        Step("submit", "draft", "submitted", APPLICANT, "acceptance.start"),
        # The five ways of handling a receipt (受理五种处理, Administrative Permit Law art. 32).
        Step("offer_correction", "submitted", "correcting_on_spot", ACCEPTOR, "", rules.told_in_time),
        Step("confirm_correction", "correcting_on_spot", "submitted", APPLICANT),
        Step("decline_correction", "correcting_on_spot", "submitted", APPLICANT),
        # An offer that waits for an answer holds up nothing: the officer may go on with what was filed.
        *from_each(
            ("submitted", "correcting_on_spot"),
            lambda source: Step(
                "tell_not_required", source, "not_required", ACCEPTOR, "acceptance.stop", rules.told_in_time
            ),
        ),
        *from_each(
            ("submitted", "correcting_on_spot"),
            lambda source: Step(
                "tell_not_competent", source, "not_competent", ACCEPTOR, "acceptance.stop", rules.told_in_time
            ),
        ),
        *from_each(
            ("submitted", "correcting_on_spot", "resubmitted"),
            lambda source: Step(
                "ask_correction", source, "correction_requested", ACCEPTOR, "acceptance.stop", rules.list_is_open
            ),
        ),
        *from_each(
            ("submitted", "correcting_on_spot", "resubmitted"),
            lambda source: Step("accept", source, "accepted", ACCEPTOR, "decision.start", rules.needs_decision),
        ),
        # Whoever may not apply at all is told so: the command asks the gates (art. 78; Measures art. 10, 34).
        *from_each(
            ("submitted", "correcting_on_spot"),
            lambda source: Step(
                "decline_acceptance", source, "not_accepted", ACCEPTOR, "acceptance.stop", rules.told_in_time
            ),
        ),
        # Five silent working days accept it by law; a report is recorded instead, without a decision.
        *from_each(
            RECEIVED,
            lambda source: Step("deem_accepted", source, "accepted", SYSTEM, "decision.start", rules.is_silent),
        ),
        *from_each(
            RECEIVED,
            lambda source: Step("record_report", source, "recorded", ACCEPTOR, "acceptance.stop", rules.is_report),
        ),
        # A resubmission is accepted when the whole list is there, and not accepted when it is not.
        Step("resubmit", "correction_requested", "resubmitted", APPLICANT, "acceptance.start"),
        Step("decline_acceptance", "resubmitted", "not_accepted", ACCEPTOR, "acceptance.stop", rules.told_in_time),
        # Review, visit, proposal.
        Step("begin_review", "accepted", "document_review", REVIEWER, "", rules.not_on_promise),
        Step("assign_verification", "document_review", "verification_assigned", REVIEWER, "", rules.something_to_see),
        # Sent back by the decider, who wants somebody to go there after all.
        Step("assign_verification", "verification_done", "verification_assigned", REVIEWER, "", rules.visit_after_all),
        Step("conclude_verification", "verification_assigned", "verification_done", VERIFIER, "", rules.not_suspended),
        Step("propose", "document_review", "decision_proposed", REVIEWER, "", rules.no_visit_needed),
        Step("propose", "verification_done", "decision_proposed", REVIEWER, "", rules.opinions_are_there),
        # 联合审查: another level, asked at acceptance, says what it thinks of its categories (Measures art. 18).
        *from_each(
            UNDECIDED[:-1],
            lambda source: Step("give_joint_opinion", source, source, JOINT, "", rules.opinion_is_asked),
        ),
        # Another team before the visit is over, or a second visit for what could not be verified.
        *from_each(
            ("verification_assigned", "verification_done"),
            lambda source: Step(
                "reassign_verification", source, "verification_assigned", REVIEWER, "", rules.another_visit
            ),
        ),
        # Decision, by a third person.
        Step("return_to_review", "decision_proposed", "verification_done", DECIDER),
        Step("grant", "decision_proposed", "granted", DECIDER, "issue.start", rules.something_passed),
        Step("refuse", "decision_proposed", "refused", DECIDER, "decision.stop", rules.may_be_refused),
        Step(
            "cancel_licence", "decision_proposed", "licence_cancelled", DECIDER, "decision.stop", rules.is_cancellation
        ),
        # 告知承诺: decided at once by somebody who did not receive it, and checked afterwards (handbook 2.9).
        Step("grant_on_commitment", "accepted", "granted", DECIDER, "issue.start", rules.is_committed),
        Step("leave_commitment", "accepted", "accepted", DECIDER, "", rules.is_on_promise),
        # No decision before the licence ends renews it (Administrative Permit Law art. 50).
        *from_each(
            UNDECIDED,
            lambda source: Step("deem_renewed", source, "granted", SYSTEM, "issue.start", rules.renewal_is_silent),
        ),
        Step("record_certificate", "granted", "certificate_issued", SYSTEM, "issue.stop"),
        # Suspended for a reason the law names, and ended when it cannot go on (审查通则2022).
        *from_each(
            UNDECIDED, lambda source: Step("suspend", source, source, REVIEWER, "decision.pause", rules.not_interrupted)
        ),
        *from_each(
            UNDECIDED, lambda source: Step("resume", source, source, REVIEWER, "decision.resume", rules.is_suspended)
        ),
        *from_each(
            UNDECIDED,
            lambda source: Step("terminate", source, "terminated", DECIDER, "decision.stop", rules.may_be_terminated),
        ),
        # Not counted either: tests and expert reviews of which the applicant was told how long they take (art. 45).
        *from_each(
            UNDECIDED,
            lambda source: Step(
                "begin_special_time", source, source, REVIEWER, "decision.pause", rules.not_interrupted
            ),
        ),
        *from_each(
            UNDECIDED,
            lambda source: Step(
                "end_special_time", source, source, REVIEWER, "decision.resume", rules.is_in_special_time
            ),
        ),
        # What takes longer is told once more, with another day (art. 45); a hearing has the days of the law.
        *from_each(
            UNDECIDED, lambda source: Step("prolong_pause", source, source, REVIEWER, "", rules.may_be_prolonged)
        ),
        # Whoever has a major interest is told and heard (art. 36); the hearing (art. 46 to 48) stops the term.
        *from_each(UNDECIDED, lambda source: Step("tell_third_party", source, source, REVIEWER)),
        *from_each(
            UNDECIDED, lambda source: Step("tell_hearing_right", source, source, REVIEWER, "", rules.no_hearing_yet)
        ),
        *from_each(
            UNDECIDED,
            lambda source: Step(
                "request_hearing", source, source, APPLICANT, "decision.pause", rules.may_request_hearing
            ),
        ),
        *from_each(
            UNDECIDED,
            lambda source: Step("waive_hearing", source, source, APPLICANT, "", rules.may_waive_hearing),
        ),
        *from_each(
            UNDECIDED,
            lambda source: Step(
                "take_hearing_request", source, source, REVIEWER, "decision.pause", rules.may_take_hearing_request
            ),
        ),
        *from_each(
            UNDECIDED, lambda source: Step("arrange_hearing", source, source, DECIDER, "", rules.hearing_is_requested)
        ),
        *from_each(
            UNDECIDED,
            lambda source: Step(
                "conclude_hearing", source, source, CHAIR, "decision.resume", rules.hearing_is_arranged
            ),
        ),
        # One extension of the decision term, asked for by the review, approved by whoever decides (Measures art. 22).
        *from_each(
            UNDECIDED, lambda source: Step("ask_extension", source, source, REVIEWER, "", rules.may_ask_extension)
        ),
        *from_each(
            UNDECIDED, lambda source: Step("extend", source, source, DECIDER, "decision.extend", rules.may_extend)
        ),
        *from_each(
            UNDECIDED,
            lambda source: Step("decline_extension", source, source, DECIDER, "", rules.extension_is_asked),
        ),
        # 撤回申请: the applicant takes the application back, any time before the decision.
        *from_each(
            RETRACTABLE,
            lambda source: Step("retract", source, "retracted", APPLICANT, "any.stop", rules.may_be_retracted),
        ),
    ),
)
