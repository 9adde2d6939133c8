"""What everybody can read, looked through for what nobody may read there (handbook 13.3, 18)."""

from __future__ import annotations

import re

from django.core.cache import cache
from django.test import Client

from xuke.accounts.models import RealName
from xuke.certificates.models import Licence
from xuke.foundation.identifiers import resident_id
from xuke.licensing.models import Application
from xuke.publication.models import Announcement
from xuke.tests.lives.people import People

_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z.\-])1[3-9]\d{9}(?![0-9A-Za-z.\-])")
FILES = ("布局图", "流程图", "equipment_layout_plan", "process_flow_chart")


def addresses() -> list[str]:
    """The pages and answers about every licence, case and announcement there is."""
    found = ["/api/v1/licences", "/api/v1/announcements", "/announcements/feed.json", "/licences/feed.json"]
    for number in Licence.objects.values_list("number", flat=True):
        found += [f"/api/v1/licences/{number}", f"/licences/{number}/", f"/licences/{number}/licence.jsonld"]
        found += [f"/api/v1/licences/{number}/standing", f"/verify/?number={number}"]
    for number in Application.objects.exclude(receipt_number=None).values_list("receipt_number", flat=True):
        found += [f"/api/v1/progress/{number}", f"/progress/?receipt={number}"]
    for pk in Announcement.objects.values_list("pk", flat=True):
        found += [f"/announcements/{pk}/"]
    return found


def nothing_private_is_told(people: People) -> None:
    """18: no number of a person, no file of a plant, on any page or in any answer about what was made."""
    client = Client()
    secret = {number for row in RealName.objects.all() for number in (row.number, row.mobile) if number}
    for address in addresses():
        cache.clear()
        answer = client.get(address)
        assert answer.status_code in (200, 404), f"{address}: {answer.status_code}"
        body = b"".join(answer) if answer.streaming else answer.content
        text = body.decode()
        numbers = [found for found in _NUMBER.findall(text) if resident_id.parse(found).valid]
        told = [*numbers, *_MOBILE.findall(text), *(word for word in FILES if word in text)]
        assert not told, f"18: {address} tells {told}"
        assert not any(number in text for number in secret), f"18: {address} tells a number of somebody"
