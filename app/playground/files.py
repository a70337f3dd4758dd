"""The page's own files: a closed set, read once when the server starts.

A request picks one of them by its name; no part of a request ever becomes a path of the file system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.service.specs import BUNDLED_FONTS

PAGE = "index.html"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
_STATIC = Path(__file__).parent / "static"
# What the page is set in: the renderer's own fonts, so nothing is fetched from elsewhere and nothing is here twice.
_FONTS = {"inter.ttf": "inter-4/InterVariable.ttf", "mono.ttf": "roboto-mono/RobotoMono-Regular.ttf"}


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file. ``etag``: strong, the digest of its bytes (RFC 9110, 8.8.3)."""

    body: bytes
    media_type: str
    etag: str


def read_all() -> Mapping[str, PageFile]:
    """Every file by the name it is asked for. Raises OSError where the installation lacks one."""
    return {name: _read(path) for name, path in _places()}


def _places() -> Iterator[tuple[str, Path]]:
    for path in sorted(_STATIC.iterdir()):
        if path.suffix in MEDIA_TYPES:
            yield path.name, path
    for name, place in _FONTS.items():
        yield name, BUNDLED_FONTS / place


def _read(path: Path) -> PageFile:
    body = path.read_bytes()
    digest = hashlib.blake2b(body, digest_size=20).hexdigest()
    return PageFile(body, MEDIA_TYPES[path.suffix], f'"{digest}"')
