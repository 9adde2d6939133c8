"""`xuke agent` as people start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from xuke.config import cli
from xuke.foundation.pki.tests.people import fang

ORIGIN = "https://xk.example.gov.cn"


@pytest.fixture
def key_files(tmp_path):
    key, certificate = tmp_path / "wang.key", tmp_path / "wang.pem"
    key.write_text(fang().key_pem("135790", rounds=1000))
    certificate.write_text(fang().certificate_pem)
    return {"--key": str(key), "--certificate": str(certificate), "--origin": ORIGIN, "--port": "0"}


def words(options):
    return ["agent", *(word for pair in options.items() for word in pair)]


def test_it_starts_without_django_and_stops_at_ctrl_c(key_files):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "no.such.settings"}
    process = subprocess.Popen(
        [sys.executable, "-m", "xuke.config.cli", *words(key_files)],
        cwd=Path(__file__).parents[3], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        said = process.stdout.readline()
        assert "签名助手已经启动" in said and "王芳" in said
        port = int(said.partition("127.0.0.1:")[2].partition("，")[0])
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/v1/status", headers={"Origin": ORIGIN})
        assert json.loads(connection.getresponse().read())["agent"] == "xuke"
        connection.close()
    finally:
        process.send_signal(signal.SIGINT)
        _, problems = process.communicate(timeout=20)
    assert process.returncode == 130 and problems == ""


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--key", "/nowhere/key", "没有这个文件"),
        ("--certificate", "/nowhere/pem", "没有这个文件"),
        ("--certificate", "/", "读取失败"),
        ("--origin", "http://xk.example.gov.cn", "https://"),
        ("--origin", "https://xk.example.gov.cn/login/", "https://"),
        ("--port", "99999", "端口"),
    ],
)
def test_a_call_that_cannot_work_is_told_in_words(key_files, capsys, option, value, said):
    assert cli.main(words(key_files | {option: value})) == 2
    assert said in capsys.readouterr().err


def test_the_wrong_files_are_told_in_words(key_files, capsys):
    swapped = {"--key": key_files["--certificate"], "--certificate": key_files["--key"]}
    for option, file in swapped.items():
        assert cli.main(words(key_files | {option: file})) == 2
        assert capsys.readouterr().err.endswith("。\n")
