"""Signing: three means, three facts, one statement; whatever is wrong with any of them, nothing is signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from xuke.accounts.models import RealName, User
from xuke.config.demonstration import signing
from xuke.foundation.journal import history
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.crls import Revocation
from xuke.foundation.pki.issuing import CertificateMaker, Subject
from xuke.foundation.refusals import NotPermitted
from xuke.identity.certificates import trust
from xuke.identity.certificates.models import BoundCertificate
from xuke.identity.models import Passkey
from xuke.parties.models import Enterprise, Mandate
from xuke.signatures import queries, refusals
from xuke.signatures.models import Signature
from xuke.signatures.proofs import Proof
from xuke.signatures.records import Means
from xuke.signatures.tests.signers import (
    A_MINUTE,
    MEANS,
    SITE,
    a_phone,
    by_certificate,
    by_confirmation,
    by_passkey,
    number_of,
    sign_by,
    signed,
    statement_of,
)
from xuke.tests.cast import MORNING, NOON, TOMORROW


@pytest.fixture
def draft(at):
    return at("draft")


@pytest.fixture
def statement(draft, wu_the_applicant):
    return statement_of(draft, wu_the_applicant)


@pytest.fixture
def home(world, settings, tmp_path) -> Iterator[Path]:
    """An installation whose trust a test may change; its data keys are those of the world."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "data").symlink_to(Path(settings.XUKE_HOME) / "keys" / "data")
    settings.XUKE_HOME = tmp_path
    signing._authority.cache_clear()
    yield tmp_path
    signing._authority.cache_clear()


# --- well -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("means", MEANS)
def test_wu_signs_and_it_is_right_and_in_the_journal(statement, wu_the_applicant, means):
    signature = sign_by(means, statement, wu_the_applicant)
    stored = Signature.objects.get()
    assert stored.content == statement
    assert (stored.digest, stored.means, stored.signer_name) == (statement.digest, means, "吴晓梅")
    assert (stored.capacity, stored.about, stored.about_revision) == ("经办人", statement.about, statement.revision)
    assert stored.standing["mandate_from"] == "2026-01-05"
    verdict = queries.verify(stored)
    assert verdict.good, verdict.problems
    (event,) = history(signature.stream)
    assert (event.verb, event.facts["statement"]) == ("statement.signed", statement.digest)
    assert event.facts["means"] == means


@pytest.mark.parametrize("family", list(Family))
def test_certificates_of_every_family_sign(statement, wu_the_applicant, home, family):
    maker = CertificateMaker.root("甲证书认证机构", now=signing.SINCE, family=family, days=9000)
    roots, lists = home / "trust" / "roots", home / "trust" / "crls"
    roots.mkdir(parents=True)
    lists.mkdir()
    (roots / "a.pem").write_text(maker.certificate.pem)
    (lists / "a.crl").write_bytes(maker.crl(now=signing.SINCE, next_update=signing.UNTIL))
    trust.forget()
    subject = Subject("吴晓梅", credit_code="", resident_number=number_of(wu_the_applicant))
    held = maker.issue(subject, now=MORNING)
    signature = signed(statement, by_certificate(statement, wu_the_applicant, held), wu_the_applicant)
    assert signature.algorithm.startswith(family)
    assert queries.verify(signature).good


def test_what_each_means_proves_is_told():
    assert "没有签名人自己的私钥" in Means.CONFIRMATION.proves
    assert "私钥" in Means.CERTIFICATE.proves


def test_the_application_may_neither_change_nor_delete_a_signature(statement, wu_the_applicant):
    sign_by("confirmation", statement, wu_the_applicant)
    for change in ("signer_name = 'x'", "digest = 'x'", "signed_at = now()", "attestation = ''"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            _execute(f"UPDATE signatures_signature SET {change}")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        _execute("DELETE FROM signatures_signature")


def test_the_text_is_sealed_in_the_table(statement, wu_the_applicant):
    sign_by("confirmation", statement, wu_the_applicant)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM signatures_signature")
        (stored,) = cursor.fetchone()
    assert b"13800005678" not in bytes(stored)
    assert "13800005678" in statement.text


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


# --- the three facts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("means", MEANS)
def test_a_mandate_that_ended_a_minute_ago_signs_nothing(statement, wu_the_applicant, means):
    Mandate.objects.filter(user=wu_the_applicant.user_id).update(valid_to=NOON.date())
    with pytest.raises(NotPermitted, match="授权已经结束"):
        sign_by(means, statement, wu_the_applicant, NOON + A_MINUTE)
    assert not Signature.objects.exists()


def test_a_mandate_without_the_power_to_sign_signs_nothing(statement, wu_the_applicant):
    Mandate.objects.filter(user=wu_the_applicant.user_id).update(valid_to=NOON.date())
    Mandate.objects.create(
        user_id=wu_the_applicant.user_id,
        enterprise_id=wu_the_applicant.enterprise_id,
        capacity="case_contact",
        powers=["draft"],
        valid_from=NOON.date(),
    )
    with pytest.raises(NotPermitted, match="不包括“签名提交"):
        sign_by("certificate", statement, wu_the_applicant)


def test_a_document_that_ended_yesterday_signs_nothing(statement, wu_the_applicant):
    yesterday = NOON.date() - timedelta(days=1)
    RealName.objects.filter(user=wu_the_applicant.user_id).update(valid_to=yesterday)
    with pytest.raises(NotPermitted, match="已经过期"):
        sign_by("certificate", statement, wu_the_applicant)


def test_nobody_signs_for_an_enterprise_that_was_deregistered(statement, wu_the_applicant):
    Enterprise.objects.filter(pk=wu_the_applicant.enterprise_id).update(state="deregistered")
    with pytest.raises(NotPermitted, match="已经注销"):
        sign_by("certificate", statement, wu_the_applicant)


def test_a_mandate_that_was_changed_after_reading_must_be_read_again(statement, wu_the_applicant):
    Mandate.objects.filter(user=wu_the_applicant.user_id).update(valid_to=TOMORROW.date())
    with pytest.raises(refusals.SignedSomethingElse, match="签名人和授权"):
        sign_by("certificate", statement, wu_the_applicant)


# --- another statement ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("means", MEANS)
def test_a_signature_is_used_once(statement, wu_the_applicant, means):
    proof = _proof(means, statement, wu_the_applicant)
    signed(statement, proof, wu_the_applicant)
    with pytest.raises(refusals.Replayed):
        signed(statement, proof, wu_the_applicant)
    with pytest.raises(refusals.Replayed):
        signed(replace(statement, revision=statement.revision + 1), proof, wu_the_applicant)
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("means", MEANS)
def test_a_signature_under_an_older_revision_says_what_changed(at, draft, statement, wu_the_applicant, means):
    proof = _proof(means, statement, wu_the_applicant)
    later = replace(statement, revision=statement.revision + 1, parts=statement.parts[1:])
    with pytest.raises(refusals.SignedSomethingElse) as refused:
        signed(later, proof, wu_the_applicant)
    assert "您看过之后，内容有了变化" in refused.value.sentence


@pytest.mark.parametrize("means", MEANS)
def test_a_signature_under_another_application_says_so(at, statement, wu_the_applicant, means):
    other = statement_of(at("draft"), wu_the_applicant)
    with pytest.raises(refusals.SignedSomethingElse, match="对另一件申请作出的"):
        signed(other, _proof(means, statement, wu_the_applicant), wu_the_applicant)


def test_a_certificate_that_signed_something_else_under_this_digest_is_found(at, statement, wu_the_applicant):
    other = statement_of(at("draft"), wu_the_applicant)
    proof = replace(by_certificate(other, wu_the_applicant), digest=statement.digest, seen=statement.marks)
    with pytest.raises(refusals.BadSignature):
        signed(statement, proof, wu_the_applicant)


def test_a_phone_that_signed_something_else_under_this_digest_is_found(at, statement, wu_the_applicant):
    other = statement_of(at("draft"), wu_the_applicant)
    proof = by_passkey(statement, a_phone(wu_the_applicant), digest=other.digest)
    with pytest.raises(refusals.BadSignature):
        signed(statement, proof, wu_the_applicant)


def test_one_character_of_the_statement_changed_is_another_statement(statement, wu_the_applicant):
    first, *others = statement.parts
    changed = replace(statement, parts=(replace(first, title=first.title + "。"), *others))
    for proof in (
        by_certificate(statement, wu_the_applicant),
        replace(by_certificate(statement, wu_the_applicant), digest=changed.digest),
    ):
        with pytest.raises((refusals.SignedSomethingElse, refusals.BadSignature)):
            signed(changed, proof, wu_the_applicant)


# --- another person ---------------------------------------------------------------------------------------------------


def test_the_certificate_of_another_enterprise_signs_nothing(statement, wu_the_applicant, wang_the_sauce_brewer):
    held = signing.certificate_of(wang_the_sauce_brewer.uscc, wang_the_sauce_brewer.enterprise_name)
    with pytest.raises(refusals.NotYourCertificate):
        signed(statement, by_certificate(statement, wu_the_applicant, held), wu_the_applicant)


def test_the_certificate_of_another_person_signs_nothing(statement, wu_the_applicant, wang_the_sauce_brewer, home):
    subject = Subject("汪洁", resident_number=number_of(wang_the_sauce_brewer))
    held = signing.authority(home).issue(subject, now=MORNING)
    with pytest.raises(refusals.NotYourCertificate):
        signed(statement, by_certificate(statement, wu_the_applicant, held), wu_the_applicant)


def test_a_certificate_without_numbers_must_be_bound_first(statement, wu_the_applicant, home):
    held = signing.authority(home).issue(Subject("吴晓梅"), now=MORNING)
    proof = by_certificate(statement, wu_the_applicant, held)
    with pytest.raises(refusals.NotYourCertificate, match="先在“账号与安全”里绑定"):
        signed(statement, proof, wu_the_applicant)
    bound = _bind(held, wu_the_applicant)
    BoundCertificate.objects.filter(pk=bound.pk).update(ended_at=NOON)
    with pytest.raises(refusals.NotYourCertificate, match="已经解除"):
        signed(statement, proof, wu_the_applicant)
    BoundCertificate.objects.filter(pk=bound.pk).update(ended_at=None)
    assert signed(statement, proof, wu_the_applicant).means == "certificate"


def test_a_card_of_the_enterprise_that_a_colleague_reported_lost_signs_for_nobody(
    statement, wu_the_applicant, wang_the_sauce_brewer, home
):
    subject = Subject("宜昌禾穗坊食品有限公司", credit_code=wu_the_applicant.uscc)
    held = signing.authority(home).issue(subject, now=MORNING)
    bound = _bind(held, wang_the_sauce_brewer)
    BoundCertificate.objects.filter(pk=bound.pk).update(ended_at=NOON)
    proof = by_certificate(statement, wu_the_applicant, held)
    with pytest.raises(refusals.NotYourCertificate, match="已经解除"):
        signed(statement, proof, wu_the_applicant)
    BoundCertificate.objects.filter(pk=bound.pk).update(ended_at=None)
    assert signed(statement, proof, wu_the_applicant).means == "certificate"


def test_a_certificate_that_was_reported_lost_signs_nothing_although_it_names_the_person(
    statement, wu_the_applicant, home
):
    subject = Subject("吴晓梅", resident_number=number_of(wu_the_applicant))
    held = signing.authority(home).issue(subject, now=MORNING)
    bound = _bind(held, wu_the_applicant)
    BoundCertificate.objects.filter(pk=bound.pk).update(ended_at=NOON)
    with pytest.raises(refusals.NotYourCertificate, match="已经解除"):
        signed(statement, by_certificate(statement, wu_the_applicant, held), wu_the_applicant)


def _bind(held, by):
    return BoundCertificate.objects.create(
        user=User.objects.get(pk=by.user_id),
        fingerprint=bytes.fromhex(held.certificate.fingerprint),
        issuer="x",
        serial="1",
        subject="吴晓梅",
        family="ECDSA",
        not_before=MORNING,
        not_after=TOMORROW,
        bound_at=MORNING,
        bound_by="self",
    )


def test_the_passkey_of_another_person_signs_nothing(statement, wu_the_applicant, wang_the_sauce_brewer):
    phone = a_phone(wang_the_sauce_brewer)
    with pytest.raises(refusals.NotYourPasskey):
        signed(statement, by_passkey(statement, phone), wu_the_applicant)


def test_a_passkey_for_another_site_signs_nothing(statement, wu_the_applicant):
    phone = a_phone(wu_the_applicant)
    phone.origin = "http://testserver.evil.example"
    with pytest.raises(refusals.BadSignature):
        signed(statement, by_passkey(statement, phone), wu_the_applicant)
    with pytest.raises(refusals.NotYourPasskey):
        signed(statement, by_passkey(statement, phone, site=replace(SITE, rp_id="evil")), wu_the_applicant)


def test_a_device_that_did_not_verify_its_owner_signs_nothing(statement, wu_the_applicant):
    phone = a_phone(wu_the_applicant)
    phone.verifies = False
    with pytest.raises(refusals.BadSignature):
        signed(statement, by_passkey(statement, phone), wu_the_applicant)


def test_a_copied_passkey_is_found_by_its_counter(at, statement, wu_the_applicant):
    phone = a_phone(wu_the_applicant)
    signed(statement, by_passkey(statement, phone), wu_the_applicant)
    phone.count = 0
    other = statement_of(at("draft"), wu_the_applicant)
    with pytest.raises(refusals.BadSignature):
        signed(other, by_passkey(other, phone), wu_the_applicant)
    assert Passkey.objects.get().sign_count == 1


def test_the_confirmation_of_another_person_signs_nothing(statement, wu_the_applicant, wang_the_sauce_brewer):
    with pytest.raises(refusals.NotYourConfirmation):
        signed(statement, by_confirmation(statement, wang_the_sauce_brewer), wu_the_applicant)


@pytest.mark.parametrize("late", [timedelta(minutes=3), -timedelta(seconds=1)])
def test_a_confirmation_is_good_for_the_click_it_was_given_for(statement, wu_the_applicant, late):
    with pytest.raises(refusals.NotYourConfirmation):
        signed(statement, by_confirmation(statement, wu_the_applicant), wu_the_applicant, NOON + late)


def test_a_confirmation_by_nothing_in_particular_signs_nothing(statement, wu_the_applicant):
    with pytest.raises(refusals.NotYourConfirmation):
        signed(statement, by_confirmation(statement, wu_the_applicant, factor=""), wu_the_applicant)


def test_somebody_else_of_the_enterprise_cannot_use_what_was_prepared_for_one(statement, wu_the_applicant, world):
    """The statement names who signs: a colleague with a mandate of their own reads a statement of their own."""
    colleague = User.objects.get(login_name="wangjie")
    Mandate.objects.create(
        user=colleague,
        enterprise_id=wu_the_applicant.enterprise_id,
        capacity="case_contact",
        valid_from=MORNING.date(),
    )
    other = replace(wu_the_applicant, user_id=colleague.pk, name=colleague.name)
    with pytest.raises(refusals.SignedSomethingElse):
        signed(statement, by_certificate(statement, wu_the_applicant), other)


# --- the certificate itself -------------------------------------------------------------------------------------------


def test_a_certificate_revoked_an_hour_ago_signs_nothing(statement, wu_the_applicant, home):
    maker = signing.authority(home)
    held = signing.certificate_of(wu_the_applicant.uscc, wu_the_applicant.enterprise_name)
    revocation = Revocation(NOON - timedelta(hours=1), x509.ReasonFlags.key_compromise)
    crl = maker.crl(now=NOON, next_update=signing.UNTIL, revoked=[(held.certificate, revocation)])
    (home / "trust" / "crls" / "demonstration.crl").write_bytes(crl)
    trust.forget()
    with pytest.raises(refusals.NotTrusted, match="2026年9月7日被吊销，原因：私钥泄露"):
        signed(statement, by_certificate(statement, wu_the_applicant), wu_the_applicant)


def test_an_expired_certificate_signs_nothing(statement, wu_the_applicant, home):
    subject = Subject("宜昌禾穗坊食品有限公司", credit_code=wu_the_applicant.uscc)
    held = signing.authority(home).issue(subject, now=MORNING - timedelta(days=40), days=30)
    with pytest.raises(refusals.NotTrusted, match="过期"):
        signed(statement, by_certificate(statement, wu_the_applicant, held), wu_the_applicant)


def test_a_certificate_of_nobody_we_trust_signs_nothing(statement, wu_the_applicant):
    maker = CertificateMaker.root("别的机构", now=signing.SINCE, family=Family.ECDSA, days=9000)
    held = maker.issue(Subject("宜昌禾穗坊食品有限公司", credit_code=wu_the_applicant.uscc), now=MORNING)
    with pytest.raises(refusals.NotTrusted, match="不信任"):
        signed(statement, by_certificate(statement, wu_the_applicant, held), wu_the_applicant)


@pytest.mark.parametrize("rubbish", [b"", b"x", b"0" * 40_000, b"\x30\x82\xff\xff"])
def test_rubbish_for_a_certificate_is_refused_in_words(statement, wu_the_applicant, rubbish):
    proof = replace(by_certificate(statement, wu_the_applicant), certificate=rubbish)
    with pytest.raises(refusals.BadSignature):
        signed(statement, proof, wu_the_applicant)


@pytest.mark.parametrize("changes", [{"signature": b""}, {"signature": b"0" * 5000}, {"algorithm": "MD5"}])
def test_rubbish_for_a_signature_is_refused_in_words(statement, wu_the_applicant, changes):
    with pytest.raises(refusals.BadSignature):
        signed(statement, replace(by_certificate(statement, wu_the_applicant), **changes), wu_the_applicant)


@pytest.mark.parametrize("answer", [{"id": "eA"}, {"id": "eA", "response": 7}, {"id": "eA", "response": {}}])
def test_rubbish_for_an_assertion_is_refused_in_words(statement, wu_the_applicant, answer):
    phone = a_phone(wu_the_applicant)
    name = by_passkey(statement, phone).answer["id"]
    proof = by_passkey(statement, phone, answer={**answer, "id": name, "rawId": name, "type": "public-key"})
    with pytest.raises(refusals.BadSignature):
        signed(statement, proof, wu_the_applicant)


# --- which means are enough -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("means", MEANS)
def test_an_installation_says_which_means_are_enough(statement, wu_the_applicant, settings, means):
    settings.XUKE_SIGNATURE_MEANS = [one for one in MEANS if one != means]
    with pytest.raises(refusals.NotThisMeans):
        sign_by(means, statement, wu_the_applicant)


def test_a_proof_of_no_known_kind_is_refused(statement, wu_the_applicant):
    with pytest.raises(refusals.NotThisMeans):
        signed(statement, Proof(digest=statement.digest), wu_the_applicant)


def _proof(means, statement, by):
    if means == "passkey":
        return by_passkey(statement, a_phone(by))
    return by_confirmation(statement, by) if means == "confirmation" else by_certificate(statement, by)
