"""Rows on their way into the database, in the text format of COPY, by table; entries of the journal with their leaves.

Nothing here is escaped: what is invented holds no tabs, line breaks, quotes or backslashes, and a test verifies the
whole journal.
"""

from __future__ import annotations

from hashlib import sha256

from xuke.config.bench.million.days import Moment

COLUMNS = {
    "foundation_entry": "id, stream, seq, verb, at, effective_on, clock, actor, actor_label, subject_label,"
    " authority_path, enterprise_id, facts",
    "parties_enterprise": "id, revision, uscc, name, legal_representative, domicile, division_code",
    "parties_enterprisename": "enterprise_id, name, plain, tokens",
    "parties_site": "enterprise_id, address, division_code",
    "certificates_licence": "id, revision, kind, number, state, enterprise_id, authority_id, authority_path,"
    " granted_on, valid_to",
    "certificates_certificateversion": "licence_id, version, identifier, content, ordered_at, file_id, made_at,"
    " enterprise_id, authority_path",
    "licensing_application": "id, revision, procedure, state, enterprise_id, form, saved_at, authority_id,"
    " authority_path, receipt_number, acceptance_number, title, submitted_at, received_on, accepted_on, decided_on,"
    " term_began_on, due_on, due_provisional, claimed_by_id, claimed_at, accepted_by_id, reviewed_by_id, decided_by_id,"
    " received_by, examined_by, considered_by, verified_by, corrections, spot_correction, proposal, outcome,"
    " licence_id, categories",
    "licensing_visit": "application_id, team, observer, visit_on, assigned_at, due_on, sheet, sheet_revision, result,"
    " concluded_at, concluded_by_id, applicant_signed, signing_note, enterprise_id, authority_path",
    "publication_publishedlicence": "number, kind, state, holder, uscc, categories, products, division, authority,"
    " authority_path, granted_on, valid_to, ended_on, version, identifier, changed_at, plain, tokens",
    "publication_publishedevent": "number, seq, verb, effective_on, recorded_at, state, valid_to, version",
    "publication_progress": "receipt_number, procedure, state, authority, steps, received_on, due_on,"
    " due_provisional, licence_number, changed_at, acceptance_number, marks, closed_on",
    "publication_announcement": "id, verb, acceptance_number, holder, uscc, title, procedure, division, authority,"
    " authority_path, decided_on, announced_at, licence_number, place, level, category, categories, days",
}
"""What is written of each table; other columns keep the default of the database."""
LEAVES = "foundation_leaf"
LEAF_COLUMNS = "position, entry_id, digest"
NONE = "\\N"


class Stream:
    """One subject of the journal, whose entries are written one after the other."""

    __slots__ = ("_pages", "_path", "enterprise", "label", "name", "path", "seq")

    def __init__(self, pages: Pages, name: str, label: str, path: str, enterprise: int) -> None:
        self._pages, self.name, self.label, self.path, self.enterprise = pages, name, label, path, enterprise
        self.seq = 0

    def add(
        self,
        verb: str,
        at: Moment,
        actor: tuple[str, str],
        facts: str = "{}",
        clock: str = "",
        effective_on: str = "",
    ) -> int:
        """Write the next entry; `facts` is canonical JSON. Returns its number."""
        self.seq += 1
        return self._pages.entry(self, verb, at, actor, facts, clock, effective_on or at.day.text)


class Pages:
    """The rows of one chunk."""

    def __init__(self, first_entry: int) -> None:
        self.lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self.next_entry = first_entry
        self.digests: list[bytes] = []
        self._entries = self.lines["foundation_entry"].append

    def entry(
        self, of: Stream, verb: str, at: Moment, actor: tuple[str, str], facts: str, clock: str, effective_on: str
    ) -> int:
        """An entry, and the digest of its leaf over its canonical form (`foundation.canonical`)."""
        number = self.next_entry
        self.next_entry = number + 1
        moment, (code, label), path, enterprise = at.text, actor, of.path, of.enterprise
        self._entries(
            f"{number}\t{of.name}\t{of.seq}\t{verb}\t{moment}\t{effective_on}\t{clock}\t{code}\t{label}\t{of.label}\t"
            f"{path}\t{enterprise}\t{facts}\n"
        )
        content = (
            f'\0{{"actor":"{code}","actor_label":"{label}","at":"{moment}","authority_path":"{path}","clock":"{clock}",'
            f'"effective_on":"{effective_on}","enterprise_id":"{enterprise}","facts":{facts},"id":{number},'
            f'"seq":{of.seq},"stream":"{of.name}","subject_label":"{of.label}","verb":"{verb}"}}'
        )
        self.digests.append(sha256(content.encode()).digest())
        return number

    def add(self, table: str, *values: object) -> None:
        """A row of another table, in the order of `COLUMNS`."""
        self.lines[table].append("\t".join(map(str, values)) + "\n")

    @property
    def count(self) -> int:
        """How many rows."""
        return sum(map(len, self.lines.values()))


def array(values: object) -> str:
    """An array of texts or numbers without commas, braces and spaces in them."""
    return "{" + ",".join(map(str, values)) + "}"  # type: ignore[call-overload]
