"""`xuke backup` and `xuke restore` where something is wrong: a clear sentence, and nothing is changed."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from xuke.config import cli
from xuke.config.backup import database, making, manifest, pool
from xuke.config.tests import elsewhere
from xuke.foundation import files
from xuke.foundation.tests.journals import Case, happens
from xuke.operations import signs
from xuke.tests.cast import NOON


@pytest.fixture
def home(committed_db, tmp_path, settings) -> Path:
    """An installation with one entry in its journal and one file."""
    settings.XUKE_HOME = tmp_path / "home"
    settings.XUKE_HOME.mkdir()
    happens(Case("application:1"))
    files.keep(b"%PDF-1.7 one", media_type=files.PDF, now=NOON)
    return settings.XUKE_HOME


@pytest.fixture
def made(home, tmp_path, capsys) -> Path:
    """A backup of it."""
    assert cli.main(["backup", "--to", str(tmp_path / "backups")]) == 0
    capsys.readouterr()
    return making.backups_in(tmp_path / "backups")[0]


@pytest.fixture
def refused(made, tmp_path, settings, capsys):
    """Restoring into a new home ends with 2, and with this sentence; nothing appears there."""

    def ask(backup: Path = made) -> str:
        settings.XUKE_HOME = tmp_path / "new"
        assert cli.main(["restore", str(backup)]) == 2
        assert not [path for path in settings.XUKE_HOME.glob("*") if path.name != "keys"]
        return capsys.readouterr().err

    return ask


def rewrite(backup: Path, **facts: object) -> None:
    manifest.write(backup, replace(manifest.read(backup), **facts))


def test_a_truncated_dump_is_not_restored(made, refused):
    biggest = max((made / database.FOLDER).iterdir(), key=lambda path: path.stat().st_size)
    biggest.write_bytes(biggest.read_bytes()[:-10])
    assert f"database/{biggest.name} 有" in refused()


def test_a_changed_byte_is_not_restored(made, refused):
    toc = made / database.FOLDER / "toc.dat"
    toc.write_bytes(toc.read_bytes()[:-1] + b"\xff")
    assert "SHA-256与清单不符" in refused()


def test_a_changed_manifest_is_not_restored(made, refused):
    (made / manifest.NAME).write_text((made / manifest.NAME).read_text().replace('"entries": 1', '"entries": 0'))
    assert "清单被截断或者改动过" in refused()


def test_a_backup_copied_without_its_files_is_not_restored(made, refused):
    (content,) = pool.digests_in(made.parent / making.CONTENTS)
    pool.place_of(made.parent / making.CONTENTS, content).unlink()
    assert "复制备份时要一起复制" in refused()


def test_a_content_that_was_cut_in_the_pool_is_copied_anew_by_the_next_backup(made, home, capsys):
    (content,) = pool.digests_in(home / "files")
    kept = pool.place_of(made.parent / making.CONTENTS, content)
    kept.write_bytes(b"")
    another = making.make(home, made.parent, owner=os.environ["DATABASE_OWNER_URL"], now=NOON, jobs=1, tell=str)
    assert (kept.read_bytes(), another.added, another.lost) == (b"%PDF-1.7 one", 1, ())
    kept.write_bytes(b"cut")
    files.path_of(content).unlink()
    later = NOON + timedelta(hours=1)
    another = making.make(home, made.parent, owner=os.environ["DATABASE_OWNER_URL"], now=later, jobs=1, tell=str)
    assert another.manifest.missing == another.lost == (content,)


def test_each_night_a_share_of_the_pool_is_read_and_mended(home, made, capsys):
    shared = made.parent / making.CONTENTS
    (content,) = pool.digests_in(shared)
    kept = pool.place_of(shared, content)
    turn = int(content[:2], 16) % pool.SHARES
    seen = [pool.look_through(shared, home / "files", turn=night).contents for night in range(pool.SHARES)]
    assert [night for night, count in enumerate(seen) if count] == [turn]
    kept.write_bytes(b"%PDF-1.7 two")
    assert pool.look_through(shared, home / "files", turn=turn).mended == 1
    assert pool.is_whole(kept)
    # Nobody has it any more: it loses its name, and every backup from now on says so.
    kept.write_bytes(b"%PDF-1.7 two")
    files.path_of(content).write_bytes(b"%PDF-1.7 bad")
    assert pool.look_through(shared, home / "files", turn=turn).decayed == (content,)
    assert not kept.exists()
    again = making.make(home, made.parent, owner=os.environ["DATABASE_OWNER_URL"], now=NOON, jobs=1, tell=str)
    assert again.damaged == again.manifest.missing == again.lost == (content,)


def test_a_file_that_the_system_cut_is_still_whole_in_the_backup(home, made, capsys):
    (content,) = pool.digests_in(home / "files")
    files.path_of(content).write_bytes(b"")
    time.sleep(1)  # Backups are named by the second.
    assert cli.main(["backup", "--to", str(made.parent)]) == 1
    assert f"系统里有1个文件损坏，备份里的还完好，例如 {content}" in capsys.readouterr().out
    assert pool.is_whole(pool.place_of(made.parent / making.CONTENTS, content))


@pytest.mark.parametrize("decay", ["cut", "changed", "set aside"])
def test_what_decayed_in_the_pool_stays_away_and_the_rest_comes_back(home, made, tmp_path, decay):
    whole = files.keep(b"%PDF-1.7 two", media_type=files.PDF, now=NOON).digest
    (content,) = pool.digests_in(made.parent / making.CONTENTS)
    shared = made.parent / making.CONTENTS
    pool.copy(files.path_of(whole), pool.place_of(shared, whole))
    contents = {content: 12, whole: 12}
    match decay:
        case "set aside":
            pool.set_aside(pool.place_of(shared, content))
        case "cut":
            pool.place_of(shared, content).write_bytes(b"%PDF")
        case _:
            pool.place_of(shared, content).write_bytes(b"%PDF-1.7 bad")
    pool.demand_there(contents, shared)
    assert pool.bring_back(contents, shared, tmp_path / "new") == (content,)
    assert list(pool.digests_in(tmp_path / "new")) == [whole]


def test_a_restore_goes_on_without_what_decayed_and_names_it(home, made):
    (content,) = pool.digests_in(home / "files")
    pool.place_of(made.parent / making.CONTENTS, content).write_bytes(b"%PDF-1.7 bad")
    with elsewhere.new_home() as another:
        done = elsewhere.xuke(another, "restore", str(made))
        assert done.returncode == 1, done.stderr
        assert f"✗ 备份里有1个文件损坏了，没有恢复，其余的都恢复了：{content}。" in done.stdout
        assert "日志完整" in done.stdout
        with elsewhere.owner(another) as there:
            assert there.execute("SELECT digest FROM foundation_storedfile").fetchall() == [(content,)]


def test_a_folder_that_is_no_backup_is_not_restored(made, refused, tmp_path):
    assert "没有这个备份" in refused(tmp_path / "none")
    assert "这不是一份完成的备份" in refused(made.parent)


def test_a_backup_of_a_newer_server_or_release_is_not_restored(made, refused):
    rewrite(made, server=990_001)
    assert "不能恢复到较旧的版本" in refused()
    rewrite(made, server=150_001, migrations=("licensing.9999_future",))
    assert "请先升级程序" in refused()


def test_nothing_is_restored_where_it_would_not_fit(made, refused, monkeypatch):
    monkeypatch.setattr(database, "free", lambda _: 10)
    assert "磁盘空间不足，没有恢复" in refused()


def test_a_database_or_a_home_with_something_in_it_is_left_alone(made, home, refused, settings, capsys):
    assert "DATABASE_URL 的数据库不是空的" in refused()
    settings.XUKE_HOME = home
    assert cli.main(["restore", str(made)]) == 2
    assert "不是空的" in capsys.readouterr().err


def test_a_backup_says_what_it_holds_and_copies_only_what_is_new(made, home, capsys):
    told = json.loads((made / manifest.NAME).read_text())
    assert (told["point"]["entries"], told["contents"], told["missing"]) == (1, 1, [])
    assert told["rows"]["foundation_entry"] == 1
    assert (made.stat().st_mode & 0o777) == 0o700
    files.keep(b"%PDF-1.7 two", media_type=files.PDF, now=NOON)
    another = making.make(home, made.parent, owner=os.environ["DATABASE_OWNER_URL"], now=NOON, jobs=1, tell=str)
    assert (another.added, another.manifest.contents) == (1, 2)
    with pytest.raises(making.Unusable, match="已经存在，没有覆盖"):
        making.make(home, made.parent, owner=os.environ["DATABASE_OWNER_URL"], now=NOON, jobs=1, tell=str)
    assert making.forget_old(made.parent, kind="dump", keep=1) == [another.place]  # NOON is the older moment.
    assert len(list(pool.digests_in(made.parent / making.CONTENTS))) == 1


def test_nightly_backups_do_not_push_out_the_copy_of_the_server(made, home, capsys):
    copy = made.parent / "2020-01-01T00-00-00Z"
    shutil.copytree(made, copy)
    rewrite(copy, kind="base")
    unknown = made.parent / "2020-01-02T00-00-00Z"
    shutil.copytree(made, unknown)
    (unknown / manifest.NAME).write_text("{}")
    time.sleep(1)  # Backups are named by the second.
    assert cli.main(["backup", "--to", str(made.parent), "--keep", "1"]) == 0
    assert f"删除了旧备份 {made}" in capsys.readouterr().out
    (newest,) = set(making.backups_in(made.parent)) - {copy, unknown}
    assert newest > made
    shutil.copytree(copy, made.parent / "2020-02-01T00-00-00Z")
    assert making.forget_old(made.parent, kind="base", keep=1) == [copy]
    assert newest.is_dir()


def test_a_lost_file_is_told_and_the_rest_is_backed_up(home, tmp_path, capsys):
    (content,) = pool.digests_in(home / "files")
    files.path_of(content).unlink()
    assert cli.main(["backup", "--to", str(tmp_path / "backups")]) == 1
    assert f"例如 {content}" in capsys.readouterr().out
    assert signs.last_backup().problem


def test_a_backup_that_cannot_be_made_leaves_a_sign_and_no_half_of_it(home, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(database, "free", lambda _: 10)
    assert cli.main(["backup", "--to", str(tmp_path / "backups")]) == 2
    assert "磁盘空间不足，没有备份" in capsys.readouterr().err
    assert signs.last_backup().problem.startswith("磁盘空间不足")
    assert signs.last_backup().good_at is None
    assert making.backups_in(tmp_path / "backups") == []
    assert not list((tmp_path / "backups").glob(".*.new"))
