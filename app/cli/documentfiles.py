"""Documents that a command line names, and where the pictures of each go."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
    """``digest``: SHA-256 of the document."""

    body: Upload
    digest: str


def document_files(names: Sequence[str]) -> tuple[DocumentFile, ...]:
    """Of one document the pictures go into the folder itself, of several into one each."""
    homes = FileNames()
    stems = ["document" if name == STDIN else Path(name).stem for name in names]
    if len(names) == 1:
        return (DocumentFile(names[0], stems[0]),)
    return tuple(DocumentFile(name, stem, homes.folder(stem)) for name, stem in zip(names, stems, strict=True))


def seal_document(document: DocumentFile, images: Sequence[Path]) -> SealedDocument:
    """As a request would have brought it; the caller closes its body. Not on an event loop. Raises OSError, and
    ProblemError for what is no document."""
    known = document.document_format
    if not known.decoded:
        raise ProblemError("media-type-unsupported", documents.not_decoded(known))
    data = sys.stdin.buffer.read() if document.name == STDIN else Path(document.name).read_bytes()
    if not data:
        raise ProblemError("body-empty", "The document is empty.")
    body = sealed_body(data, [path.read_bytes() for path in images], known.media_type)
    return SealedDocument(body, hashlib.sha256(data).hexdigest())
