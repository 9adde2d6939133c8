"""A card that somebody claims through our own proxy, which asks nobody for cards and passes on what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.test import Client

from xuke.accounts.models import RealName, User
from xuke.foundation.pki.issuing import Subject
from xuke.identity.models import Attempt
from xuke.tests import cards
from xuke.tests.cards import PLACE, Authority
from xuke.tests.cast import everything

SECRET = "shared-between-proxy-and-us"


@pytest.fixture
def authority(world) -> Iterator[Authority]:
    with cards.trusted() as found:
        yield found


@pytest.mark.parametrize(("asks_for_cards", "status"), [(False, 403), (True, 303)])
def test_a_card_counts_only_where_the_proxy_asks_for_cards(settings, authority, asks_for_cards, status):
    """Certificates are no secret: whoever has seen one could send it along."""
    settings.XUKE_PROXIES, settings.XUKE_PROXY_SECRET = ["10.0.0.5"], SECRET
    settings.XUKE_TLS_CERTIFICATES = asks_for_cards
    with everything():
        number = RealName.objects.get(user=User.objects.get(login_name="wuxiaomei")).number
    card = authority.give(Subject("吴晓梅", resident_number=number)).certificate
    headers = {"host": PLACE, "X-Xuke-Proxy": SECRET, "X-SSL-Client-Cert": quote(card.pem)}
    answer = Client(REMOTE_ADDR="10.0.0.5").post("/login/certificate/tls/", headers=headers)
    assert answer.status_code == status
    with everything():
        assert Attempt.objects.get().accepted is asks_for_cards
