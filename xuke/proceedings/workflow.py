"""The life of a proceeding against a licence: notice, statement and defence, hearing, decision, formality."""

from __future__ import annotations

from xuke.foundation.workflow import State, Step, Workflow, from_each
from xuke.proceedings import rules
from xuke.proceedings.rules import Facts

INVESTIGATOR, HOLDER, CHAIR, DECIDER = "investigator", "holder", "chair", "decider"
ROLES = {INVESTIGATOR: "调查", HOLDER: "企业", CHAIR: "听证主持", DECIDER: "决定"}

STATES = (
    State("opened", "调查中"),
    State("notified", "已告知，听取陈述申辩", "warn"),
    State("hearing_requested", "要求听证", "warn"),
    State("hearing_set", "等待听证", "warn"),
    State("heard", "待提出处理意见"),
    State("proposed", "待决定"),
    State("decided", "已作出决定", "bad"),
    State("record_closed", "已注销，办结", "off", final=True),
    State("dropped", "不予处理，办结", "off", final=True),
)
OPEN = ("opened", "notified", "hearing_requested", "hearing_set", "heard", "proposed")
"""Nothing was decided yet. There is one such case against a licence at a time."""

LIFE: Workflow[Facts] = Workflow(
    initial="opened",
    states=STATES,
    steps=(
        #    verb                from                 to                   who
        Step("notify", "opened", "notified", INVESTIGATOR, when=rules.notice_needed),
        *from_each(
            ("notified", "hearing_requested", "hearing_set"),
            lambda source: Step("answer", source, source, HOLDER, when=rules.in_time_to_answer),
        ),
        Step("waive", "notified", "heard", HOLDER),
        Step("close_statements", "notified", "heard", INVESTIGATOR, when=rules.everybody_was_heard),
        # The hearing: its chair is not who investigates, and the decision follows its record (art. 48). Whoever gives
        # it up is still heard in writing until the day told in the notice.
        Step("ask_hearing", "notified", "hearing_requested", HOLDER, when=rules.in_time_for_hearing),
        *from_each(
            ("hearing_requested", "hearing_set"),
            lambda source: Step("set_hearing", source, "hearing_set", INVESTIGATOR),
        ),
        *from_each(
            ("hearing_requested", "hearing_set"),
            lambda source: Step("give_up_hearing", source, "notified", HOLDER),
        ),
        Step("record_hearing", "hearing_set", "heard", CHAIR, when=rules.hearing_day_has_come),
        # Opinion and decision, in other hands.
        Step("propose", "opened", "proposed", INVESTIGATOR, when=rules.formal_only),
        Step("propose", "heard", "proposed", INVESTIGATOR),
        Step("send_back", "proposed", "heard", DECIDER),
        Step("decide", "proposed", "decided", DECIDER, when=rules.not_a_formality),
        Step("cancel", "proposed", "record_closed", DECIDER, when=rules.formality_only),
        Step("close_record", "decided", "record_closed", INVESTIGATOR, when=rules.ends_a_licence),
        *from_each(OPEN, lambda source: Step("drop", source, "dropped", DECIDER)),
    ),
)
