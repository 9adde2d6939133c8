"""What the identity platform says is checked as strictly as the standard allows. No database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from xuke.foundation.identifiers import credit_code, resident_id
from xuke.identity.oidc import answers
from xuke.identity.oidc.arrivals import Arrival
from xuke.identity.oidc.platform import Misconfigured, Platform, from_environment
from xuke.identity.oidc.provider import Provider
from xuke.tests.oidc import hostile
from xuke.tests.oidc.hostile import Hostile

NUMBER = resident_id.compose(division="420521", born_on=date(1990, 2, 28), sequence=12)
CODE = credit_code.compose(registrar="91", division="420506", organisation="MA4911LQ")
WU = {"sub": "wu-1", "name": "吴晓梅", "id_number": NUMBER, "phone_number": "13800005678"}
BACK = "http://localhost/login/oidc/back/"
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"


@pytest.fixture(scope="module")
def the_server() -> Iterator[Hostile]:
    with hostile.running() as server:
        yield server


@pytest.fixture
def platform(the_server: Hostile) -> Hostile:
    """The hostile platform, honest again at the beginning of each test."""
    the_server.be_honest()
    return the_server


def log_in(
    platform: Hostile, *, now: datetime | None = None, provider: Provider | None = None, **claims: object
) -> Arrival:
    """Somebody logs in there and comes back."""
    provider = provider or Provider(platform.platform())
    way = provider.way_there(state="s", nonce="n", verifier=VERIFIER, back=BACK)
    came = platform.agree(way, **{**WU, **claims})
    return provider.arrival(code=came["code"], nonce="n", verifier=VERIFIER, back=BACK, now=now or timezone.now())


def changed(**claims: object):
    return lambda honest: {name: value for name, value in {**honest, **claims}.items() if value is not None}


def test_wu_arrives_with_what_the_platform_vouches_for(platform):
    arrival = log_in(platform)
    assert arrival == Arrival(platform.issuer, "wu-1", "吴晓梅", NUMBER, "13800005678")
    assert arrival.is_proven
    assert not arrival.is_strong


def test_the_way_there_asks_for_a_code_and_shows_no_secret(platform):
    way = Provider(platform.platform()).way_there(state="s", nonce="n", verifier=VERIFIER, back=BACK)
    assert way.startswith(f"{platform.issuer}/auth?")
    assert "response_type=code" in way
    assert "code_challenge_method=S256" in way
    assert VERIFIER not in way
    assert hostile.SECRET not in way


LIES = {
    "another nonce": (changed(nonce="of somebody else"), answers.OtherNonce),
    "no nonce": (changed(nonce=None), answers.OtherNonce),
    "another issuer": (changed(iss="http://127.0.0.1:1"), answers.OtherIssuer),
    "no issuer": (changed(iss=None), answers.OtherIssuer),
    "the issuer with a slash": (lambda honest: {**honest, "iss": honest["iss"] + "/"}, answers.OtherIssuer),
    "a list of issuers": (lambda honest: {**honest, "iss": [honest["iss"]]}, answers.OtherIssuer),
    "another audience": (changed(aud="tax-office"), answers.OtherAudience),
    "no audience": (changed(aud=None), answers.OtherAudience),
    "us among others": (changed(aud=[hostile.CLIENT, "tax-office"], azp=hostile.CLIENT), answers.OtherAudience),
    "another party": (changed(azp="tax-office"), answers.OtherAudience),
    "expired": (lambda honest: {**honest, "exp": honest["iat"] - 120}, answers.Expired),
    "never expires": (changed(exp=None), answers.Expired),
    "expires in words": (changed(exp="tomorrow"), answers.Expired),
    "from the future": (lambda honest: {**honest, "iat": honest["iat"] + 600}, answers.Expired),
    "not yet": (lambda honest: {**honest, "nbf": honest["iat"] + 600}, answers.Expired),
    "another access token": (changed(at_hash=hostile.at_hash("of somebody else")), answers.OtherAccessToken),
    "no subject": (changed(sub=None), answers.NotBelieved),
    "an empty subject": (changed(sub=""), answers.NotBelieved),
    "a subject that is a number": (changed(sub=7), answers.NotBelieved),
    "a subject without end": (changed(sub="x" * 300), answers.NotBelieved),
}


@pytest.mark.parametrize(("lie", "expected"), LIES.values(), ids=LIES)
def test_a_token_that_lies_is_refused(platform, lie, expected):
    platform.lie = lie
    with pytest.raises(answers.NotBelieved) as refusal:
        log_in(platform)
    assert type(refusal.value) is expected
    assert "没有登录" in refusal.value.sentence or "核对" in refusal.value.sentence


def test_an_unsigned_token_is_refused(platform):
    platform.sign = hostile.unsigned
    with pytest.raises(answers.Unsigned):
        log_in(platform)


def test_a_shared_secret_is_no_signature(platform):
    for sign in (hostile.signed_with_the_public_key(platform), hostile.signed_with_the_client_secret):
        platform.sign = sign
        with pytest.raises(answers.Unsigned):
            log_in(platform)


def test_a_published_secret_is_no_key(platform):
    platform.jwks = [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]
    with pytest.raises(answers.BadSignature):
        log_in(platform)


def test_a_foreign_key_under_a_known_name_is_refused(platform):
    stranger = hostile.another_key()
    platform.sign = lambda claims: platform.signed(claims, stranger)
    with pytest.raises(answers.BadSignature):
        log_in(platform)


def test_a_changed_token_is_refused(platform):
    def change(claims):
        head, _, mark = platform.signed(claims).split(".")
        return ".".join((head, platform.signed({**claims, "sub": "zhou"}).split(".")[1], mark))

    platform.sign = change
    with pytest.raises(answers.BadSignature):
        log_in(platform)


def test_a_key_that_the_token_brings_along_is_not_used(platform):
    stranger = hostile.another_key()
    platform.sign = lambda claims: platform.signed(claims, stranger, jwk=stranger.as_dict(private=False))
    with pytest.raises(answers.BadSignature):
        log_in(platform)


def test_what_must_be_understood_and_is_not_is_refused(platform):
    platform.sign = lambda claims: hostile.signed_by_hand(platform, claims, crit=["until"], until=1)
    with pytest.raises(answers.BadSignature):
        log_in(platform)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", "{}", "x" * 40_000, "字.字.字"])
def test_what_is_no_token_is_refused(platform, text):
    platform.sign = lambda _: text
    with pytest.raises(answers.NotBelieved):
        log_in(platform)


def test_the_platform_may_change_its_keys_at_any_time(platform):
    provider = Provider(platform.platform())
    assert log_in(platform, provider=provider).subject == "wu-1"
    new = hostile.another_key("two")
    platform.jwks = [new.as_dict(private=False)]
    platform.sign = lambda claims: platform.signed(claims, new, kid="two")
    assert log_in(platform, provider=provider).subject == "wu-1"
    assert platform.asked.count("/keys") == 2
    platform.sign = None  # The old key counts no longer.
    with pytest.raises(answers.BadSignature):
        log_in(platform, provider=provider)


def test_an_elliptic_curve_beside_rsa_is_fine(platform):
    key = hostile.an_elliptic_key()
    platform.jwks = [
        platform.key.as_dict(private=False),
        {"kty": "EC", "crv": "SM2", "kid": "sm"},
        key.as_dict(private=False),
    ]
    platform.sign = lambda claims: platform.signed(claims, key, alg="ES256", kid="ec")
    assert log_in(platform).subject == "wu-1"


def test_a_code_works_once_and_only_with_its_verifier(platform):
    provider = Provider(platform.platform())
    way = provider.way_there(state="s", nonce="n", verifier=VERIFIER, back=BACK)
    came = platform.agree(way, **WU)
    now = timezone.now()
    with pytest.raises(answers.CodeRefused):
        provider.arrival(code=came["code"], nonce="n", verifier="another" * 8, back=BACK, now=now)
    came = platform.agree(way, **WU)
    provider.arrival(code=came["code"], nonce="n", verifier=VERIFIER, back=BACK, now=now)
    with pytest.raises(answers.CodeRefused):
        provider.arrival(code=came["code"], nonce="n", verifier=VERIFIER, back=BACK, now=now)


def test_the_discovery_of_another_platform_is_refused(platform):
    platform.published = {"issuer": "https://evil.example"}
    with pytest.raises(answers.OtherIssuer):
        log_in(platform)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_secrets_do_not_leave_unencrypted(platform, name):
    platform.published = {name: "http://192.0.2.1/elsewhere"}
    with pytest.raises(answers.PlatformDown):
        log_in(platform)


@pytest.mark.parametrize("trouble", ["down", "slow", "endless", "redirect", "nonsense"])
def test_a_platform_in_trouble_is_given_up_quickly(platform, trouble):
    platform.trouble = trouble
    with pytest.raises(answers.PlatformDown):
        log_in(platform)


def test_a_platform_that_is_gone_is_down():
    with pytest.raises(answers.PlatformDown):
        Provider(Platform("http://127.0.0.1:9", "xuke", "s", patience=0.3)).published()


def test_an_answer_says_which_platform_it_is_from(platform):
    provider = Provider(platform.platform())
    assert provider.is_from(platform.issuer)
    assert not provider.is_from("https://evil.example")
    assert not provider.is_from(None)  # This platform says that it always names itself.
    platform.published = {"authorization_response_iss_parameter_supported": False}
    assert Provider(platform.platform()).is_from(None)


# --- facts about the person -------------------------------------------------------------------------------------------


def test_what_the_token_does_not_say_is_asked_for(platform):
    platform.userinfo = {"sub": "wu-1", "name": "吴晓梅", "id_number": NUMBER}
    arrival = log_in(platform, name=None, id_number=None)
    assert (arrival.name, arrival.number) == ("吴晓梅", NUMBER)
    assert log_in(platform).number == NUMBER
    assert platform.asked.count("/me") == 1


def test_facts_about_somebody_else_are_refused(platform):
    platform.userinfo = {"sub": "zhou-1", "name": "周敏", "id_number": NUMBER}
    with pytest.raises(answers.NotBelieved):
        log_in(platform, name=None)


@pytest.mark.parametrize(
    "number", ["", NUMBER[:-1], f"{NUMBER[:-1]}{(int(NUMBER[-1], 16) + 1) % 10}", 7, None, "1" * 18, NUMBER + "1"]
)
def test_a_number_that_cannot_be_right_proves_nothing(platform, number):
    platform.userinfo = {"sub": "wu-1"}
    arrival = log_in(platform, id_number=number)
    assert arrival.number == ""
    assert not arrival.is_proven


def test_the_operator_says_what_the_platform_calls_things_and_what_counts_as_strong(platform):
    settings = from_environment(
        {
            "XUKE_OIDC_ISSUER": platform.issuer,
            "XUKE_OIDC_CLIENT_ID": hostile.CLIENT,
            "XUKE_OIDC_CLIENT_SECRET": hostile.SECRET,
            "XUKE_OIDC_CLAIMS": "name=xm, number=zjhm,credit_code=tyshxydm",
            "XUKE_OIDC_STRONG_ACR": "L3",
            "XUKE_OIDC_STRONG_AMR": "face,hwk",
            "XUKE_OIDC_PROVEN_ACR": "L2 L3",
        }
    )
    facts = {"xm": "吴晓梅", "zjhm": NUMBER, "tyshxydm": CODE}
    weak = log_in(platform, provider=Provider(settings), acr="L1", **facts)
    assert (weak.name, weak.number, weak.is_strong) == ("吴晓梅", "", False)
    proven = log_in(platform, provider=Provider(settings), acr="L2", amr=["pwd", "face"], **facts)
    assert (proven.number, proven.credit_code, proven.is_strong) == (NUMBER, CODE, True)
    assert log_in(platform, provider=Provider(settings), acr="L3", **facts).is_strong


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"XUKE_OIDC_CLIENT_ID": ""}, "XUKE_OIDC_CLIENT_ID"),
        ({"XUKE_OIDC_ISSUER": "http://platform.example"}, "https"),
        ({"XUKE_OIDC_SCOPE": "profile"}, "openid"),
        ({"XUKE_OIDC_CLAIMS": "mail=email"}, "mail"),
        ({"XUKE_OIDC_CLAIMS": "zjhm"}, "XUKE_OIDC_CLAIMS"),
        ({"XUKE_OIDC_PATIENCE": "long"}, "秒"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(change, words):
    good = {
        "XUKE_OIDC_ISSUER": "https://platform.example",
        "XUKE_OIDC_CLIENT_ID": "xuke",
        "XUKE_OIDC_CLIENT_SECRET": "s",
    }
    assert from_environment(good)
    assert from_environment({}) is None
    with pytest.raises(Misconfigured, match=re.escape(words)):
        from_environment({**good, **change})


def test_the_secret_is_not_printed(platform):
    assert hostile.SECRET not in repr(platform.platform())


def test_a_token_from_before_is_too_old(platform):
    with pytest.raises(answers.Expired):
        log_in(platform, now=timezone.now() + timedelta(minutes=7))
