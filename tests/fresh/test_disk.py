"""Room is counted as the file system gives it out, and once."""

from __future__ import annotations

import os
from pathlib import Path

from tests.fresh.disk import used_bytes


def of_blocks(*paths: Path) -> int:
    return sum(path.lstat().st_blocks * 512 for path in paths)


def test_a_folder_takes_what_its_entries_take(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/file").write_bytes(os.urandom(10_000))
    [found] = used_bytes([tmp_path])
    assert found == of_blocks(tmp_path, tmp_path / "sub", tmp_path / "sub/file")
    assert found >= 10_000


def test_a_hole_takes_no_room(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    assert used_bytes([tmp_path])[0] < 1 << 20


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(os.urandom(10_000))
    [before] = used_bytes([tmp_path])
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert used_bytes([tmp_path]) == [before]


def test_what_lies_in_an_earlier_folder_is_left_out_of_a_later_one(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "file").write_bytes(os.urandom(10_000))
    first, rest = used_bytes([inner, tmp_path])
    assert first + rest == used_bytes([tmp_path])[0]
    assert first >= 10_000
    assert rest == of_blocks(tmp_path)


def test_a_link_is_not_followed_and_what_is_not_there_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/usr")
    assert used_bytes([tmp_path, tmp_path / "gone"]) == [of_blocks(tmp_path, tmp_path / "link"), 0]
