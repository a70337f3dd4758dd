"""What a laid-out text is: glyphs in places, and the lines drawn under and through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renderer.fonts import FaceInstance
from renderer.geometry import Rect
from renderer.scene import Fill

_NOWHERE = Rect(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class GlyphRun:
    """Glyphs of one face, size and paint. ``positions``: each glyph's baseline origin in the node's coordinates (y
    down). ``characters``: what each glyph stands for in the text, '' where the glyph before it says it already. Draw
    without hinting, at sub-pixel positions, with linear metrics. ``embolden`` (ems to add to the width of strokes) and
    ``skew`` (Skia's skewX) fake a weight or slant the face lacks. ``stretch`` (Skia's scaleX) makes the glyphs wider;
    the positions know of it already. ``colour_glyphs``: the font brings its own colours."""

    face: FaceInstance
    size: float
    glyphs: tuple[int, ...]
    positions: tuple[tuple[float, float], ...]
    characters: tuple[str, ...]
    fills: tuple[Fill, ...]
    embolden: float = 0.0
    skew: float = 0.0
    stretch: float = 1.0
    colour_glyphs: bool = False

    @property
    def typeface(self) -> Any:
        """The ``skia.Typeface``."""
        return self.face.typeface


@dataclass(frozen=True, slots=True)
class LinkArea:
    """A part of the text that leads to an address, as a box in the node's coordinates."""

    rect: Rect
    url: str


@dataclass(frozen=True, slots=True)
class Decoration:
    """An underline or a strike: a filled rectangle."""

    rect: Rect
    fills: tuple[Fill, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line's box: from ``top``, ``height`` high, glyphs from ``left`` for ``width``; ``baseline`` is absolute.
    All in the node's coordinates. ``start`` and ``end`` are characters of the text as it is set (after case)."""

    start: int
    end: int
    top: float
    height: float
    baseline: float
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class TextLayout:
    """Everything to draw, in order. ``bounds``: of the line boxes, not of the ink. ``warnings``: (code, detail)."""

    runs: tuple[GlyphRun, ...] = ()
    decorations: tuple[Decoration, ...] = ()
    lines: tuple[Line, ...] = ()
    links: tuple[LinkArea, ...] = ()
    bounds: Rect = _NOWHERE
    warnings: tuple[tuple[str, str], ...] = ()
    truncated: bool = False
