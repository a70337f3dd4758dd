"""Documents that a command line names, and where the pictures of each go."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from app.cli.session import sealed_body
from app.filenames import FileNames
from app.problems import ProblemError
from app.upload import Upload
from renderer import documents
from renderer.documents import DocumentFormat

STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """``name``: as it was given. ``stem``: what it is called without its suffix. ``home``: the folder of its pictures,
    below the one for all."""

    name: str
    stem: str
    home: str = ""

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


def document_file(name: str, home: str = "") -> DocumentFile:
    return DocumentFile(name, _stem(name), home)


def document_files(names: Sequence[str]) -> tuple[DocumentFile, ...]:
    """Of one document the pictures go into the folder itself, of several into one each."""
    homes = FileNames()
    return tuple(document_file(name, homes.folder(_stem(name)) if len(names) > 1 else "") for name in names)


def _stem(name: str) -> str:
    return "document" if name == STDIN else Path(name).stem


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
