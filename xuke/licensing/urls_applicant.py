"""The applicant's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.licensing.views import (
    applicant_case,
    applicant_desk,
    applicant_form,
    applicant_hearing,
    applicant_licences,
    applicant_signing,
    applicant_talk,
    applicant_visit,
    chair,
    signed,
)

CASE = "my/applications/<uuid:pk>/"

urlpatterns: list[URLPattern] = [
    path("my/", applicant_desk.desk, name="my-desk"),
    path("my/notices/", applicant_desk.notices, name="my-notices"),
    path("my/applications/", applicant_desk.applications, name="my-applications"),
    path("my/applications/new/", applicant_licences.new, name="my-new"),
    path("my/licences/", applicant_licences.licences, name="my-licences"),
    path(CASE, applicant_case.case, name="my-application"),
    path(f"{CASE}form/<slug:section>/", applicant_form.step, name="my-form"),
    path(f"{CASE}sign/", applicant_signing.sign, name="my-sign"),
    path(f"{CASE}sign/<slug:digest>/message/", applicant_signing.message, name="my-sign-message"),
    path(f"{CASE}sign/<slug:digest>/passkey/", applicant_signing.passkey_options, name="my-sign-passkey"),
    path(f"{CASE}signatures/<uuid:signature>/", signed.mine, name="my-signature"),
    path(f"{CASE}signatures/<uuid:signature>/package/", signed.my_package, name="my-signature-package"),
    path(f"{CASE}signatures/<uuid:signature>/scan/", signed.my_scan, name="my-signature-scan"),
    path(f"{CASE}submitted/", applicant_case.submitted, name="my-submitted"),
    path(f"{CASE}content/", applicant_case.content, name="my-content"),
    path(f"{CASE}materials/<uuid:material_pk>/", applicant_case.material_file, name="my-material"),
    path(f"{CASE}correction/", applicant_case.answer_correction, name="my-correction"),
    path(f"{CASE}hearing/", applicant_hearing.ask, name="my-hearing"),
    path(f"{CASE}hearing/recusal/", chair.ask, name="my-chair-recusal"),
    path(f"{CASE}hearing/record/", signed.my_hearing_record, name="my-hearing-record"),
    path(f"{CASE}talk/", applicant_talk.talk, name="my-talk"),
    path(f"{CASE}recusal/", applicant_visit.recusal, name="my-recusal"),
    path(f"{CASE}sheet/", applicant_visit.sheet, name="my-sheet"),
    path(f"{CASE}rectification/", applicant_visit.rectification, name="my-rectification"),
    path(f"{CASE}retract/", applicant_case.retract, name="my-retract"),
    path(f"{CASE}discard/", applicant_case.discard, name="my-discard"),
]
