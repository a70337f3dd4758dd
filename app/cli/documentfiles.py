"""Documents that a command line names."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from app.cli.session import sealed_body
from app.problems import ProblemError
from app.received import Upload
from renderer import documents
from renderer.documents import DocumentFormat

STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """``name``: as it was given. ``source``: its path from the folder for all pictures. ``home``: the folder of its own
    pictures, below that one."""

    name: str
    source: str
    home: str = ""

    @property
    def stem(self) -> str:
        """What it is called without its suffix."""
        return "document" if self.name == STDIN else Path(self.name).stem

    @property
    def is_readable(self) -> bool:
        return self.name == STDIN or os.access(self.name, os.R_OK)

    def at(self, home: str) -> DocumentFile:
        return replace(self, home=home)

    @property
    def document_format(self) -> DocumentFormat:
        """By the file's suffix, where it has one that is known."""
        return documents.of_suffix(Path(self.name).suffix) or documents.DEFAULT


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """``digest``: SHA-256 of the document. A context manager that closes its descriptors."""

    body: Upload
    digest: str

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.body.__exit__(kind, error, trace)


def document_file(name: str, out: Path = Path()) -> DocumentFile:
    """``out``: the folder for all pictures."""
    return DocumentFile(name, name if name == STDIN else os.path.relpath(name, out))


def seal_document(document: DocumentFile, images: Sequence[Path]) -> SealedDocument:
    """As a request would have brought it. Not on an event loop. Raises ProblemError for what is no document, and
    UnreadableError."""
    known = document.document_format
    if not known.decoded:
        raise ProblemError("media-type-unsupported", documents.not_decoded(known))
    try:
        data = sys.stdin.buffer.read() if document.name == STDIN else Path(document.name).read_bytes()
        pictures = [path.read_bytes() for path in images]
    except OSError as error:
        raise UnreadableError(f"Cannot read {error.filename}: {error.strerror}.") from None
    if not data:
        raise ProblemError("body-empty", "The document is empty.")
    return SealedDocument(sealed_body(data, pictures, known.media_type), hashlib.sha256(data).hexdigest())


class UnreadableError(Exception):
    """A file that was named cannot be read; the message says which and why."""
