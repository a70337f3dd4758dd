from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli.landing import land
from sandbox.client.content import Content


def test_a_picture_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "icons" / "a.png"
    for picture in (b"x" * (3 << 20), b"short"):
        with Content.of(picture) as content:
            land(content, path)
        assert path.read_bytes() == picture
    assert list(path.parent.iterdir()) == [path]


def test_a_disk_that_takes_no_more_leaves_the_older_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"older")
    with Content.of(b"newer") as content, files_of_at_most(3), pytest.raises(OSError, match="File too large") as raised:
        land(content, path)
    assert raised.value.filename == str(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"older"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_nothing_is_written_through_a_link_that_is_there(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(b"not ours")
    for name in ("a.png", ".a.png.part"):
        (folder / name).symlink_to(elsewhere)
    with Content.of(b"picture") as content:
        land(content, folder / "a.png")
    assert elsewhere.read_bytes() == b"not ours"
    assert [(path.name, path.is_symlink()) for path in folder.iterdir()] == [("a.png", False)]


@pytest.mark.parametrize("way", ["a", "a/b.png"])
def test_what_is_in_the_way_is_named(way: str, tmp_path: Path) -> None:
    (tmp_path / way).mkdir(parents=True) if way.endswith("png") else (tmp_path / way).write_bytes(b"")
    with Content.of(b"picture") as content, pytest.raises(OSError, match=str(tmp_path / way)):
        land(content, tmp_path / "a" / "b.png")
    assert [path for path in tmp_path.rglob("*") if path.name.endswith(".part")] == []


def test_content_that_was_cut_is_no_picture(tmp_path: Path) -> None:
    with Content.of(b"picture") as content:
        content.size += 1
        with pytest.raises(OSError, match="Input/output error"):
            land(content, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
