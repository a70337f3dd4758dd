"""The manifest of a font folder: what each file is, and which families stand in for ones nobody may ship.

``manifest.json`` is ours or the operator's, read once at start; it is trusted, but a mistake in it is named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from renderer.exceptions import FontFolderError

MANIFEST_NAME = "manifest.json"


class FontRole(Enum):
    """What a font is asked for: by name, only for characters that others lack, or for emoji."""

    TEXT = "text"
    FALLBACK = "fallback"
    EMOJI = "emoji"


@dataclass(frozen=True, slots=True)
class FontEntry:
    """One face of one file. ``weight`` None: read it from the font (a variable font has a range of them)."""

    path: Path
    family: str
    index: int = 0
    aliases: tuple[str, ...] = ()
    postscript_name: str | None = None
    weight: float | None = None
    italic: bool = False
    role: FontRole = FontRole.TEXT
    licence: Path | None = None
    source: str = ""
    version: str = ""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """``stand_ins``: a family that is not here to the one that is drawn instead, and reported. ``defaults``: the
    families for everything else, by kind (``sans``, ``serif``, ``mono``)."""

    entries: tuple[FontEntry, ...]
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


def read_manifest(directory: Path) -> Manifest:
    """The manifest of ``directory``; FontFolderError if it is not one."""
    path = directory / MANIFEST_NAME
    try:
        data = json.loads(path.read_bytes())
        entries = tuple(_entry(directory, item) for item in data["fonts"])
        return Manifest(entries, dict(data.get("stand_ins", {})), dict(data.get("defaults", {})))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FontFolderError(f"{path} is not a font manifest: {error!r}") from error


def _entry(directory: Path, item: Mapping[str, Any]) -> FontEntry:
    return FontEntry(
        path=directory / item["file"],
        family=item["family"],
        index=item.get("index", 0),
        aliases=tuple(item.get("aliases", ())),
        postscript_name=item.get("postscript_name"),
        weight=item.get("weight"),
        italic=item.get("italic", False),
        role=FontRole(item.get("role", "text")),
        licence=directory / item["licence"] if "licence" in item else None,
        source=item.get("source", ""),
        version=item.get("version", ""),
        sha256=item.get("sha256"),
    )
