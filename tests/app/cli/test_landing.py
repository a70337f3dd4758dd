from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from app.cli.landing import land, run_to_its_end
from sandbox.client.content import Content


def test_a_picture_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "icons" / "a.png"
    for picture in (b"x" * (3 << 20), b"short"):
        with Content.of(picture) as content:
            land(content, path)
        assert path.read_bytes() == picture
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_leaves_the_older_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"older")
    (tmp_path / ".a.png.part").symlink_to("/dev/full")
    with Content.of(b"newer") as content, pytest.raises(OSError, match="No space left on device") as raised:
        land(content, path)
    assert raised.value.filename == str(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"older"


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


def test_who_is_cancelled_waits_for_what_is_under_way() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(30)
        ended.set()

    async def go() -> None:
        running = asyncio.create_task(run_to_its_end(asyncio.to_thread(work)))
        await asyncio.to_thread(begun.wait, 30)
        running.cancel()
        await asyncio.sleep(0)
        assert not running.done()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert ended.is_set()

    asyncio.run(go())
