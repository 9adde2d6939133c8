"""`xuke verify FILE`, run as a program without Django, database or network."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xuke.certificates.tests.conftest import TEA, Workshop
from xuke.seals import pki

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
REPOSITORY = Path(__file__).resolve().parents[3]
PROGRAM = """
import argparse, socket, sys
def refuse(*_): raise AssertionError("no network")
socket.socket.connect = socket.getaddrinfo = refuse
from xuke.config import cli_verify
parser = argparse.ArgumentParser()
cli_verify.add_arguments(parser)
status = cli_verify.run(parser.parse_args())
assert "django" not in sys.modules
raise SystemExit(status)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """An installation with its keys and one certificate."""
    home = tmp_path_factory.mktemp("home")
    workshop = Workshop(pki.establish(home / pki.PLACE, now=NOON))
    (home / "licence.pdf").write_bytes(workshop.make(TEA))
    return home


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    environment = {"XUKE_HOME": str(home), "PATH": "", "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, text=True, cwd=home, env=environment, check=False)


def test_an_authentic_certificate_ends_with_0(home):
    done = run(home, "licence.pdf")
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("真实：licence.pdf", "SC11442058100071", "宜都市青岗岭茶业有限公司", "2031年11月22日", "演示证书"):
        assert words in done.stdout


def test_json_tells_everything(home):
    told = json.loads(run(home, "licence.pdf", "--json").stdout)
    assert told["authentic"] is True
    assert told["content"] == json.loads(TEA.as_json())
    assert told["file"] == "licence.pdf"


def test_a_changed_certificate_ends_with_1(home):
    (home / "changed.pdf").write_bytes((home / "licence.pdf").read_bytes() + b" ")
    done = run(home, "changed.pdf")
    assert done.returncode == 1
    assert "签章之后，文件又被追加了内容。" in done.stdout
    assert json.loads(run(home, "changed.pdf", "--json").stdout)["authentic"] is False


def test_another_root_may_be_trusted(home, tmp_path):
    pki.establish(tmp_path / "other", now=NOON)
    ours, theirs = str(home / pki.PLACE / "root.pem"), str(tmp_path / "other" / "root.pem")
    assert run(home, "licence.pdf", "--trust", theirs).returncode == 1
    assert run(home, "licence.pdf", "--trust", theirs, "--trust", ours).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.pdf"], "没有这个文件：missing.pdf"),
        (["."], "这是一个目录：."),
        (["licence.pdf", "--trust", "missing.pem"], "没有找到根证书 missing.pem"),
        (["licence.pdf", "--trust", "licence.pdf"], "licence.pdf 不是PEM格式的证书。"),
        ([], "FILE"),
    ],
)
def test_an_unusable_call_ends_with_2_and_says_why(home, arguments, words):
    done = run(home, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_installation_without_keys_says_so(home, tmp_path):
    done = run(tmp_path, str(home / "licence.pdf"))
    assert done.returncode == 2
    assert "没有找到根证书" in done.stderr
