"""An installation's own PostgreSQL: it starts, comes back after any crash, and stops when the last command is done."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from xuke.config import embedded
from xuke.config.embedded import programs


@pytest.fixture
def home(monkeypatch):
    """An installation in a folder with a space in its name, which the server's account can reach."""
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("DATABASE_OWNER_URL")
    monkeypatch.delenv("DATABASE_PUBLIC_URL")
    folder = Path(tempfile.mkdtemp(prefix="xuke home "))
    folder.chmod(0o755)
    yield folder / "var"
    embedded.destroy(folder / "var")
    shutil.rmtree(folder)


def _server(home):
    return int((embedded.cluster_of(home).data / "postmaster.pid").read_text().split()[0])


@pytest.mark.kill
def test_what_was_committed_survives_a_killed_server(home):
    info = embedded.ensure_running(home)
    with psycopg.connect(info.owner) as owner:
        owner.execute("CREATE TABLE note (text text)")
    with psycopg.connect(info.app) as application:
        application.execute("INSERT INTO note VALUES ('committed')")
    os.kill(_server(home), signal.SIGKILL)
    info = embedded.ensure_running(home)
    with psycopg.connect(info.app) as application:
        assert application.execute("SELECT text FROM note").fetchall() == [("committed",)]


@pytest.mark.kill
def test_the_lock_of_a_server_that_nobody_reaped_does_not_stop_the_next(home):
    embedded.ensure_running(home)
    cluster = embedded.cluster_of(home)
    lock = (cluster.data / "postmaster.pid").read_text().splitlines()
    embedded.stop(home)
    dead = subprocess.Popen(["true"])
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)  # A zombie until we ask for its end.
    (cluster.data / "postmaster.pid").write_text("\n".join([str(dead.pid), *lock[1:]]))
    embedded.ensure_running(home)
    assert cluster.is_running()
    dead.wait()


@pytest.mark.kill
def test_the_service_of_the_database_ends_when_the_server_dies_so_that_it_is_started_again(home):
    command = [sys.executable, "-m", "xuke.config.cli", "database"]
    environ = {**os.environ, "XUKE_HOME": str(home)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as service:
        assert service.stdout.readline() == "内置数据库已启动。\n"
        os.kill(_server(home), signal.SIGKILL)
        assert service.wait(timeout=10) == 1
        assert "内置数据库意外停止，请重新启动它" in service.stderr.read()
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout.readline() == "内置数据库已启动。\n"
        service.terminate()
        assert service.wait() == 0


@pytest.mark.kill
def test_the_last_of_two_commands_stops_the_server(home):
    script = "import sys; from pathlib import Path; from xuke.config import embedded\n"
    script += "with embedded.running(Path(sys.argv[1])): print('up', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout.readline() == "up\n"
        with embedded.running(home):
            pass
        assert embedded.cluster_of(home).is_running()
        first.stdin.close()
        assert first.wait() == 0
    assert not embedded.cluster_of(home).is_running()


@pytest.mark.kill
def test_a_command_that_was_killed_does_not_keep_the_server_running(home):
    script = "import sys; from pathlib import Path; from xuke.config import embedded\n"
    script += "embedded.ensure_running(Path(sys.argv[1])); print('up', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout.readline() == "up\n"
        first.kill()
    with embedded.running(home):
        pass
    assert not embedded.cluster_of(home).is_running()


def test_a_folder_with_a_very_long_name_works_too(home):
    deep = home / ("long" * 30)
    with embedded.running(deep) as info, psycopg.connect(info.app) as application:
        assert application.execute("SELECT current_user").fetchone() == ("xuke_app",)
    embedded.destroy(deep)


def test_each_role_may_do_its_own_and_no_more(home):
    with embedded.running(home) as info:
        with psycopg.connect(info.owner) as owner:
            owner.execute("CREATE TABLE note (id int GENERATED ALWAYS AS IDENTITY, text text)")
        with psycopg.connect(info.app) as application:
            application.execute("INSERT INTO note (text) VALUES ('x')")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute("DROP TABLE note")
        with (
            psycopg.connect(info.app.replace("xuke_app", "xuke_public")) as public,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            public.execute("SELECT * FROM note")


def test_the_order_of_the_database_is_ours_whatever_the_server_prefers(home):
    with embedded.running(home) as info:
        with psycopg.connect(info.admin, autocommit=True) as admin:
            # As if the server had been made for an English dictionary.
            new = admin.info.server_version >= 170_000
            locale = "datlocale" if new else "daticulocale"
            admin.execute(
                f"UPDATE pg_database SET datlocprovider = 'i', {locale} = 'en-US' WHERE datname = 'template0'"
            )
            embedded.roles.prepare(info.admin, "another")
            found = admin.execute("SELECT datlocprovider, datcollate FROM pg_database WHERE datname = 'another'")
            assert found.fetchone() == (("b", "C") if new else ("c", "C.UTF-8"))
        with psycopg.connect(info.admin, dbname="another") as database:
            assert database.execute("SELECT '420000/a' < '420000~', '10' < '9', 'Z' < 'a'").fetchone() == (True,) * 3


def test_preparing_a_server_of_your_own_twice_changes_nothing(home, monkeypatch):
    with embedded.running(home) as info:
        monkeypatch.setenv("DATABASE_URL", f"{info.app} password=one")
        monkeypatch.setenv("DATABASE_OWNER_URL", f"{info.owner} password=two")
        monkeypatch.setenv("DATABASE_PUBLIC_URL", f"{info.public} password=three")
        assert embedded.prepare_database(home, info.admin)
        assert embedded.prepare_database(home, info.admin)
        monkeypatch.setenv("DATABASE_URL", info.owner)
        with pytest.raises(ValueError, match="xuke_app"):
            embedded.prepare_database(home, info.admin)
        monkeypatch.delenv("DATABASE_URL")
    assert not embedded.cluster_of(home).is_running()


def test_a_newer_program_on_the_machine_does_not_begin_an_empty_database(home, monkeypatch):
    versions = [programs.Programs(Path("/new"), 17), programs.Programs(Path("/old"), 16)]
    monkeypatch.delenv("XUKE_POSTGRES", raising=False)
    monkeypatch.setattr(programs, "_of_the_system", lambda: versions)
    assert embedded.cluster_of(home).programs.major == 17
    (home / "pg-16").mkdir(parents=True)
    (home / "pg-16" / "PG_VERSION").write_text("16")
    assert embedded.cluster_of(home).programs.major == 16
    shutil.rmtree(home / "pg-16")


def test_data_whose_programs_are_gone_are_not_replaced_by_new_ones(home, monkeypatch):
    monkeypatch.delenv("XUKE_POSTGRES", raising=False)
    (home / "pg-99").mkdir(parents=True)
    (home / "pg-99" / "PG_VERSION").write_text("99")
    with pytest.raises(programs.NoPostgres, match="PostgreSQL 99"):
        embedded.cluster_of(home)
    shutil.rmtree(home / "pg-99")


def test_an_address_of_a_server_becomes_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://xuke_app:p%40ss@db.example:6432/permits?sslmode=verify-full")
    monkeypatch.delenv("DATABASE_OWNER_URL")
    settings = embedded.connection_settings(tmp_path)["default"]
    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "permits",
        "USER": "xuke_app",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "verify-full"},
    }


def test_an_account_gets_in_only_through_open_folders(tmp_path):
    stranger = programs.Account("stranger", 54321, 54321)
    tmp_path.chmod(0o700)
    assert not programs.can_enter(tmp_path, stranger)
    assert programs.can_enter(Path("/"), stranger)


def test_a_server_that_could_not_archive_does_not_start(home, monkeypatch):
    archive = home.parent / "wal"
    archive.mkdir(mode=0o555)  # As somebody makes it who is not the account of the server.
    monkeypatch.setenv("XUKE_WAL_ARCHIVE", str(archive))
    with pytest.raises(embedded.ClusterFailed, match="写不了 XUKE_WAL_ARCHIVE 的目录"):
        embedded.ensure_running(home)


def test_whether_an_account_may_write(tmp_path):
    tmp_path.chmod(0o755)
    stranger = replace(programs.account_for(tmp_path), uid=65_000, gid=65_000)
    assert not programs.can_write(tmp_path, stranger)
