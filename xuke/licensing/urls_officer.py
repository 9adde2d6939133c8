"""Addresses of the officers' desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.licensing.views import (
    officer_acts,
    officer_assign,
    officer_case,
    officer_inbox,
    officer_interruptions,
    officer_together,
    officer_joint,
    officer_visit,
    signed,
)

_CASE = "office/applications/<uuid:id>/"

urlpatterns: list[URLPattern] = [
    path("office/", officer_inbox.inbox, name="officer-inbox"),
    path("office/mine/", officer_inbox.mine, name="officer-mine"),
    path("office/all/", officer_inbox.everything, name="officer-all"),
    path("office/visits/", officer_inbox.visits, name="officer-visits"),
    path(_CASE, officer_case.case, name="officer-case"),
    path(f"{_CASE}materials/<uuid:material>/", officer_case.material, name="officer-material"),
    path(f"{_CASE}signatures/<uuid:signature>/", signed.of_office, name="officer-signature"),
    path(f"{_CASE}signatures/<uuid:signature>/package/", signed.office_package, name="officer-signature-package"),
    path(f"{_CASE}contact/", officer_case.contact, name="officer-contact"),
    path(f"{_CASE}claim/", officer_acts.claim, name="officer-claim"),
    path(f"{_CASE}release/", officer_acts.release, name="officer-release"),
    path(f"{_CASE}accept/", officer_acts.accept, name="officer-accept"),
    path(f"{_CASE}ask-correction/", officer_acts.ask_correction, name="officer-ask-correction"),
    path(f"{_CASE}offer-correction/", officer_acts.offer_correction, name="officer-offer-correction"),
    path(f"{_CASE}decline/", officer_acts.decline_acceptance, name="officer-decline"),
    path(f"{_CASE}not-required/", officer_acts.tell_not_required, name="officer-not-required"),
    path(f"{_CASE}not-competent/", officer_acts.tell_not_competent, name="officer-not-competent"),
    path(f"{_CASE}begin-review/", officer_acts.begin_review, name="officer-begin-review"),
    path(f"{_CASE}assign/", officer_assign.assign_verification, name="officer-assign"),
    path(f"{_CASE}reassign/", officer_assign.reassign_verification, name="officer-reassign"),
    path(f"{_CASE}redraw/", officer_assign.redraw, name="officer-redraw"),
    path(f"{_CASE}propose/", officer_acts.propose, name="officer-propose"),
    path(f"{_CASE}return/", officer_acts.return_to_review, name="officer-return"),
    path(f"{_CASE}grant/", officer_acts.grant, name="officer-grant"),
    path(f"{_CASE}refuse/", officer_acts.refuse, name="officer-refuse"),
    path("office/hand-out/", officer_together.hand_out, name="officer-hand-out"),
    path(f"{_CASE}talk/", officer_together.talk, name="officer-talk"),
    path(f"{_CASE}hand-over/", officer_together.hand_over, name="officer-hand-over"),
    path(f"{_CASE}suspend/", officer_interruptions.suspend, name="officer-suspend"),
    path(f"{_CASE}resume/", officer_interruptions.resume, name="officer-resume"),
    path(f"{_CASE}terminate/", officer_interruptions.terminate, name="officer-terminate"),
    path(f"{_CASE}special-time/", officer_interruptions.begin_special_time, name="officer-special-time"),
    path(f"{_CASE}special-time/end/", officer_interruptions.end_special_time, name="officer-end-special-time"),
    path(f"{_CASE}third-parties/", officer_interruptions.tell_third_party, name="officer-tell-third-party"),
    path(f"{_CASE}third-parties/answer/", officer_interruptions.hear_third_party, name="officer-hear-third-party"),
    path(f"{_CASE}hearing/right/", officer_interruptions.tell_hearing_right, name="officer-hearing-right"),
    path(f"{_CASE}hearing/request/", officer_interruptions.take_hearing_request, name="officer-hearing-request"),
    path(f"{_CASE}hearing/arrange/", officer_interruptions.arrange_hearing, name="officer-arrange-hearing"),
    path(f"{_CASE}hearing/conclude/", officer_interruptions.conclude_hearing, name="officer-conclude-hearing"),
    path("office/joint/", officer_joint.joint, name="officer-joint"),
    path(f"{_CASE}joint-opinion/", officer_joint.give_joint_opinion, name="officer-joint-opinion"),
    path(f"{_CASE}commitment/", officer_joint.grant_on_commitment, name="officer-commitment"),
    path(f"{_CASE}visit/", officer_visit.sheet, name="officer-visit"),
    path(f"{_CASE}visit/marks/", officer_visit.marks, name="officer-marks"),
    path(f"{_CASE}conclude/", officer_visit.conclude, name="officer-conclude"),
    path("office/onsite-worker.js", officer_visit.worker, name="officer-worker"),
]
