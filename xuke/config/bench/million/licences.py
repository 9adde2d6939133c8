"""Enterprises with their licences, certificates and public rows, as the commands and handlers would have left them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from xuke.config.bench.million.days import Calendar, Day, Moment
from xuke.config.bench.million.offers import Offer
from xuke.config.bench.million.pages import NONE, Pages, Stream, array
from xuke.config.bench.million.places import Hand, Place
from xuke.foundation.bigrams import bigrams
from xuke.foundation.identifiers import checksums, credit_code, food_licence
from xuke.foundation.identifiers.e_licence import ROOT
from xuke.publication.projection import register

SYSTEM = ("system", "系统")
IN_FORCE, EXPIRED = "in_force", "expired"
_FIVE_YEARS = 1825


@dataclass(frozen=True)
class Firm:
    """An enterprise as rows about it need it."""

    id: int
    uscc: str
    name: str
    plain: str
    head: str
    domicile: str
    address: str
    place: Place
    offer: Offer

    @property
    def named(self) -> str:
        """Whoever acts for it, as entries name them: the legal representative."""
        return f"{self.head}（{self.name}）"


@dataclass(frozen=True)
class Made:
    """A licence that was written."""

    id: str
    number: str
    granted: Moment


@dataclass(frozen=True)
class Settings:
    """What the contents of certificates say everywhere."""

    type_code: str
    verify_address: str
    demo: bool
    files: tuple[str, ...]
    """Digests of the files that stand for every certificate: they exist, and few share one."""


def code_of(place: Place, registrar: str, number: int) -> str:
    """A well-formed credit code that belongs to nobody."""
    return credit_code.compose(registrar=registrar, division=place.code, organisation=f"ME{number:06}")


def write_firm(pages: Pages, firm: Firm, since: Moment, *, with_site: Moment | None) -> None:
    """The enterprise with its name cut for searching; its site where a grant has told it."""
    stream = Stream(pages, f"enterprise:{firm.uscc}", firm.name, firm.place.path, firm.id)
    stream.add("enterprise.registered", since, SYSTEM, f'{{"name":"{firm.name}","uscc":"{firm.uscc}"}}')
    if with_site:
        stream.add("enterprise.site_added", with_site, SYSTEM, f'{{"address":"{firm.address}"}}')
        pages.add("parties_site", firm.id, firm.address, firm.place.code)
    pages.add(
        "parties_enterprise", firm.id, stream.seq, firm.uscc, firm.name, firm.head, firm.domicile, firm.place.code
    )
    pages.add("parties_enterprisename", firm.id, firm.name, firm.plain, array(_pairs(firm.name)))


@lru_cache(maxsize=64)
def _pairs(name: str) -> tuple[str, ...]:
    return bigrams(name)


class Licences:
    """Writes licences; knows the states of check digits that many numbers share."""

    def __init__(self, calendar: Calendar, settings: Settings) -> None:
        self.calendar, self.settings = calendar, settings

    def in_force(self, pages: Pages, firm: Firm, sequence: int, random: Random, *, granted: Moment | None) -> Made:
        """A licence within its five years, some with a second and third version."""
        began = granted or self.calendar.ago(2 + int(random.random() * (_FIVE_YEARS - 3))).moment(random)
        luck = random.random()
        versions = 1 if granted or luck < 0.82 else 2 if luck < 0.97 else 3
        return self._write(pages, firm, sequence, random, began, versions)

    def expired(self, pages: Pages, firm: Firm, sequence: int, random: Random) -> Made:
        """A licence whose five years are over."""
        ago = _FIVE_YEARS + 3 + int(random.random() * _FIVE_YEARS * 0.8)
        return self._write(pages, firm, sequence, random, self.calendar.ago(ago).moment(random), 1)

    def _write(self, pages: Pages, firm: Firm, sequence: int, random: Random, granted: Moment, versions: int) -> Made:
        place, offer, day = firm.place, firm.offer, granted.day
        number = food_licence.compose(category=offer.main_category, division=place.code, sequence=sequence)
        made = Made(granted.new_id(random), number, granted)
        valid_to = day.valid_to.isoformat()
        stream = Stream(pages, f"licence:{number}", f"食品生产许可证 {number}", place.path, firm.id)
        decider = (place.decider.code, place.decider.label)
        state, changed, identifier = IN_FORCE, granted, ""
        stream.add("licence.issued", granted, decider, f'{{"number":"{number}","valid_to":"{valid_to}"}}')
        self._publish(pages, stream, number, "issued", granted, state, valid_to, 1)
        for version in range(1, versions + 1):
            ordered = granted if version == 1 else self._later(changed, random)
            changed = Moment(ordered.day, ordered.microseconds + 2_718_281)
            identifier = _identifier(self.settings.type_code, place.uscc, number, version)
            digest = self.settings.files[int(random.random() * len(self.settings.files))]
            facts = f'{{"digest":"{digest}","version":{version}}}'
            stream.add("licence.certificate_made", changed, SYSTEM, facts)
            self._publish(pages, stream, number, "certificate_made", changed, state, valid_to, version)
            content = self._content(firm, number, identifier, version, ordered.day, day, valid_to)
            pages.add(
                "certificates_certificateversion",
                made.id,
                version,
                identifier,
                content,
                ordered.text,
                digest,
                changed.text,
                firm.id,
                place.path,
            )
        if day.valid_to < self.calendar.today:
            state, changed = EXPIRED, Moment(self.calendar.at(day.valid_to).next, 100_000)
            stream.add("licence.expired", changed, SYSTEM, f'{{"valid_to":"{valid_to}"}}')
            self._publish(pages, stream, number, "expired", changed, state, valid_to, versions)
        pages.add(
            "certificates_licence",
            made.id,
            stream.seq,
            "food",
            number,
            state,
            firm.id,
            place.authority,
            place.path,
            day.text,
            valid_to,
        )
        pages.add(
            "publication_publishedlicence",
            number,
            "food",
            state,
            firm.name,
            firm.uscc,
            array(offer.categories),
            offer.line,
            place.code,
            place.authority_name,
            place.path,
            day.text,
            valid_to,
            NONE,
            versions,
            identifier,
            changed.text,
            firm.plain,
            array(register.tokens(firm.name, place.code, offer.categories, state)),
        )
        return made

    def _later(self, after: Moment, random: Random) -> Moment:
        """Some moment after this one, not in the future."""
        left = (self.calendar.today - after.day.on).days
        return self.calendar.ago(int(random.random() * max(left - 1, 0))).moment(random) if left > 1 else after

    def _publish(
        self, pages: Pages, of: Stream, number: str, verb: str, at: Moment, state: str, valid_to: str, version: int
    ) -> None:
        pages.lines["publication_publishedevent"].append(
            f"{number}\t{of.seq}\t{verb}\t{at.day.text}\t{at.text}\t{state}\t{valid_to}\t{version}\n"
        )

    def _content(
        self, firm: Firm, number: str, identifier: str, version: int, issued: Day, first: Day, valid_to: str
    ) -> str:
        """As `certificates.commands` orders it."""
        place, offer, settings = firm.place, firm.offer, self.settings
        return (
            f'{{"licence_number":"{number}","producer_name":"{firm.name}","uscc":"{firm.uscc}",'
            f'"legal_representative":"{firm.head}","domicile":"{firm.domicile}",'
            f'"production_address":"{place.full}{firm.address}","food_categories":{offer.food_categories},'
            f'"product_details":{offer.product_details},"valid_to":"{valid_to}","issued_on":"{issued.text}",'
            f'"first_issued_on":"{first.text}","issuer":"{place.authority_name}","division_code":"{place.code}",'
            f'"e_licence_identifier":"{identifier}","version":{version},'
            f'"verify_address":"{settings.verify_address}","demo":{str(settings.demo).lower()}}}'
        )


def _identifier(type_code: str, issuer: str, serial: str, version: int) -> str:
    """As `e_licence.compose` makes it, without reading again what was made a moment ago."""
    check = checksums.mod_37_36(f"{type_code}{issuer}{serial}{version:03}")
    return f"{ROOT}.{type_code}.{issuer}.{serial}.{version:03}.{check}"


def actor(hand: Hand) -> tuple[str, str]:
    """An officer as entries name them."""
    return hand.code, hand.label
