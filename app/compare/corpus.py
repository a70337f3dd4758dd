"""Documents in a folder, with what is known of each: ``NAME/document.json`` and ``NAME/reference.png`` beside it, or
documents that lie there by themselves, ``NAME.json`` and ``NAME.png``.

An ``index.json`` (the operator's own, no document) may say more: ``id`` (the folder), ``node``, ``scale``,
``mask_boxes`` (what cannot be judged), ``reference`` or ``references``. Images of a document are files named by their
digest in ``NAME/images``. Nothing here looks into a document or a picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from app.compare.job import Mask
from renderer import documents
from renderer.documents import DECODED, DocumentFormat

_NAME, _INDEX, _REFERENCE, _IMAGES = "document", "index.json", "reference.png", "images"
_NAMED = " nor ".join(f"NAME/{_NAME}{each.suffixes[0]} nor NAME{each.suffixes[0]}" for each in DECODED)


class CorpusError(ValueError):
    """The folder or its index cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One document and at most one reference. ``skipped``: why it cannot be drawn."""

    name: str
    document: Path
    media_type: str = documents.DEFAULT.media_type
    reference: Path | None = None
    node: str | None = None
    scale: float | None = None
    masks: tuple[Mask, ...] = ()
    images: tuple[Path, ...] = ()
    skipped: str | None = None


class _IndexExport(BaseModel):
    file: str
    node: str | None = None
    scale: float | None = None


class _IndexEntry(BaseModel):
    id: str
    node: str | None = None
    scale: float | None = None
    reference: str | None = None
    references: list[_IndexExport] = []
    mask_boxes: list[tuple[float, float, float, float] | tuple[float, float, float, float, str]] = Field(
        default_factory=list
    )

    def exports(self) -> list[_IndexExport]:
        """Every reference there is; one without a file where there is none."""
        return self.references or [_IndexExport(file=self.reference or _REFERENCE, node=self.node, scale=self.scale)]


def samples(place: Path) -> list[Sample]:
    """A document, or all documents under a folder, by name. Raises CorpusError."""
    if place.is_file():
        return [_lone(place, place.parent)]
    if not place.is_dir():
        raise CorpusError(f"{place} is neither a document nor a folder")
    index = _index(place)
    found = [sample for path in _documents(place) for sample in _samples(path, place, index)]
    if not found:
        raise CorpusError(f"{place} has no document: neither {_NAMED}")
    return found


def _documents(folder: Path) -> Iterator[Path]:
    suffixes = [suffix for each in DocumentFormat for suffix in each.suffixes]
    named = sorted(path for suffix in suffixes for path in folder.rglob(f"{_NAME}{suffix}"))
    return iter(named or sorted(p for p in folder.iterdir() if p.suffix in suffixes and p.name != _INDEX))


def _samples(path: Path, folder: Path, index: Mapping[str, _IndexEntry]) -> Iterator[Sample]:
    if path.stem != _NAME:
        yield _lone(path, folder)
        return
    home = path.parent
    entry = index.get(home.name) or _IndexEntry(id=home.name)
    exports = entry.exports()
    for export in exports:
        reference = home / Path(export.file).name
        yield Sample(
            name=_name(home, folder, export if len(exports) > 1 else None),
            document=path,
            media_type=_format_of(path).media_type,
            reference=reference if reference.is_file() else None,
            node=export.node,
            scale=export.scale,
            masks=tuple(box[:4] for box in entry.mask_boxes),
            images=_images(home),
            skipped=_skipped(path),
        )


def _name(home: Path, folder: Path, export: _IndexExport | None) -> str:
    name = str(home.relative_to(folder)) if home != folder else home.resolve().name
    return name if export is None else f"{name} {export.node or export.file}"


def _lone(path: Path, folder: Path) -> Sample:
    beside = [path.with_suffix(".png")] if path.stem != _NAME else [path.with_name(_REFERENCE)]
    reference = next((file for file in beside if file.is_file()), None)
    # Resolved: in the folder one stands in, the path to a document names no folder.
    name = str(path.relative_to(folder).with_suffix("")) if path.stem != _NAME else path.resolve().parent.name
    media_type = _format_of(path).media_type
    return Sample(name, path, media_type, reference, images=_images(path.parent), skipped=_skipped(path))


def _skipped(path: Path) -> str | None:
    return None if _format_of(path).decoded else f"{path.suffix} files cannot be drawn yet"


def _format_of(path: Path) -> DocumentFormat:
    return documents.of_suffix(path.suffix) or documents.DEFAULT


def _images(home: Path) -> tuple[Path, ...]:
    folder = home / _IMAGES
    return tuple(sorted(path for path in folder.iterdir() if path.is_file())) if folder.is_dir() else ()


def _index(folder: Path) -> dict[str, _IndexEntry]:
    """By the folder's own name. Of the folder, or of the one above it."""
    path = next((p for p in (folder / _INDEX, folder.parent / _INDEX) if p.is_file()), None)
    if path is None:
        return {}
    try:
        entries = TypeAdapter(list[_IndexEntry]).validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise CorpusError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return {Path(entry.id).name: entry for entry in entries}
