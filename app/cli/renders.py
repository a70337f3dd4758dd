"""The record beside the pictures of one document: ``renders.jsonl``, a line for each output as it ends.

It is for programs to read, and what a later run into the same folder goes by. A picture is in its place before its line
is written, so that a run which is killed may have drawn more than the record says, and never less.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.cli.landing import open_here

RECORD: Final = "renders.jsonl"


class RecordedOutput(BaseModel):
    """What is called as in the list of a ZIP from the API means the same.

    ``index``: which of the run's outputs of this document; None where the line is about the document as a whole.
    ``document``: its path as it was given. ``source``: its path from the folder that the run writes into, the same
    wherever the run is started. ``sha256``: of its bytes. ``options``: SHA-256 of all that was asked for the output.
    ``exports``: whether export settings said the rest.
    """

    model_config = ConfigDict(frozen=True)

    index: int | None = Field(ge=0)
    node: str | None
    document: str
    source: str
    sha256: str
    options: str
    exports: bool


class LandedOutput(RecordedOutput):
    """A picture that is there. ``file``: its path below the record's folder, with slashes."""

    index: int = Field(ge=0)
    file: str
    name: str
    format: str
    width: int
    height: int
    bytes: int
    warnings: tuple[dict[str, Any], ...]
    warnings_dropped: int


class RecordedProblem(BaseModel):
    """``code``: as in the API's problem details."""

    code: str
    detail: str


class FailedOutput(RecordedOutput):
    """A picture that there is none of. ``file``: what it would have been, where that is known."""

    file: str | None
    problem: RecordedProblem


OutputT = TypeVar("OutputT", bound=RecordedOutput)


class FolderInUseError(Exception):
    """Another run writes into the folder; the message says so."""


class RendersFile:
    """The record of a folder, as it grows."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, output: LandedOutput | FailedOutput) -> None:
        """Raises OSError."""
        line = _line(output)
        if self._file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), RECORD)


def _line(output: RecordedOutput) -> bytes:
    return f"{output.model_dump_json()}\n".encode()


@contextmanager
def renders_file(folder: Path, kept: Iterable[LandedOutput]) -> Iterator[RendersFile]:
    """The record of a folder, of whose lines these are kept. Raises OSError."""
    _rewrite(folder / RECORD, kept)
    with (folder / RECORD).open("ab", buffering=0) as file:
        yield RendersFile(file)


def landed_in(folder: Path) -> Sequence[LandedOutput]:
    """The pictures of earlier runs that are there as they were written: the last line of each file. Raises OSError."""
    found = {output.file: output for output in _read(folder / RECORD, LandedOutput) if _is_there(folder, output)}
    return tuple(found.values())


def source_in(folder: Path) -> str | None:
    """The document that a folder's record is of; None where that is not to be known."""
    with contextlib.suppress(OSError):
        return next((output.source for output in _read(folder / RECORD, RecordedOutput)), None)
    return None


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """A folder, which is made if need be, for one run: two would take each other's names. Raises OSError and
    FolderInUseError."""
    folder.mkdir(parents=True, exist_ok=True)
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


def _read(path: Path, kind: type[OutputT]) -> Iterator[OutputT]:
    """What a run that was killed had begun to write is no line."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        with contextlib.suppress(ValidationError):
            yield kind.model_validate_json(line)


def _is_there(folder: Path, output: LandedOutput) -> bool:
    try:
        return (folder / output.file).stat().st_size == output.bytes
    except (OSError, ValueError):
        return False


def _rewrite(path: Path, kept: Iterable[LandedOutput]) -> None:
    partial = path.with_name(f".{path.name}.part")
    with open_here(partial) as file:
        file.writelines(_line(output) for output in kept)
    partial.replace(path)
