"""Addresses of the register of verifiers."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.verifiers.views import officer_acts as acts
from xuke.verifiers.views import officer_register as register

_REGISTER = "office/verifiers/"
_ROW = f"{_REGISTER}<uuid:id>/"

urlpatterns: list[URLPattern] = [
    path(_REGISTER, register.register, name="verifiers"),
    path(f"{_REGISTER}me/", register.me, name="verifier-me"),
    path(f"{_REGISTER}new/", acts.new, name="verifier-new"),
    path(f"{_REGISTER}recognitions/", register.recognitions, name="recognitions"),
    path(f"{_REGISTER}recognitions/new/", acts.recognise_stranger, name="recognition-new"),
    path(f"{_REGISTER}recognitions/<uuid:id>/end/", acts.end_recognition, name="recognition-end"),
    path(_ROW, register.verifier, name="verifier"),
    path(f"{_ROW}change/", acts.change, name="verifier-change"),
    path(f"{_ROW}credential/", acts.credential, name="verifier-credential"),
    path(f"{_ROW}training/", acts.training, name="verifier-training"),
    path(f"{_ROW}examination/", acts.examination, name="verifier-examination"),
    path(f"{_ROW}remark/", acts.remark, name="verifier-remark"),
    path(f"{_ROW}recognise/", acts.recognise, name="verifier-recognise"),
    path(f"{_ROW}suspend/", acts.suspend, name="verifier-suspend"),
    path(f"{_ROW}reinstate/", acts.reinstate, name="verifier-reinstate"),
    path(f"{_ROW}withdraw/", acts.withdraw, name="verifier-withdraw"),
    path(f"{_ROW}recuse/", acts.recuse, name="verifier-recuse"),
    path(f"{_REGISTER}recusals/<uuid:id>/end/", acts.end_recusal, name="recusal-end"),
]
