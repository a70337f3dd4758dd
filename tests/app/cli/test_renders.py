from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.renders import (
    RECORD,
    FailedOutput,
    FolderInUseError,
    LandedOutput,
    RecordedProblem,
    landed_in,
    locked,
    renders_file,
    source_in,
)


def said(index: int, file: str) -> dict[str, object]:
    return {
        "index": index,
        "node": "1:2",
        "document": "d.json",
        "source": "../d.json",
        "sha256": "d",
        "options": "o",
        "exports": False,
        "file": file,
    }


def landed(index: int, file: str, size: int = 3) -> LandedOutput:
    about = {"name": "", "format": "png", "width": 1, "height": 1, "bytes": size, "warnings": (), "warnings_dropped": 0}
    return LandedOutput.model_validate(said(index, file) | about)


def failed(index: int, file: str) -> FailedOutput:
    return FailedOutput.model_validate(said(index, file) | {"problem": RecordedProblem(code="c", detail="d")})


def found(folder: Path) -> list[str]:
    return [output.file for output in landed_in(folder)]


def test_what_is_there_as_it_was_written_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"123")
    (tmp_path / "cut.png").write_bytes(b"12")
    assert landed_in(tmp_path) == ()
    with renders_file(tmp_path, ()) as record:
        record.add(failed(3, "a.png"))
        record.add(landed(0, "a.png"))
        record.add(landed(1, "cut.png"))
        record.add(landed(2, "gone.png"))
    assert found(tmp_path) == ["a.png"]


def test_the_record_is_not_written_through_a_link(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(b"not ours")
    for name in (RECORD, f".{RECORD}.part"):
        (folder / name).symlink_to(elsewhere)
    with renders_file(folder, ()) as record:
        record.add(landed(0, "a.png"))
    assert elsewhere.read_bytes() == b"not ours"
    assert len((folder / RECORD).read_bytes().splitlines()) == 1


def test_what_is_not_kept_is_forgotten(tmp_path: Path) -> None:
    """Its file is about to be drawn over, maybe with as many bytes."""
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"123")
    with renders_file(tmp_path, (landed(0, "a.png"), landed(1, "b.png"))):
        pass
    with renders_file(tmp_path, landed_in(tmp_path)[1:]):
        pass
    assert found(tmp_path) == ["b.png"]


def test_the_last_line_of_a_file_counts(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"123")
    with renders_file(tmp_path, (landed(0, "a.png"),)) as record:
        record.add(landed(7, "a.png"))
    assert [output.index for output in landed_in(tmp_path)] == [7]


def test_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"123")
    good = landed(0, "a.png").model_dump_json().encode()
    (tmp_path / RECORD).write_bytes(b"\xff\n[]\n" + good + b'\n{"document": "d", "num')
    assert found(tmp_path) == ["a.png"]


@pytest.mark.parametrize("file", ["\x00", "../a.png/..", "x" * 5000])
def test_files_that_cannot_be_are_not_there(file: str, tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text(landed(0, file).model_dump_json())
    assert found(tmp_path) == []


def test_a_record_says_whose_it_is_even_where_nothing_was_drawn(tmp_path: Path) -> None:
    assert source_in(tmp_path) is None
    with renders_file(tmp_path, ()) as record:
        assert source_in(tmp_path) is None
        record.add(failed(0, "a.png"))
    assert source_in(tmp_path) == "../d.json"


def test_a_folder_has_one_run_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(FolderInUseError, match=str(tmp_path)), locked(tmp_path):
            pass
        with locked(tmp_path / "another"):
            pass
