"""How each verb of the life is done: from which state, by whom, with which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from xuke.accounts.models import User
from xuke.accounts.officers import Officer, Role
from xuke.accounts.queries import officer as officer_of
from xuke.config.demonstration import samples, signing, stories, stories_categories
from xuke.config.demonstration.people import Cast
from xuke.foundation import files
from xuke.foundation.actors import SYSTEM, Actor
from xuke.foundation.working_days import current as current_calendar
from xuke.licensing import commands, statements
from xuke.licensing.models import Application, Visit
from xuke.parties.applicants import Applicant
from xuke.tests.cast import NOON


@dataclass(frozen=True)
class Act:
    """A verb, done well."""

    verb: str
    state: str
    """Where it is open."""
    who: Callable[[Cast], Actor]
    words: Callable[[Cast], dict[str, Any]] = lambda cast: {}
    first: tuple[str, ...] = ()
    """Verbs that are done in that state before it is open: suspending, before it can be resumed."""
    when: datetime = NOON
    """The moment at which it is done: a hearing is not over before its day."""
    procedure: str = ""
    """The procedure whose cases it is for; empty for the first application."""
    sections: Mapping[str, Any] = field(default_factory=dict)
    """What the form says that others do not."""
    scene: Callable[[Cast], object] = lambda cast: None
    """What has to be in force before the case is begun."""

    def ready(self, at: Callable[..., Application], cast: Cast) -> Application:
        """A case in which it is open."""
        self.scene(cast)
        how = {"procedure": self.procedure} if self.procedure else {}
        application = at(self.state, **how, **self.sections)
        for verb in self.first:
            application = BY_VERB[verb].do(application, cast)
        return application

    def do(
        self,
        application: Application,
        cast: Cast,
        *,
        by: Actor | None = None,
        now: datetime | None = None,
        **other: Any,
    ):
        """Do it, as the right person unless told otherwise."""
        by, now = by or self.who(cast), now or self.when
        if self.verb in statements.KINDS:
            signer = by if isinstance(by, Applicant) else cast.applicant
            other = {"proof": signing.proof(self.verb, application, by=signer, now=now)} | other
        return getattr(commands, self.verb)(application=application, by=by, now=now, **(self.words(cast) | other))


def signed(verb: str, application: Application, *, by: Applicant, now: datetime = NOON, **other: Any) -> Application:
    """Submit, resubmit or confirm a correction, signed with the certificate of the enterprise."""
    proof = signing.proof(verb, application, by=by, now=now)
    return getattr(commands, verb)(application=application, proof=proof, by=by, now=now, **other)


def confirmed(application: Application) -> Application:
    """The case, as if everybody who was on site had confirmed the sheet."""
    visit = Visit.objects.get(application=application)
    people = [*((each["user_id"], each["name"], False) for each in visit.team), (0, "吴小梅", True)]
    at = NOON.isoformat()
    visit.confirmed = [{"user_id": id, "name": name, "at": at, "applicant": own} for id, name, own in people]
    visit.save(update_fields=["confirmed"])
    return Application.objects.get(pk=application.pk)


def _supervisor(cast: Cast) -> Officer:
    """Somebody of the authority who has no hand in the case; where nobody supervises, whoever decides."""
    return next((officer for officer in cast.others.values() if officer.has(Role.SUPERVISOR)), cast.decider)


def _of_the_prefecture(cast: Cast) -> Officer:
    """李红梅 reviews in Yichang, which licenses milk."""
    found = officer_of(User.objects.get(login_name="lihongmei"), today=NOON.date())
    assert found is not None
    return found


def _team(cast: Cast) -> dict[str, Any]:
    team = [member.user_id for member in cast.verifiers]
    return {"team": team, "leader": team[0], "visit_on": current_calendar().add(NOON.date(), 1).on}


ACTS = (
    Act("submit", "draft", lambda cast: cast.applicant),
    Act("tell_not_required", "submitted", lambda cast: cast.acceptor, lambda cast: {"reason": stories.NOT_REQUIRED}),
    Act(
        "tell_not_competent",
        "submitted",
        lambda cast: cast.acceptor,
        lambda cast: {"reason": "该类别由设区的市级部门许可。", "competent": "宜昌市市场监督管理局"},
    ),
    Act(
        "offer_correction",
        "submitted",
        lambda cast: cast.acceptor,
        lambda cast: {"rows": [{"section": "site", "field": "area", "to": "1250"}]},
    ),
    Act("confirm_correction", "correcting_on_spot", lambda cast: cast.applicant),
    Act("decline_correction", "correcting_on_spot", lambda cast: cast.applicant),
    Act("ask_correction", "submitted", lambda cast: cast.acceptor, lambda cast: {"items": stories.CORRECTIONS}),
    Act("accept", "submitted", lambda cast: cast.acceptor),
    Act("resubmit", "correction_requested", lambda cast: cast.applicant),
    Act("decline_acceptance", "resubmitted", lambda cast: cast.acceptor, lambda cast: {"missing": [1]}),
    Act("begin_review", "accepted", lambda cast: cast.reviewer),
    Act("assign_verification", "document_review", lambda cast: cast.reviewer, _team),
    Act(
        "reassign_verification",
        "verification_assigned",
        lambda cast: cast.reviewer,
        lambda cast: _team(cast) | {"reason": "原定人员生病。"},
    ),
    Act(
        "conclude_verification",
        "verification_assigned",
        lambda cast: cast.verifiers[0],
        lambda cast: {"applicant_signed": True, "not_possible": "当日停电，无法核查。"},
    ),
    Act("propose", "verification_done", lambda cast: cast.reviewer, lambda cast: {"opinion": stories.OPINION}),
    Act("return_to_review", "decision_proposed", lambda cast: cast.decider, lambda cast: {"reason": "请核对第2项。"}),
    Act("grant", "decision_proposed", lambda cast: cast.decider),
    Act("refuse", "decision_proposed", lambda cast: cast.decider, lambda cast: {"reason": stories.REFUSAL}),
    Act(
        "record_report",
        "submitted",
        lambda cast: cast.acceptor,
        lambda cast: {"remark": "核对无误。"},
        procedure="food.report",
    ),
    Act("cancel_licence", "decision_proposed", lambda cast: cast.decider, procedure="food.cancellation"),
    Act("retract", "accepted", lambda cast: cast.applicant, lambda cast: {"reason": "暂不生产。"}),
    Act(
        "suspend",
        "document_review",
        lambda cast: cast.reviewer,
        lambda cast: {"ground": "investigation", "reason": "涉嫌违法，已经立案调查。", "until": None},
    ),
    Act(
        "resume", "document_review", lambda cast: cast.reviewer, lambda cast: {"reason": "调查已经结案。"}, ("suspend",)
    ),
    Act(
        "prolong_pause",
        "document_review",
        lambda cast: cast.reviewer,
        lambda cast: {"until": current_calendar().add(NOON.date(), 8).on, "reason": "复检需要时间。"},
        ("begin_special_time",),
    ),
    Act(
        "terminate",
        "document_review",
        lambda cast: cast.decider,
        lambda cast: {"reason": "受到限制生产经营的处罚。"},
        ("suspend",),
    ),
    Act(
        "begin_special_time",
        "document_review",
        lambda cast: cast.reviewer,
        lambda cast: {
            "kind": "testing",
            "organisation": "宜昌市食品检验所",
            "reason": "核验试制产品的微生物指标。",
            "until": current_calendar().add(NOON.date(), 5).on,
        },
    ),
    Act(
        "end_special_time",
        "document_review",
        lambda cast: cast.reviewer,
        lambda cast: {"result": "检验合格。"},
        ("begin_special_time",),
    ),
    Act(
        "tell_third_party",
        "document_review",
        lambda cast: cast.reviewer,
        lambda cast: {"name": "兴禾社区居民委员会", "interest": "厂房紧邻住宅楼。", "address": "小溪塔街道兴禾路1号"},
    ),
    Act(
        "tell_hearing_right",
        "document_review",
        lambda cast: cast.reviewer,
        lambda cast: {"matter": "拟不予许可：生产场所不符合要求。"},
    ),
    Act(
        "request_hearing",
        "document_review",
        lambda cast: cast.applicant,
        lambda cast: {"reason": "我们已经整改。"},
        ("tell_hearing_right",),
    ),
    Act(
        "take_hearing_request",
        "document_review",
        lambda cast: cast.reviewer,
        lambda cast: {"party": None, "reason": "申请人书面要求听证。"},
        ("tell_hearing_right",),
    ),
    Act("waive_hearing", "document_review", lambda cast: cast.applicant, first=("tell_hearing_right",)),
    Act(
        "arrange_hearing",
        "document_review",
        lambda cast: cast.decider,
        lambda cast: {
            "on": current_calendar().add(NOON.date(), 8).on,
            "time": "09:30",
            "place": "局机关三楼会议室",
            "chair": _supervisor(cast).user_id,
        },
        ("tell_hearing_right", "request_hearing"),
    ),
    Act(
        "conclude_hearing",
        "document_review",
        lambda cast: _supervisor(cast),
        lambda cast: {
            "attendance": "申请人、审查人员到场，笔录核对后签字。",
            "record": "申请人说明了隔声措施。",
            "conclusion": "建议在落实隔声措施后准予许可。",
            "paper": files.store([samples.sample("trial_product_report")], "听证笔录.pdf", now=NOON),
        },
        ("tell_hearing_right", "request_hearing", "arrange_hearing"),
        when=NOON + timedelta(days=20),
    ),
    Act(
        "ask_extension",
        "document_review",
        lambda cast: cast.reviewer,
        lambda cast: {"days": 5, "reason": "工艺复杂，需要专家咨询。"},
    ),
    Act("extend", "document_review", lambda cast: cast.decider, first=("ask_extension",)),
    Act(
        "decline_extension",
        "document_review",
        lambda cast: cast.decider,
        lambda cast: {"reason": "可以在期限内办结。"},
        ("ask_extension",),
    ),
    Act(
        "give_joint_opinion",
        "document_review",
        _of_the_prefecture,
        lambda cast: {"results": {"0501": "pass"}, "opinion": "符合要求。"},
        sections=stories_categories.MIXED,
    ),
    Act(
        "grant_on_commitment",
        "accepted",
        lambda cast: cast.decider,
        procedure="food.renewal",
        sections=stories_categories.ON_PROMISE,
        scene=lambda cast: stories_categories.open_commitment(
            division=cast.firm.division, kind="renewal", now=NOON - timedelta(hours=4)
        ),
    ),
    Act(
        "leave_commitment",
        "accepted",
        lambda cast: cast.decider,
        lambda cast: {"reason": "设备有疑问，应当先核查。"},
        procedure="food.renewal",
        sections=stories_categories.ON_PROMISE,
        scene=lambda cast: stories_categories.open_commitment(
            division=cast.firm.division, kind="renewal", now=NOON - timedelta(hours=4)
        ),
    ),
)
"""Every verb of the life but the system's own."""

BY_VERB = {act.verb: act for act in ACTS}

RECORD = Act("record_certificate", "granted", lambda cast: SYSTEM, lambda cast: {"version": 1, "digest": "0" * 64})

DEEM = Act("deem_accepted", "submitted", lambda cast: SYSTEM, when=NOON + timedelta(days=8))

AFTER_THE_END = NOON + timedelta(days=5 * 366)
"""When a licence that was granted in the story is over."""
RENEW = Act("deem_renewed", "accepted", lambda cast: SYSTEM, when=AFTER_THE_END, procedure="food.renewal")

OF_SYSTEM = (
    RECORD,
    DEEM,
    RENEW,
)
"""Every verb that the system alone takes."""
