from pathlib import Path
from threading import Thread

import pytest

from xuke.foundation.directories import appear


def write_greeting(place: Path) -> None:
    (place / "greeting").write_text("您好")


def test_a_directory_is_filled_once(tmp_path):
    assert appear(tmp_path / "home", write_greeting)
    assert not appear(tmp_path / "home", write_greeting)
    assert (tmp_path / "home" / "greeting").read_text() == "您好"


def test_a_crash_leaves_nothing_that_looks_finished(tmp_path):
    def crash(place: Path) -> None:
        write_greeting(place)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        appear(tmp_path / "home", crash)
    assert not (tmp_path / "home").exists()
    appear(tmp_path / "home", write_greeting)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".home.lock", "home"]


def test_what_is_out_of_date_is_replaced_as_a_whole(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "old").touch()
    assert appear(tmp_path / "home", write_greeting, is_current=lambda place: (place / "greeting").exists())
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["greeting"]


def test_eight_at_once_do_the_work_once(tmp_path):
    done = []
    threads = [Thread(target=lambda: done.append(appear(tmp_path / "home", write_greeting))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.count(True) == 1
