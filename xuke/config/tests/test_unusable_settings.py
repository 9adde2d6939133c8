"""An environment that cannot work ends every command with a sentence, before anything is done."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

GOOD = {"XUKE_OIDC_ISSUER": "https://p.example", "XUKE_OIDC_CLIENT_ID": "x", "XUKE_OIDC_CLIENT_SECRET": "y"}


def told(**environ: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "xuke.config.cli", "trust", "list"]
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"XUKE_OIDC_ISSUER": "https://p.example"}, "设置了 XUKE_OIDC_ISSUER，就要设置 XUKE_OIDC_CLIENT_ID。"),
        (GOOD | {"XUKE_OIDC_ISSUER": "http://p.example"}, "XUKE_OIDC_ISSUER 要以 https:// 开头"),
        ({"XUKE_AGENT": "http://agent.example; script-src *"}, "XUKE_AGENT 是签名助手的地址"),
    ],
)
def test_it_is_told_in_one_sentence(environ, sentence):
    code, said = told(**environ)
    assert code == 2
    assert said.startswith(sentence)
    assert len(said.splitlines()) == 1


def test_a_good_one_is_taken():
    assert told(**GOOD, XUKE_AGENT="http://localhost:4000")[0] == 0
