"""Licences and what happened to them, from the register of rights and its journal."""

from __future__ import annotations

from xuke.certificates.models import CertificateVersion, Licence
from xuke.foundation import journal
from xuke.foundation.bigrams import bigrams, plain
from xuke.foundation.journal import Event
from xuke.publication.models import PublishedEvent, PublishedLicence

VERBS = {"licence.issued": "in_force", "licence.certificate_made": "", "licence.expired": "expired"}
"""What is published of a licence's history, and the state it brings; empty where the state stays."""


def publish(number: str) -> None:
    """Write one licence and its history as they are now. Runs as the system, which sees every licence."""
    licence = Licence.objects.select_for_update(no_key=True).select_related("authority").get(number=number)
    versions = list(CertificateVersion.objects.filter(licence=licence).order_by("version"))
    events = _events(licence, journal.history(licence.stream))
    PublishedEvent.objects.bulk_create(
        events,
        update_conflicts=True,
        unique_fields=["number", "seq"],
        update_fields=["verb", "effective_on", "recorded_at", "state", "valid_to", "version"],
    )
    row = _row(licence, versions[-1], events[-1])
    fields = [field.name for field in PublishedLicence._meta.concrete_fields if field.name not in ("number", "place")]
    PublishedLicence.objects.bulk_create([row], update_conflicts=True, unique_fields=["number"], update_fields=fields)


def _row(licence: Licence, newest: CertificateVersion, last: PublishedEvent) -> PublishedLicence:
    content = newest.content
    categories = sorted({int(row["code"][:2]) for row in content["product_details"] if row["code"][:2].isdecimal()})
    return PublishedLicence(
        number=licence.number,
        kind=licence.kind,
        state=licence.state,
        holder=content["producer_name"],
        uscc=content["uscc"],
        categories=categories,
        products=in_one_line(content["product_details"]),
        division=content["division_code"],
        authority=content["issuer"],
        authority_path=licence.authority_path,
        granted_on=licence.granted_on,
        valid_to=licence.valid_to,
        ended_on=None if licence.state in ("in_force", "expired") else last.effective_on,
        version=newest.version,
        identifier=newest.identifier,
        changed_at=last.recorded_at,
        plain=plain(content["producer_name"]),
        tokens=tokens(content["producer_name"], content["division_code"], categories, licence.state),
    )


def tokens(holder: str, division: str, categories: list[int], state: str) -> list[str]:
    """What a licence is found by: pairs of characters of the name, and its facets at every level of the division."""
    places = [f"d:{division[:length]}" for length in (2, 4, 6)]
    return [*bigrams(holder), *places, *(f"c:{number}" for number in categories), f"s:{state}"]


def in_one_line(rows: list[dict[str, str]]) -> str:
    """茶叶及相关制品：茶叶、代用茶；饮料：茶类饮料."""
    named: dict[str, list[str]] = {}
    for row in rows:
        names = named.setdefault(row["category"], [])
        if row["name"] not in names:
            names.append(row["name"])
    return "；".join(f"{category}：{'、'.join(names)}" for category, names in named.items())


def _events(licence: Licence, history: tuple[Event, ...]) -> list[PublishedEvent]:
    """What of the history is public. A validity is what the licence's issue said it is."""
    state, version, published = "in_force", 1, []
    for event in history:
        if event.verb not in VERBS:
            continue
        state = VERBS[event.verb] or state
        version = event.facts.get("version", version)
        published.append(
            PublishedEvent(
                number=licence.number,
                seq=event.seq,
                verb=event.verb.partition(".")[2],
                effective_on=event.effective_on,
                recorded_at=event.at,
                state=state,
                valid_to=licence.valid_to,
                version=version,
            )
        )
    return published
