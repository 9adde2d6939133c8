"""The talk with a certified provider (npm `oidc-provider`), as a client and without pages of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import requests
from django.utils import timezone

from xuke.foundation.identifiers import resident_id
from xuke.identity.oidc import answers
from xuke.identity.oidc.arrivals import Arrival
from xuke.identity.oidc.provider import Provider
from xuke.tests.oidc import real
from xuke.tests.oidc.browser import log_in_there
from xuke.tests.oidc.real import Account, Real

BACK = "http://127.0.0.1:8000/login/oidc/back/"
NUMBER = resident_id.compose(division="420521", born_on=date(1990, 2, 28), sequence=12)
WU = Account("wu", "吴晓梅", NUMBER, "13800005678")
FACE = Account("liu", "刘正平", acr="L3", amr=("pwd", "face"))
VERIFIER = "v" * 64


@pytest.fixture(scope="module")
def platform() -> Iterator[Real]:
    with real.running([BACK], [WU, FACE]) as server:
        yield server


def come_back(provider: Provider, login: str, *, nonce: str = "n") -> dict[str, str]:
    way = provider.way_there(state="s", nonce=nonce, verifier=VERIFIER, back=BACK)
    return log_in_there(way, login, back=BACK)


def arrive(provider: Provider, came: dict[str, str], *, nonce: str = "n") -> Arrival:
    return provider.arrival(code=came["code"], nonce=nonce, verifier=VERIFIER, back=BACK, now=timezone.now())


def test_wu_logs_in_there_and_arrives_here(platform):
    provider = Provider(platform.platform())
    came = come_back(provider, "wu")
    assert came["state"] == "s"
    assert provider.is_from(came["iss"])
    assert arrive(provider, came) == Arrival(platform.issuer, "wu", "吴晓梅", NUMBER, "13800005678", acr="L1")


def test_a_face_counts_as_strong_where_the_operator_says_so(platform):
    provider = Provider(platform.platform(strong_acr=frozenset({"L3"})))
    assert arrive(provider, come_back(provider, "liu")).is_strong
    assert not arrive(provider, come_back(provider, "wu")).is_strong
    provider = Provider(platform.platform(strong_amr=frozenset({"face"})))
    assert arrive(provider, come_back(provider, "liu")).is_strong


def test_the_code_of_a_login_works_once(platform):
    provider = Provider(platform.platform())
    came = come_back(provider, "wu")
    arrive(provider, came)
    with pytest.raises(answers.CodeRefused):
        arrive(provider, came)


def test_a_code_from_another_login_does_not_fit(platform):
    provider = Provider(platform.platform())
    with pytest.raises(answers.OtherNonce):
        arrive(provider, come_back(provider, "wu", nonce="of an earlier login"))


def test_cancelling_comes_back_as_an_error(platform):
    provider = Provider(platform.platform())
    way = provider.way_there(state="s", nonce="n", verifier=VERIFIER, back=BACK)
    assert log_in_there(way, "wu", back=BACK, do="cancel")["error"] == "access_denied"


def test_the_platform_changes_its_key_and_nobody_notices(platform):
    provider = Provider(platform.platform())
    arrive(provider, come_back(provider, "wu"))
    platform.stop()
    platform.key = real.new_key("two")
    platform.start()
    assert arrive(provider, come_back(provider, "wu")).subject == "wu"


def test_the_platform_knows_its_client_by_the_secret(platform):
    stranger = Provider(real.Platform(platform.issuer, real.CLIENT, "wrong-secret"))
    came = come_back(stranger, "wu")
    with pytest.raises(answers.CodeRefused):
        arrive(stranger, came)


def test_the_platform_sends_nobody_to_another_address(platform):
    provider = Provider(platform.platform())
    way = provider.way_there(state="s", nonce="n", verifier=VERIFIER, back="https://evil.example/")
    answer = requests.get(way, allow_redirects=False, timeout=10)
    assert answer.status_code == 400
