"""Which certificates are believed, and what people are told about the others."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509

from xuke.foundation.pki import chains, der, issuing, oids
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.certificates import Certificate
from xuke.foundation.pki.chains import Outcome, TrustStore, judge
from xuke.foundation.pki.crls import Revocation, RevocationList
from xuke.foundation.pki.issuing import CertificateMaker, Subject
from xuke.foundation.pki.keys import PublicKey
from xuke.foundation.pki.tests.people import FANG, NOON, NOW, authority, fang, root, trust

DAY = timedelta(days=1)
each_family = pytest.mark.parametrize("family", Family)


def changed(certificate: Certificate, old: bytes, new: bytes) -> Certificate:
    assert certificate.der.count(old) == 1 and len(old) == len(new)
    return Certificate.read(certificate.der.replace(old, new))


@each_family
def test_a_person_whose_authority_we_trust_is_believed(family):
    verdict = judge(fang(family).certificate, trust(family), at=NOON)
    assert verdict.trusted and verdict.outcome is Outcome.TRUSTED and not verdict.doubts
    assert [one.common_name for one in verdict.chain] == ["王芳", "演示签发证书 DEMO", "演示根证书 DEMO"]


@each_family
def test_the_authority_in_between_may_come_along_with_the_person(family):
    person = fang(family).certificate
    store = trust(family, without=("intermediates",))
    assert judge(person, store, at=NOON).outcome is Outcome.UNKNOWN_ISSUER
    assert judge(person, store, at=NOON, extra=[authority(family).certificate]).trusted
    assert judge(person, store, at=NOON).outcome is Outcome.UNKNOWN_ISSUER, "what came along is not kept"


@each_family
def test_a_changed_name_breaks_the_signature(family):
    forged = changed(fang(family).certificate, "王芳".encode(), "李雷".encode())
    verdict = judge(forged, trust(family), at=NOON)
    assert verdict.outcome is Outcome.BAD_SIGNATURE and verdict.certificate == forged
    assert "伪造" in verdict.sentence


@each_family
def test_a_stranger_who_signs_for_themselves_is_not_believed(family):
    stranger = CertificateMaker.root("陌生人", family=family, now=NOW)
    verdict = judge(stranger.issue(FANG, now=NOW).certificate, trust(family), at=NOON)
    assert verdict.outcome is Outcome.UNKNOWN_ISSUER


def test_a_stranger_who_takes_the_name_of_our_authority_is_not_believed():
    namesake = CertificateMaker.root("演示签发证书 DEMO", family=Family.ECDSA, now=NOW)
    verdict = judge(namesake.issue(FANG, now=NOW).certificate, trust(), at=NOON, extra=[namesake.certificate])
    assert verdict.outcome in {Outcome.BAD_SIGNATURE, Outcome.UNKNOWN_ISSUER}
    assert not verdict.trusted


def test_a_person_who_signed_their_own_certificate_is_not_believed():
    own = CertificateMaker.root("王芳", family=Family.ECDSA, now=NOW)
    extensions = issuing._extensions(own.key, None, uses=issuing.SIGNING, authority=False)
    selfmade = issuing._certify(own.key, FANG.as_name, own.key, FANG.as_name, NOW, 30, extensions)
    assert judge(selfmade, trust(), at=NOON).outcome is Outcome.UNKNOWN_ISSUER
    assert judge(selfmade, trust(), at=NOON, extra=[selfmade] * 20).outcome is not Outcome.TRUSTED


def test_before_and_after_its_time_a_certificate_does_not_count():
    person = fang().certificate
    early = judge(person, trust(), at=NOW - DAY)
    assert early.outcome is Outcome.NOT_YET_VALID and "2026年11月20日" in early.sentence
    late = judge(person, trust(), at=NOW + 366 * DAY)
    assert late.outcome is Outcome.EXPIRED and late.certificate == person and "2027年11月20日" in late.sentence


def test_the_second_of_the_end_still_counts():
    person = fang().certificate
    lists = [one.revocation_list(now=person.not_after) for one in (root(), authority())]
    assert judge(person, trust(crls=lists), at=person.not_after).trusted
    after = judge(person, trust(crls=lists), at=person.not_after + timedelta(seconds=1))
    assert after.outcome is Outcome.EXPIRED


def test_an_authority_that_expired_takes_its_certificates_with_it():
    short = root().intermediate("短期签发", now=NOW, days=1)
    person = short.issue(FANG, now=NOW).certificate
    store = trust(intermediates=[short.certificate])
    verdict = judge(person, store, at=NOW + 2 * DAY)
    assert verdict.outcome is Outcome.EXPIRED and verdict.certificate == short.certificate


def test_a_renewed_authority_helps_where_the_old_one_expired():
    short = root().intermediate("短期签发", now=NOW, days=1)
    person = short.issue(FANG, now=NOW).certificate
    renewed = issuing._certify(
        root().key, root().certificate.subject, short.key, short.certificate.subject, NOW, 900,
        issuing._extensions(short.key, root().key, uses=issuing.AUTHORITY, authority=True),
    )  # fmt: skip
    at = NOW + 2 * DAY
    lists = [one.revocation_list(now=at) for one in (root(), short)]
    store = trust(intermediates=[short.certificate, renewed], crls=lists)
    assert judge(person, store, at=at).trusted


@each_family
def test_a_revoked_certificate_does_not_count_from_that_moment_on(family):
    why = Revocation(NOW + timedelta(hours=1), x509.ReasonFlags.key_compromise)
    store = trust(family, revoked=[(fang(family).certificate, why)])
    verdict = judge(fang(family).certificate, store, at=NOON)
    assert verdict.outcome is Outcome.REVOKED and verdict.revocation == why
    assert verdict.sentence == "证书已于2026年11月20日被吊销，原因：私钥泄露。"
    assert judge(fang(family).certificate, store, at=NOW + timedelta(minutes=59)).trusted, "an hour ago it counted"
    assert not judge(fang(family).certificate, store, at=NOON, demand_crl=False).trusted


def test_a_revoked_authority_takes_its_certificates_with_it():
    why = Revocation(NOW, x509.ReasonFlags.ca_compromise)
    lists = [
        root().revocation_list(now=NOW, revoked=[(authority().certificate, why)]),
        authority().revocation_list(now=NOW),
    ]
    verdict = judge(fang().certificate, trust(crls=lists), at=NOON)
    assert verdict.outcome is Outcome.REVOKED and verdict.certificate == authority().certificate


@pytest.mark.parametrize("reason", list(issuing._CRL_REASONS))
def test_every_reason_of_a_list_is_read(reason):
    store = trust(revoked=[(fang().certificate, Revocation(NOW, reason))])
    verdict = judge(fang().certificate, store, at=NOON)
    assert verdict.trusted == (reason is x509.ReasonFlags.remove_from_crl)
    assert verdict.trusted or "原因：" in verdict.sentence


def test_without_a_list_we_refuse_or_note_the_doubt():
    person = fang().certificate
    assert judge(person, trust(crls=[]), at=NOON).outcome is Outcome.CRL_MISSING
    noted = judge(person, trust(crls=[]), at=NOON, demand_crl=False)
    assert noted.trusted and noted.doubts == (Outcome.CRL_MISSING, Outcome.CRL_MISSING)


def test_a_list_of_yesterday_is_refused_or_noted():
    person, at = fang().certificate, NOW + 2 * DAY
    assert judge(person, trust(), at=at).outcome is Outcome.CRL_OUT_OF_DATE
    noted = judge(person, trust(), at=at, demand_crl=False)
    assert noted.trusted and set(noted.doubts) == {Outcome.CRL_OUT_OF_DATE}


def test_a_list_of_yesterday_still_says_who_was_revoked():
    store = trust(revoked=[(fang().certificate, Revocation(NOW))])
    assert judge(fang().certificate, store, at=NOW + 2 * DAY).outcome is Outcome.REVOKED


def test_the_newest_list_counts_but_only_a_hold_ever_ends():
    person, later = fang().certificate, NOON + timedelta(hours=1)

    def lists(reason):
        old = authority().revocation_list(now=NOW, revoked=[(person, Revocation(NOW, reason))])
        return [authority().revocation_list(now=NOON), old, root().revocation_list(now=NOW)]

    assert judge(person, trust(crls=lists(x509.ReasonFlags.certificate_hold)), at=later).trusted
    assert not judge(person, trust(crls=lists(x509.ReasonFlags.key_compromise)), at=later).trusted


def test_a_forged_list_is_no_list():
    namesake = CertificateMaker.root("演示签发证书 DEMO", family=Family.ECDSA, now=NOW)
    forged = RevocationList.read(
        issuing.pem.wrap("X509 CRL", _with_name_of(authority(), namesake))
    )  # signed by another key in the name of our authority
    store = trust(crls=[root().revocation_list(now=NOW), forged])
    assert judge(fang().certificate, store, at=NOON).outcome is Outcome.CRL_MISSING


def _with_name_of(whose: CertificateMaker, signer: CertificateMaker) -> bytes:
    maker = CertificateMaker(whose.certificate, signer.key)
    return issuing.pem.unwrap(maker.crl(now=NOW), "X509 CRL", what="", limit=10_000)[0]


def test_a_list_that_was_touched_is_no_list():
    encoded = issuing.pem.unwrap(authority().crl(now=NOW), "X509 CRL", what="", limit=10_000)[0]
    touched = RevocationList.read(encoded.replace(b"261121040000Z", b"361121040000Z"))
    assert touched.next_update.year == 2036
    store = trust(crls=[root().revocation_list(now=NOW), touched])
    assert judge(fang().certificate, store, at=NOON).outcome is Outcome.CRL_MISSING


def test_a_list_for_other_certificates_does_not_speak_of_this_one():
    place = "http://crl.example/1.crl"
    here = x509.IssuingDistributionPoint(
        [x509.UniformResourceIdentifier(place)], None, False, False, None, False, False
    )
    part = issuing._extension(oids.ISSUING_DISTRIBUTION_POINT, here.public_bytes(), critical=True)
    lists = [root().revocation_list(now=NOW), authority().revocation_list(now=NOW, further=[part])]
    listed = authority().issue(FANG, now=NOW, crl_places=[place]).certificate
    assert listed.crl_places == (place,)
    assert judge(listed, trust(crls=lists), at=NOON).trusted
    assert judge(fang().certificate, trust(crls=lists), at=NOON).outcome is Outcome.CRL_MISSING


@pytest.mark.parametrize(
    ("for_people", "for_authorities", "outcome"),
    [(True, False, Outcome.TRUSTED), (False, True, Outcome.CRL_MISSING)],
)
def test_a_list_only_for_people_or_only_for_authorities(for_people, for_authorities, outcome):
    kind = x509.IssuingDistributionPoint(None, None, for_people, for_authorities, None, False, False)
    part = issuing._extension(oids.ISSUING_DISTRIBUTION_POINT, kind.public_bytes(), critical=True)
    lists = [root().revocation_list(now=NOW), authority().revocation_list(now=NOW, further=[part])]
    assert judge(fang().certificate, trust(crls=lists), at=NOON).outcome is outcome


@pytest.mark.parametrize(
    "condition",
    [
        issuing._extension("2.5.29.27", der.integer(1), critical=True),
        issuing._extension("1.2.3.4", der.null(), critical=True),
        issuing._extension(
            oids.ISSUING_DISTRIBUTION_POINT,
            x509.IssuingDistributionPoint(None, None, False, False, None, True, False).public_bytes(),
            critical=True,
        ),
    ],
    ids=["addition to another list", "unknown condition", "of several issuers"],
)
def test_a_list_that_is_not_the_whole_truth_does_not_clear_anybody(condition):
    lists = [root().revocation_list(now=NOW), authority().revocation_list(now=NOW, further=[condition])]
    assert judge(fang().certificate, trust(crls=lists), at=NOON).outcome is Outcome.CRL_MISSING


@each_family
def test_a_person_cannot_issue_to_others(family):
    """The classic: a certificate for a person, used to sign another one."""
    impostor = CertificateMaker(fang(family).certificate, fang(family).key)
    forged = impostor.issue(Subject("李雷"), now=NOW).certificate
    verdict = judge(forged, trust(family), at=NOON, extra=[fang(family).certificate])
    assert verdict.outcome is Outcome.AUTHORITY_NOT_ALLOWED and verdict.certificate == fang(family).certificate


def test_an_authority_without_the_right_to_issue():
    powerless = root().intermediate("无权签发", now=NOW, authority=False)
    person = powerless.issue(FANG, now=NOW).certificate
    verdict = judge(person, trust(intermediates=[powerless.certificate]), at=NOON)
    assert verdict.outcome is Outcome.AUTHORITY_NOT_ALLOWED


def test_an_authority_may_not_make_authorities_beyond_its_path_length():
    below = authority().intermediate("越权的下级", now=NOW)
    person = below.issue(FANG, now=NOW).certificate
    verdict = judge(person, trust(), at=NOON, extra=[below.certificate])
    assert verdict.outcome is Outcome.AUTHORITY_NOT_ALLOWED and verdict.certificate == authority().certificate


def test_a_chain_of_too_many_authorities():
    maker, between = root(), []
    for number in range(chains.LONGEST_CHAIN):
        maker = maker.intermediate(f"第{number}级", now=NOW, path_length=None)
        between.append(maker.certificate)
    person = maker.issue(FANG, now=NOW).certificate
    assert judge(person, trust(), at=NOON, extra=between).outcome is Outcome.CHAIN_TOO_LONG


def test_crossed_certificates_end():
    """Authorities that certify one another in circles lead nowhere, and soon."""
    makers = [CertificateMaker.root("同名", family=Family.ECDSA, now=NOW) for _ in range(4)]
    crossed = [
        issuing._certify(one.key, one.certificate.subject, other.key, other.certificate.subject, NOW, 30,
                         issuing._extensions(other.key, one.key, uses=issuing.AUTHORITY, authority=True))
        for one in makers for other in makers
    ]  # fmt: skip
    person = makers[0].issue(FANG, now=NOW).certificate
    assert not judge(person, trust(intermediates=crossed), at=NOON).trusted


@pytest.mark.parametrize(
    "wanted",
    [
        {"uses": issuing.ENCRYPTION},
        {"purposes": ["1.3.6.1.5.5.7.3.1"]},
        {"purposes": ["1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.8"]},
    ],
    ids=["for encryption", "for servers", "for code and time stamps"],
)
def test_a_certificate_for_something_else(wanted):
    other = authority().issue(FANG, now=NOW, **wanted).certificate
    verdict = judge(other, trust(), at=NOON)
    assert verdict.outcome is Outcome.NOT_FOR_SIGNING and "签名证书" in verdict.sentence


def test_a_certificate_for_clients_or_mail_is_for_people():
    person = authority().issue(FANG, now=NOW, purposes=["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]).certificate
    assert judge(person, trust(), at=NOON).trusted


def test_an_authority_does_not_log_in():
    assert judge(authority().certificate, trust(), at=NOON).outcome is Outcome.NOT_FOR_SIGNING
    assert judge(root().certificate, trust(), at=NOON).outcome is Outcome.NOT_FOR_SIGNING


def test_a_restriction_that_we_do_not_know_is_not_ignored():
    unknown = issuing._extension("1.2.3.4", der.null(), critical=True)
    person = issuing._certify(
        authority().key, authority().certificate.subject, fang().key, FANG.as_name, NOW, 30,
        [*issuing._extensions(fang().key, authority().key, uses=issuing.SIGNING, authority=False), unknown],
    )  # fmt: skip
    assert judge(person, trust(), at=NOON).outcome is Outcome.NOT_UNDERSTOOD


def test_an_authority_with_a_restriction_that_we_do_not_know():
    key = issuing.keys.generate(Family.ECDSA)
    narrowed = issuing._certify(
        root().key, root().certificate.subject, key, Subject("受限签发").as_name, NOW, 30,
        [*issuing._extensions(key, root().key, uses=issuing.AUTHORITY, authority=True),
         issuing._extension("1.2.3.4", der.null(), critical=True)],
    )  # fmt: skip
    person = CertificateMaker(narrowed, key).issue(FANG, now=NOW).certificate
    assert judge(person, trust(intermediates=[narrowed]), at=NOON).outcome is Outcome.NOT_UNDERSTOOD


def test_short_keys_are_refused():
    key = issuing.keys._of(issuing.keys.rsa.generate_private_key(public_exponent=65537, key_size=1024))
    person = authority().issue(FANG, now=NOW, key=key).certificate
    verdict = judge(person, trust(), at=NOON)
    assert verdict.outcome is Outcome.WEAK and "2048" in verdict.sentence


def test_an_authority_with_a_short_key_vouches_for_nobody():
    key = issuing.keys._of(issuing.keys.rsa.generate_private_key(public_exponent=65537, key_size=1024))
    own = Subject("旧根").as_name
    old = issuing._certify(
        key, own, key, own, NOW, 30, issuing._extensions(key, None, uses=issuing.AUTHORITY, authority=True)
    )
    person = CertificateMaker(old, key).issue(FANG, now=NOW, family=Family.ECDSA).certificate
    assert judge(person, trust(roots=[old]), at=NOON).outcome is Outcome.WEAK


def test_a_moment_without_a_time_zone_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="time zone"):
        judge(fang().certificate, trust(), at=datetime(2026, 11, 20))


def test_the_second_judgement_checks_no_signature_again(monkeypatch):
    store, checked = trust(), []
    verify = PublicKey.verify
    monkeypatch.setattr(PublicKey, "verify", lambda *facts: checked.append(facts) or verify(*facts))
    assert judge(fang().certificate, store, at=NOON).trusted
    first = len(checked)
    assert judge(Certificate.read(fang().certificate_pem), store, at=NOON).trusted
    assert first == 4 and len(checked) == first, "two in the chain and two lists, once"


def test_strangers_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("xuke.foundation.pki.stores._MOST_REMEMBERED", 3)
    store = TrustStore()
    for number in range(10):
        question = (bytes([number]),)
        assert store.remember(question, lambda number=number: number * 2, is_worth=lambda _: True) == number * 2
    assert len(store._remembered) <= 3


def test_nothing_is_kept_of_what_reaches_no_root_of_ours():
    store = TrustStore()
    for _ in range(3):
        assert judge(fang().certificate, store, at=NOON).outcome is Outcome.UNKNOWN_ISSUER
    assert store._remembered == {}


def test_a_chain_is_remembered_by_digests_and_not_by_what_came_along():
    store = trust()
    assert judge(fang().certificate, store, at=NOON, extra=(fang().certificate,) * 5).trusted
    (key,) = store._remembered
    assert {len(digest) for digest in key} == {32}
