"""What the caller asks of one render."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from renderer.geometry import Colour


class ImageFormat(Enum):
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    AVIF = "avif"


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """One request's choices, already checked for type and range by whoever made it.

    ``node``: id as ``1:2`` or ``1-2``; None lets the reader choose. ``scale`` is device pixels per document pixel,
    0.01..4, None for 1. ``width`` and ``height`` are device pixels; both given, the picture fits inside; they exclude
    ``scale``. ``quality`` 1..100 counts for the lossy formats. ``background`` is laid under everything.
    ``contents_only``: leave out what merely overlaps the node (nothing else is ever drawn for now).
    ``use_absolute_bounds``: export the node's own box instead of all it paints.
    """

    node: str | None = None
    format: ImageFormat = ImageFormat.PNG
    scale: float | None = None
    width: int | None = None
    height: int | None = None
    background: Colour | None = None
    quality: int = 90
    contents_only: bool = True
    use_absolute_bounds: bool = False
