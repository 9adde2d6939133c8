"""Personal things of the contact, so that their addresses lead somewhere: session, passkey, certificate, link."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone

from xuke.accounts.models import Authority, User
from xuke.exports.models import ListExport
from xuke.foundation import journal
from xuke.foundation.actors import SYSTEM
from xuke.foundation.identity import new_id
from xuke.foundation.models import StoredFile
from xuke.identity import sessions
from xuke.identity.certificates.models import BoundCertificate
from xuke.identity.models import Attempt, Passkey, RecoveryCode, Session, TotpDevice
from xuke.identity.oidc.models import ExternalIdentity
from xuke.licensing.models import Alarm, Application, Breach, BrokenGlass, Material, Rectification, ThirdParty
from xuke.parties.models import Ban, Enterprise, Invitation, Mandate
from xuke.proceedings.models import Proceeding
from xuke.signatures.models import Signature
from xuke.verifiers.models import Recognition, Record, Recusal, Verifier

CONTACT_NAME = "wuxiaomei"
CODE = "wuxiaomei-invites-somebody"


def contact() -> User:
    """吴晓梅, whose things they are."""
    return User.objects.get(login_name=CONTACT_NAME)


def session() -> Session:
    """The device she is logged in on."""
    store = sessions.begin(contact(), means="password", strong=True, now=timezone.now())
    return Session.objects.get(digest=sha256((store.session_key or "").encode()).digest())


def export() -> ListExport:
    """A list that the reviewer of the case has taken away. Hers alone."""
    reviewer = User.objects.get(login_name="chenlixin")
    authority = Authority.objects.get(code="420506")
    return ListExport.objects.create(
        user=reviewer,
        authority=authority,
        authority_path=authority.path,
        kind="all",
        form="csv",
        state="ready",
        asked_at=timezone.now(),
    )


def _of(case: Application) -> dict[str, Any]:
    return {
        "application": case,
        "clock": "decision",
        "authority": case.authority,
        "authority_path": case.authority_path,
        "enterprise": case.enterprise,
        "due_on": case.due_on,
    }


def alarm(case: Application) -> Alarm:
    """Its last day has come, which the authority above is told too."""
    return Alarm.objects.create(**_of(case), level="last", reach=3, raised_at=timezone.now())


def breach(case: Application) -> Breach:
    """Its term was let pass, and nobody has said why."""
    assert case.accepted_on is not None and case.due_on is not None
    return Breach.objects.create(
        **_of(case), limit=10, began_on=case.accepted_on, law_due_on=case.due_on, found_at=timezone.now()
    )


def ban() -> Ban:
    """Somebody of another enterprise may not apply for a while."""
    day = timezone.now().date()
    return Ban.objects.create(
        kind="food_crime",
        person="某某",
        from_on=day,
        basis="食品安全法第一百三十五条",
        origin="法院判决",
        source="",
        authority_path=Authority.objects.get(code="420506").path,
        imposed_at=timezone.now(),
        imposed_by="系统",
    )


def proceeding(case: Application, state: str) -> Proceeding:
    """A case to rescind the licence of the enterprise, with a statement and its file; nobody has it in hand yet."""
    assert case.licence is not None
    file = Material.objects.filter(application=case).order_by("pk")[0].file
    said = {"text": "请求从轻。", "at": timezone.now().isoformat(), "by": "吴晓梅", "file": file.pk, "name": "说明.pdf"}
    return Proceeding.objects.create(
        number="夷市监食许案〔2026〕9999号",
        kind="rescission",
        ground="fraud",
        state=state,
        licence=case.licence,
        enterprise=case.enterprise,
        authority_id=case.licence.authority_id,
        authority_path=case.licence.authority_path,
        facts="检验报告系伪造。",
        basis="行政许可法第六十九条第二款",
        opened_at=timezone.now(),
        opened_by="系统",
        told_on=None if state == "opened" else timezone.now().date(),
        statements=[said],
    )


def register() -> Verifier:
    """What the register keeps about the leading verifier: a training, a recognition, and from whom he stays away."""
    row = Verifier.objects.get(user__login_name="zhaohaifeng")
    day = timezone.now().date()
    about = {"verifier": row, "user_id": row.user_id, "authority_path": row.authority_path}
    Record.objects.create(
        kind="training", day=day, title="培训", hours=8, recorded_by="高岚", recorded_at=timezone.now(), **about
    )
    Recognition.objects.create(
        name=row.name,
        authority=row.authority,
        credential=row.credential,
        document="名册查询",
        recognised_on=day,
        recorded_by="高岚",
        **about,
    )
    Recusal.objects.create(
        name=row.name,
        uscc="91420500MA00000000",
        enterprise_name="某企业",
        ground="relative",
        state="standing",
        declared_on=day,
        **about,
    )
    return row


def request(case: Application) -> Recusal:
    """The applicant asks that the leading verifier stays away."""
    row = Verifier.objects.get(user__login_name="zhaohaifeng")
    return Recusal.objects.create(
        verifier=row,
        user_id=row.user_id,
        name=row.name,
        authority_path=case.authority_path,
        uscc="91420500MA00000000",
        enterprise_name="某企业",
        enterprise_id=case.enterprise_id,
        about=case.stream,
        ground="relative",
        state="requested",
        declared_on=timezone.now().date(),
    )


def rectification(case: Application, *, with_file: bool = False) -> Rectification:
    """What the visit found to be put right."""
    assert case.licence is not None
    row, _ = Rectification.objects.get_or_create(
        application=case,
        defaults={
            "licence": case.licence,
            "items": [{"number": 1, "title": "1.1", "note": "", "of": ""}],
            "due_on": timezone.now().date(),
            "enterprise_id": case.enterprise_id,
            "authority_path": case.authority_path,
        },
    )
    if with_file:
        row.file, row.file_name = StoredFile.objects.all()[:1].get(), "照片.pdf"
        row.save()
    return row


def passkey() -> Passkey:
    """Her passkey."""
    return Passkey.objects.create(
        user=contact(),
        name="手机",
        credential_id=new_id().bytes,
        public_key=b"key",
        sign_count=0,
        handle=b"handle",
        rp_id="localhost",
        added_at=timezone.now(),
    )


def factors() -> None:
    """A code app and a sheet of recovery codes."""
    now = timezone.now()
    TotpDevice.objects.create(user=contact(), secret="JBSWY3DPEHPK3PXP", last_step=0, added_at=now)
    RecoveryCode.objects.create(user=contact(), number=1, code="hash", made_at=now)
    Attempt.objects.create(user=contact(), means="password", accepted=True, at=now)


def certificate() -> BoundCertificate:
    """Her certificate."""
    now = timezone.now()
    return BoundCertificate.objects.create(
        user=contact(),
        fingerprint=new_id().bytes * 2,
        issuer="演示CA",
        serial="1",
        subject="吴晓梅",
        family="SM2",
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=1),
        bound_at=now,
        bound_by="self",
    )


def link() -> ExternalIdentity:
    """Her account on the identity platform."""
    return ExternalIdentity.objects.create(
        issuer="https://platform.example",
        subject=str(new_id()),
        user=contact(),
        linked_at=timezone.now(),
        linked_by="self",
    )


def mandate() -> Mandate:
    """What she may do for the enterprise."""
    return Mandate.objects.get(user=contact())


def invitation() -> Invitation:
    """An invitation that the enterprise's head gave to somebody."""
    now, given = timezone.now(), mandate()
    return Invitation.objects.create(
        code_hash=sha256(CODE.encode()).digest(),
        enterprise=Enterprise.objects.get(pk=given.enterprise_id),
        name="张三",
        mobile="13800001111",
        mark=b"m" * 32,
        capacity=Mandate.CASE_CONTACT,
        powers=["draft"],
        invited_by=User.objects.get(login_name="thehead"),
        invited_at=now,
        expires_at=now + timedelta(days=7),
    )


def glass(case: Application) -> BrokenGlass:
    """Somebody who reviewed asks to decide as well."""
    return BrokenGlass.objects.create(
        application=case,
        role="decider",
        reason="没有别人。",
        asked_by=User.objects.get(login_name="chenlixin"),
        asked_label="陈立新",
        asked_at=timezone.now(),
        authority_path=case.authority_path,
    )


def paper(case: Application) -> Signature:
    """The statement signed once more, by hand on paper, and the page that was scanned at the counter."""
    row = Signature.objects.get(about=case.stream)
    file = Material.objects.filter(application=case).order_by("pk")[0].file
    row.pk, row.about_revision, row.digest = new_id(), row.about_revision + 1, "0" * 64
    row.evidence = {"scan": str(file.pk)}
    row.save(force_insert=True)
    return row


def signed_record(case: Application) -> None:
    """A hearing of the case that is over, with the record that was signed."""
    file = Material.objects.filter(application=case).order_by("pk")[0].file
    Application.objects.filter(pk=case.pk).update(hearing={"standing": "held", "paper": str(file.pk)})


def evidence(case: Application) -> str:
    """The file on which the case was suspended, by its digest."""
    digest = str(Material.objects.filter(application=case).order_by("pk")[0].file_id)
    case.revision += 1
    case.save(update_fields=["revision"])
    said = {"ground": "outage", "reason": "停电。", "digest": digest, "paper": "书面申请.pdf"}
    journal.record("application.suspended", subject=case, by=SYSTEM, at=timezone.now(), **said)
    return digest


def third_party(case: Application) -> ThirdParty:
    """A neighbour who was told what is to be permitted and has not answered."""
    day = timezone.now().date()
    return ThirdParty.objects.create(
        application=case,
        name="兴禾社区居民委员会",
        interest="紧邻厂区",
        address="宜昌市夷陵区",
        told_on=day,
        answer_by=day + timedelta(days=7),
        enterprise=case.enterprise,
        authority_path=case.authority_path,
    )
