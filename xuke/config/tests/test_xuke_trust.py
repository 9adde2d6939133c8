"""`xuke trust`: what the operator trusts, nobody else can put there by mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from xuke.config import cli
from xuke.foundation.pki.algorithms import Family
from xuke.foundation.pki.crls import Revocation
from xuke.foundation.pki.issuing import Subject
from xuke.tests.cards import Authority


@pytest.fixture
def authority() -> Authority:
    return Authority(Family.SM2, timezone.now() - timedelta(days=30))


@pytest.fixture
def trust(tmp_path, settings, capsys):
    """Runs the command; its exit code and what it said."""
    settings.XUKE_HOME = tmp_path

    def run(*words: str, content: bytes | str = "") -> tuple[int, str]:
        if content:
            file = tmp_path / "given"
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
            words = (*words, str(file))
        code = cli.main(["trust", *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_a_root_an_intermediate_and_a_list_are_trusted_in_this_order(trust, authority):
    assert "没有根证书" in trust("list")[1]
    code, said = trust("add", content=authority.issuing.certificate.pem)
    assert code == 2
    assert "请先放入它的根证书" in said
    for certificate in (authority.root.certificate, authority.issuing.certificate):
        code, said = trust("add", content=certificate.pem)
        assert code == 0
        assert certificate.fingerprint[:8] in said
    card = authority.give(Subject("吴晓梅")).certificate
    now = timezone.now()
    assert trust("crl", content=authority.issuing.crl(now=now, revoked=[(card, Revocation(now))]))[0] == 0
    code, said = trust("list")
    assert code == 0
    assert "测试根证书" in said
    assert "1张" in said


def test_a_persons_certificate_is_no_authority(trust, authority):
    trust("add", content=authority.root.certificate.pem)
    code, said = trust("add", content=authority.give(Subject("吴晓梅")).certificate.pem)
    assert code == 2
    assert "不是认证机构的证书" in said


def test_an_older_list_does_not_replace_a_newer_one(trust, authority):
    trust("add", content=authority.root.certificate.pem)
    now = timezone.now()
    assert trust("crl", content=authority.root.crl(now=now))[0] == 0
    code, said = trust("crl", content=authority.root.crl(now=now - timedelta(hours=1)))
    assert code == 2
    assert "已经有更新的吊销列表" in said


def test_a_list_of_somebody_else_is_refused(trust, authority):
    trust("add", content=authority.root.certificate.pem)
    stranger = Authority(Family.SM2, authority.since)
    code, said = trust("crl", content=stranger.root.crl(now=timezone.now()))
    assert code == 2
    assert "不是已经信任的机构签发的" in said


def test_a_list_that_is_out_of_date_is_told(trust, authority):
    trust("add", content=authority.root.certificate.pem)
    trust("crl", content=authority.root.crl(now=timezone.now() - timedelta(days=3)))
    code, said = trust("list")
    assert code == 1
    assert "吊销列表已经过期" in said


@pytest.mark.parametrize("content", [b"x", b"\x30\x03\x02\x01\x01", b"-----BEGIN CERTIFICATE-----"])
def test_what_cannot_be_read_is_refused(trust, content):
    assert trust("add", content=content)[0] == 2
    assert trust("crl", content=content)[0] == 2
    assert trust("add", "/nowhere/at/all")[0] == 2
