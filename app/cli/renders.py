"""The record beside the pictures of one document: ``renders.jsonl``, a line for each output as it ends.

It is for programs to read, and what a later run into the same folder goes by. A picture is in its place before its line
is written, so that a run which is killed may have drawn more than the record says, and never less.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.cli.landing import open_here

RECORD: Final = "renders.jsonl"


class _RecordedOutput(BaseModel):
    """``document``: SHA-256 of the document. ``options``: SHA-256 of all that was asked for the output. ``number``:
    which of the order's outputs; None where the line is about the document as a whole."""

    model_config = ConfigDict(frozen=True)

    document: str
    options: str
    number: int | None = Field(ge=0)
    node: str | None


class LandedOutput(_RecordedOutput):
    """A picture that is there. ``file``: its path below the record's folder, with slashes."""

    number: int = Field(ge=0)
    name: str
    file: str
    media_type: str
    width: int
    height: int
    bytes: int
    warnings: int


class FailedOutput(_RecordedOutput):
    """A picture that there is none of. ``code``: as in the API's problem details."""

    code: str
    detail: str


class FolderInUseError(Exception):
    """Another run writes into the folder; the message says so."""


class RendersFile:
    """``settled``: the outputs of earlier runs that are there, by number."""

    def __init__(self, file: IO[bytes], settled: Mapping[int, LandedOutput]) -> None:
        self.settled = settled
        self._file = file

    def add(self, output: LandedOutput | FailedOutput) -> None:
        """Raises OSError."""
        line = _line(output)
        if self._file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), RECORD)


def _line(output: _RecordedOutput) -> bytes:
    return f"{output.model_dump_json()}\n".encode()


@contextmanager
def renders_file(folder: Path, is_settled: Callable[[LandedOutput], bool]) -> Iterator[RendersFile]:
    """The record of a folder, which is made if need be. Lines of outputs that are not settled are dropped.

    Raises OSError and FolderInUseError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        found = {output.number: output for output in _read(folder / RECORD) if _is_there(folder, output)}
        settled = {number: output for number, output in found.items() if is_settled(output)}
        _rewrite(folder / RECORD, settled)
        with (folder / RECORD).open("ab", buffering=0) as file:
            yield RendersFile(file, settled)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two runs in one folder would take each other's names."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            _lock(fd, folder)
        yield
    finally:
        os.close(fd)


def _lock(fd: int, folder: Path) -> None:
    """Raises FolderInUseError, and OSError where nothing can be locked."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FolderInUseError(f"Another run writes into {folder}.") from None


def _read(path: Path) -> Iterator[LandedOutput]:
    """What a run that was killed had begun to write is no line."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        with contextlib.suppress(ValidationError):
            yield LandedOutput.model_validate_json(line)


def _is_there(folder: Path, output: LandedOutput) -> bool:
    try:
        return (folder / output.file).stat().st_size == output.bytes
    except (OSError, ValueError):
        return False


def _rewrite(path: Path, settled: Mapping[int, LandedOutput]) -> None:
    partial = path.with_name(f".{path.name}.part")
    with open_here(partial) as file:
        file.writelines(_line(output) for output in settled.values())
    partial.replace(path)
