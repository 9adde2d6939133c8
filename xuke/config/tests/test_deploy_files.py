"""What lies in deploy/: units, a compose file and a proxy that name what is there, harden it, and stop it in time."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from django.urls import reverse

from xuke.config.cli import SUBCOMMANDS
from xuke.exports import urls as exports

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
HARDENED = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "CapabilityBoundingSet": ""}


def unit(path: Path) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.optionxform = str
    parsed.read_string(path.read_text("utf-8"))
    return parsed


def is_a_command(words: list[str]) -> bool:
    """Whether xuke has this word, and its module these options."""
    module = next(each.module for each in SUBCOMMANDS if each.name == words[0])
    source = (ROOT / "xuke" / "config" / f"{module}.py").read_text("utf-8")
    return all(f'"{word}"' in source for word in words if word.startswith("--"))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_there_is_and_touches_nothing_but_its_state(path):
    service = unit(path)["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/xuke/.venv/bin/xuke"
    assert is_a_command(words)
    assert {name: service[name] for name in HARDENED} == HARDENED
    assert service["ReadWritePaths"].startswith("/var/lib/xuke")
    if service.get("Type") != "oneshot":
        assert service["Restart"] == "always"
        assert int(service["TimeoutStopSec"]) >= 30


def test_the_web_is_given_longer_to_stop_than_it_gives_its_visitors():
    service = unit(DEPLOY / "systemd" / "xuke-web.service")["Service"]
    words = shlex.split(service["ExecStart"])
    assert int(service["TimeoutStopSec"]) > int(words[words.index("--grace") + 1])
    assert "-HUP" in service["ExecReload"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").iterdir()), ids=lambda path: path.name)
def test_systemd_reads_the_unit(path):
    done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    # What is not installed on this machine is not our mistake; a word that systemd does not know is.
    assert not re.search(r"Unknown|Failed to parse|Invalid|not support", done.stderr), done.stderr


def test_the_example_of_the_environment_names_variables_there_are():
    names = re.findall(r"^(?:# )?([A-Z_]+)=", (DEPLOY / "environment.example").read_text("utf-8"), re.MULTILINE)
    told = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert "DATABASE_PUBLIC_URL" in names
    assert [name for name in names if f"`{name}`" not in told] == []


def test_the_compose_file_runs_commands_there_are():
    text = (DEPLOY / "container" / "compose.yaml").read_text("utf-8")
    commands = [re.findall(r'"([^"]*)"', line) for line in re.findall(r"^    command: \[(.*)\]$", text, re.MULTILINE)]
    assert [words[0] for words in commands] == ["prepare", "serve", "worker", "backup"]
    assert all(is_a_command(words) for words in commands)
    image = (DEPLOY / "container" / "Containerfile").read_text("utf-8")
    assert all((ROOT / name).exists() for name in re.findall(r"^COPY (?!--from)(deploy/\S+)", image, re.MULTILINE))
    assert (DEPLOY / "container" / "start").stat().st_mode & 0o111


def test_the_proxy_is_trusted_at_the_address_at_which_the_container_sees_it():
    """A port published to this machine is seen as coming from the gateway of the network, which must not change."""
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text("utf-8"))
    web = compose["services"]["web"]
    assert all(port.startswith("127.0.0.1:") for port in web["ports"])
    (open_network,) = [name for name in web["networks"] if not compose["networks"][name].get("internal")]
    (known,) = compose["networks"][open_network]["ipam"]["config"]
    assert ip_address(known["gateway"]) in ip_network(known["subnet"])
    assert web["environment"]["XUKE_PROXIES"] == known["gateway"]


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets a file through: the last line that names it, or a folder of it, decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern = re.escape(line.removeprefix("!")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
            sent = line.startswith("!") if re.fullmatch(f"{pattern}(?:/.*)?", path) else sent
    return sent


@pytest.mark.parametrize(
    "path",
    [
        "var/keys/journal/signing.pem",
        "var/secret_key",
        "var/files/ab/cd/abcd",
        "prepared/keys/data/1.key",
        ".git/config",
        ".venv/bin/python",
        ".venv/.made",
        "frontend/node_modules/x/index.js",
        "backups/2026-11-22T02-30-00Z/manifest.json",
        "environment",
        "deploy/environment",
        "xuke/.env",
        "xuke/config/__pycache__/settings.pyc",
    ],
)
def test_nothing_of_the_machine_that_builds_goes_into_the_image(path):
    assert not is_sent(path)


def test_what_the_image_is_made_from_goes_into_it():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    ours = [path for path in listed.stdout.splitlines() if path.startswith(("xuke/", "tools/", "frontend/"))]
    named = re.findall(r"ROOT / \"([\w/.-]+)\"", (ROOT / "tools" / "setup.py").read_text("utf-8"))
    wanted = ["Makefile", "LICENSE", "requirements.lock", "requirements-node.lock", "deploy/container/start"]
    files = [name for name in named if (ROOT / name).is_file()]
    assert [path for path in (*ours, *files, *wanted) if not is_sent(path)] == []


def test_nginx_passes_on_at_once_what_is_written_while_it_is_read():
    """A list that is buffered is cut after a minute without a byte."""
    streamed = [reverse(each.name) for each in exports.urlpatterns if each.default_args.get("kind")]
    streamed += [reverse("export-file", args=[UUID(int=1)])]
    site = (DEPLOY / "nginx" / "xuke.conf").read_text("utf-8")
    places = re.findall(r"location ~ (\S+) \{[^}]*proxy_buffering off;[^}]*\}", site)
    assert len(streamed) > 3
    assert [address for address in streamed if not any(re.search(place, address) for place in places)] == []
    others = ["/office/", "/office/exports/", reverse("export", args=[UUID(int=1)]), "/licences/"]
    assert [address for address in others if any(re.search(place, address) for place in places)] == []


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_nginx_reads_the_example(tmp_path):
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=licence.example"]
        + ["-keyout", tmp_path / "key", "-out", tmp_path / "pem"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    site = (DEPLOY / "nginx" / "xuke.conf").read_text("utf-8")
    site = re.sub(r"/etc/xuke/tls/licence\.example\.", f"{tmp_path}/", site)
    text = f"pid {tmp_path}/pid; events {{}}\nhttp {{ access_log off; {site} }}\n"
    (tmp_path / "nginx.conf").write_text(text)
    asked = ["nginx", "-t", "-e", f"{tmp_path}/log", "-c", tmp_path / "nginx.conf"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
