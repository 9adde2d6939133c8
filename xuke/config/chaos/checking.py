"""The proof: the ledger of the people against the database and the files, once everything has come to rest."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from procrastinate.contrib.django.models import ProcrastinateJob

from xuke.certificates import verification
from xuke.certificates.models import CertificateVersion, Licence
from xuke.config.chaos import ledger
from xuke.config.chaos.ledger import Deed, Line
from xuke.documents.kinds import kind as kind_of
from xuke.documents.models import Notice
from xuke.foundation import files, journal_check
from xuke.foundation.models import Counter as Numbers
from xuke.foundation.models import Entry, Handled, StoredFile, Unhandled
from xuke.foundation.news import On
from xuke.foundation.scope import EVERYTHING
from xuke.foundation.transactions import opened_for
from xuke.licensing.commands.steps import PAST
from xuke.licensing.models import Application
from xuke.publication.models import Progress, PublishedLicence
from xuke.seals import pki

REPEATABLE = ("score", "file_material")
"""What may be sent again and counts again: the same marks or the same file a second time change only the journal."""
ONCE = (
    *(f"application.{past}" for verb, past in PAST.items() if verb in ("submit", "grant", "record_certificate")),
    "licence.issued",
    "licence.certificate_made",
    "notice.issued",
    "notice.rendered",
)
"""What happens once to one subject, whoever asks for it and however often."""
LOST, TWICE, NUMBER, JOB, NEWS, PUBLIC, JOURNAL, FILE, CERTIFICATE, STORY, FAULT = (
    "lost",
    "twice",
    "number",
    "job",
    "news",
    "public",
    "journal",
    "file",
    "certificate",
    "story",
    "fault",
)


@dataclass(frozen=True)
class Violation:
    """One promise that was broken."""

    kind: str
    message: str


def check(lines: Sequence[Line], handlers: Sequence[On]) -> list[Violation]:
    """Everything that is not as promised."""
    with opened_for(EVERYTHING):
        found = [
            *_acknowledged(lines),
            *_once(),
            *_stories(lines),
            *_numbers(),
            *_news(handlers),
            *_jobs(),
            *_files(),
            *_certificates(),
            *_public(),
        ]
    return [*found, *_journal()]


# --- what people were told --------------------------------------------------------------------------------------------


def _acknowledged(lines: Sequence[Line]) -> Iterator[Violation]:
    """What was acknowledged happened, once; what was never sent did not."""
    sent, told = ledger.count(lines, ledger.SENT), ledger.count(lines, ledger.ACKNOWLEDGED)
    happened = _happened(lines)
    for deed in sorted({*sent, *told, *happened}):
        stream, verb, _ = deed
        asked, promised, done = (count[deed] for count in (sent, told, happened))
        if done < (promised if verb in REPEATABLE else min(promised, 1)):
            yield Violation(LOST, f"{stream} {verb}：答复成功{promised}次，日志里有{done}次")
        if done > (asked if verb in REPEATABLE else min(asked, 1)):
            yield Violation(TWICE, f"{stream} {verb}：送出{asked}次，日志里有{done}次")


def _happened(lines: Sequence[Line]) -> Counter[Deed]:
    """What the journal says of the cases and the verbs of the ledger; of files, only those that people sent."""
    names = {f"application.{PAST[line.verb]}": line.verb for line in lines if line.verb}
    abouts = {line.about for line in lines}
    rows = Entry.objects.filter(stream__in={line.stream for line in lines}, verb__in=names)
    deeds = (
        (stream, names[verb], digest if names[verb] == "file_material" else "")
        for stream, verb, digest in rows.values_list("stream", "verb", "facts__digest")
    )
    return Counter(deed for deed in deeds if deed[2] in abouts)


def _once() -> Iterator[Violation]:
    rows = Entry.objects.filter(verb__in=ONCE).values("stream", "verb").annotate(times=Count("id")).filter(times__gt=1)
    for row in rows:
        yield Violation(TWICE, f"{row['stream']} {row['verb']}：{row['times']}次")


def _stories(lines: Sequence[Line]) -> Iterator[Violation]:
    """Every story that began was told to its end, and ended in a certificate."""
    begun, ended = ({line.stream for line in lines if line.what == what} for what in (ledger.BEGUN, ledger.ENDED))
    for stream in sorted(begun - ended):
        yield Violation(STORY, f"{stream} 没有办到底")
    ids = [stream.partition(":")[2] for stream in ended]
    states = {str(pk): state for pk, state in Application.objects.filter(pk__in=ids).values_list("pk", "state")}
    for pk in sorted(ids):
        if states.get(pk) != "certificate_issued":
            yield Violation(STORY, f"application:{pk} 停在“{states.get(pk, '不存在')}”")


# --- numbers ----------------------------------------------------------------------------------------------------------


def _numbers() -> Iterator[Violation]:
    """Every counter was given out from 1 to its value, each number once."""
    used = _used()
    counters = dict(Numbers.objects.filter(key__regex="^(licence|notice|receipt):").values_list("key", "value"))
    for key in sorted({*used, *counters}):
        given, last = Counter(used.get(key, ())), counters.get(key, 0)
        missing = [number for number in range(1, last + 1) if number not in given]
        if missing:
            yield Violation(NUMBER, f"{key}：缺{missing[:10]}")
        if twice := [number for number, times in given.items() if times > 1]:
            yield Violation(NUMBER, f"{key}：重复{twice[:10]}")
        if beyond := [number for number in given if number > last]:
            yield Violation(NUMBER, f"{key}：超出计数{last}的{beyond[:10]}")


_ORDINAL = re.compile(r"〔(\d{4})〕(\d+)号$")


def _used() -> dict[str, list[int]]:
    """The numbers that are on licences, receipts and notices, by the key of their counter."""
    used: dict[str, list[int]] = defaultdict(list)
    for number in Licence.objects.values_list("number", flat=True):
        used[f"licence:{number[:11]}"].append(int(number[11:15]))
    for receipt in Application.objects.exclude(receipt_number=None).values_list("receipt_number", flat=True):
        day, authority, ordinal = str(receipt).split("-")
        used[f"receipt:{authority}:{day[:4]}"].append(int(ordinal))
    for notice in (
        Notice.objects.exclude(kind="receipt").select_related("authority").only("kind", "number", "authority")
    ):
        found = _ORDINAL.search(notice.number)
        assert found, notice.number
        used[f"notice:{kind_of(notice.kind).name}:{notice.authority.code}:{found[1]}"].append(int(found[2]))
    return used


# --- news, jobs, journal ----------------------------------------------------------------------------------------------


def _news(handlers: Iterable[On]) -> Iterator[Violation]:
    """Every handler was told every entry of its verb, and carried its reaction out."""
    for handler, entry, problem in Unhandled.objects.values_list("handler", "entry_id", "problem"):
        yield Violation(NEWS, f"{handler} 还没有处理条目{entry}：{problem or '在排队'}")
    for on in handlers:
        done = Handled.objects.filter(handler=on.handler).values("entry_id")
        waiting = Unhandled.objects.filter(handler=on.handler).values("entry_id")
        missed = Entry.objects.filter(verb=on.verb).exclude(pk__in=done).exclude(pk__in=waiting)
        for entry in missed.values_list("pk", flat=True):
            yield Violation(NEWS, f"{on.handler} 没有被告知条目{entry}")


def _public() -> Iterator[Violation]:
    """The public register shows every licence and every case, and nothing else."""
    receipts = Application.objects.exclude(receipt_number=None).values_list("receipt_number", flat=True)
    for number in {*Licence.objects.values_list("number", flat=True)} ^ {
        *PublishedLicence.objects.values_list("number", flat=True)
    }:
        yield Violation(PUBLIC, f"{number} 只在登记或者公示的一处")
    for receipt in {*receipts} ^ {*Progress.objects.values_list("receipt_number", flat=True)}:
        yield Violation(PUBLIC, f"{receipt} 只在受理或者进度公示的一处")


def _jobs() -> Iterator[Violation]:
    for job in ProcrastinateJob.objects.exclude(status__in=("succeeded", "cancelled")).order_by("id"):
        yield Violation(JOB, f"{job.task_name} {job.args} {job.status}，试过{job.attempts}次")


def _journal() -> Iterator[Violation]:
    report = journal_check.verify()
    for finding in report.findings:
        yield Violation(JOURNAL, finding.message)
    if report.waiting or report.running:
        yield Violation(JOURNAL, f"{report.waiting}个条目没有封存，{report.running}个条目的事务没有结束")


# --- files ------------------------------------------------------------------------------------------------------------


def _files() -> Iterator[Violation]:
    """Every file that is known lies on the disk with its own digest."""
    for digest, size in StoredFile.objects.values_list("digest", "size").iterator():
        place = files.path_of(digest)
        if not place.is_file():
            yield Violation(FILE, f"{digest} 不在磁盘上")
        elif (content := place.read_bytes()) and (hashlib.sha256(content).hexdigest(), len(content)) != (digest, size):
            yield Violation(FILE, f"{digest} 的内容不是它的摘要")
    for notice in Notice.objects.filter(file=None):
        yield Violation(FILE, f"{notice.title} {notice.number} 没有文件")


def _certificates() -> Iterator[Violation]:
    """Every licence has one certificate, which is authentic and its own."""
    trust = pki.load_trust(Path(settings.XUKE_HOME) / pki.PLACE / f"{pki.ROOT}.pem")
    versions = defaultdict(list)
    for version in CertificateVersion.objects.select_related("licence"):
        versions[version.licence_id].append(version)
    for licence in Licence.objects.all():
        made = versions[licence.pk]
        if len(made) != 1 or made[0].file_id is None:
            yield Violation(CERTIFICATE, f"{licence.number} 有{len([one for one in made if one.file_id])}个证书文件")
            continue
        place = files.path_of(made[0].file_id)
        seen = verification.verify(place.read_bytes(), trust=trust) if place.is_file() else None
        if seen is None or not seen.authentic or seen.content is None or seen.content.licence_number != licence.number:
            yield Violation(CERTIFICATE, f"{licence.number} 的证书不能核验：{seen.verdict if seen else '没有文件'}")
