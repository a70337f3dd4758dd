from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.renders import RECORD, FailedOutput, FolderInUseError, LandedOutput, renders_file


def landed(number: int, file: str, size: int = 3, options: str = "o") -> LandedOutput:
    return LandedOutput(
        document="d",
        options=options,
        number=number,
        node="1:2",
        name="",
        file=file,
        media_type="image/png",
        width=1,
        height=1,
        bytes=size,
        warnings=0,
    )


def settled(folder: Path, options: str = "o") -> dict[int, str]:
    with renders_file(folder, lambda output: output.options == options) as record:
        return {number: output.file for number, output in record.settled.items()}


def test_what_is_there_as_it_was_written_is_settled(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"123")
    (tmp_path / "cut.png").write_bytes(b"12")
    with renders_file(tmp_path, lambda _: True) as record:
        assert record.settled == {}
        record.add(landed(0, "a.png"))
        record.add(landed(1, "cut.png"))
        record.add(landed(2, "gone.png"))
        record.add(FailedOutput(document="d", options="o", number=3, node=None, code="c", detail="d"))
    assert settled(tmp_path) == {0: "a.png"}
    assert len((tmp_path / RECORD).read_bytes().splitlines()) == 1


def test_the_record_is_not_written_through_a_link(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(b"not ours")
    for name in (RECORD, f".{RECORD}.part"):
        (folder / name).symlink_to(elsewhere)
    with renders_file(folder, lambda _: True) as record:
        record.add(landed(0, "a.png"))
    assert elsewhere.read_bytes() == b"not ours"
    assert len((folder / RECORD).read_bytes().splitlines()) == 1


def test_what_was_drawn_otherwise_is_forgotten(tmp_path: Path) -> None:
    """Its file is about to be drawn over, maybe with as many bytes."""
    (tmp_path / "a.png").write_bytes(b"123")
    with renders_file(tmp_path, lambda _: True) as record:
        record.add(landed(0, "a.png"))
    assert settled(tmp_path, "other") == {}
    assert settled(tmp_path, "o") == {}


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"123")
    good = landed(0, "a.png").model_dump_json().encode()
    (tmp_path / RECORD).write_bytes(b"\xff\n[]\n" + good + b'\n{"document": "d", "num')
    assert settled(tmp_path) == {0: "a.png"}


@pytest.mark.parametrize("file", ["\x00", "../a.png/..", "x" * 5000])
def test_files_that_cannot_be_are_not_there(file: str, tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text(landed(0, file).model_dump_json())
    assert settled(tmp_path) == {}


def test_a_folder_has_one_run_at_a_time(tmp_path: Path) -> None:
    with renders_file(tmp_path, lambda _: True):
        with pytest.raises(FolderInUseError, match=str(tmp_path)), renders_file(tmp_path, lambda _: True):
            pass
        with renders_file(tmp_path / "another", lambda _: True):
            pass
    assert settled(tmp_path) == {}
