"""Font folders to faces: the only part that opens files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from renderer.exceptions import FontFolderError
from renderer.fonts.face import Face
from renderer.fonts.fontfile import FontFile
from renderer.fonts.manifest import MANIFEST_NAME, Manifest, read_manifest
from renderer.fonts.scan import scan_directory


def load_faces(directories: Iterable[Path]) -> tuple[list[Face], Manifest]:
    """The faces of all folders, a later folder's first, and what their manifests say together."""
    manifests = [_manifest_of(directory) for directory in directories]
    faces: list[Face] = []
    for manifest in reversed(manifests):
        files = {entry.path: FontFile.map(entry.path) for entry in manifest.entries}
        faces += [
            Face(files[entry.path], entry, precedence)
            for precedence, entry in enumerate(manifest.entries, start=len(faces))
        ]
    return faces, _merge(manifests)


def _manifest_of(directory: Path) -> Manifest:
    if not directory.is_dir():
        raise FontFolderError(f"font folder {directory} does not exist")
    return read_manifest(directory) if (directory / MANIFEST_NAME).exists() else scan_directory(directory)


def _merge(manifests: Iterable[Manifest]) -> Manifest:
    merged = Manifest(())
    for manifest in manifests:
        merged = Manifest(
            merged.entries + manifest.entries,
            {**merged.stand_ins, **manifest.stand_ins},
            {**merged.defaults, **manifest.defaults},
        )
    return merged
