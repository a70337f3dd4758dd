"""Ink: where the glyphs of set lines leave it, and moving the lines to where the document says that it is.

Only for texts in a stand-in, or in another version of their font: its bearings, ascent and descent are others than
those of the font that Figma had.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from renderer.geometry import Rect
from renderer.scene import ListType, TextBlock, TextDecoration
from renderer.text.itemise import is_other_version
from renderer.text.lines import PlacedGlyphs, SetLine
from renderer.text.metrics import on_pixel
from renderer.text.plan import PlannedLine

# What is further off is not a difference between two fonts.
_MAX_SHIFT_EMS = 0.3
_MAX_DIFFERENCE_EMS = 0.15


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line with the left edge and the top of its box."""

    plan: PlannedLine
    set: SetLine
    left: float
    top: float


def shift_to_ink(text: TextBlock, lines: Sequence[PlacedLine]) -> tuple[float, float]:
    """How far to move ``lines`` (right, down; pixels, down whole ones) so that the middle of their ink is where the
    document says. Nothing for a text in its own fonts; one in another version of its font stays where it is aligned."""
    theirs = glyph_ink(text)
    parts = [part for line in lines for part in line.set.parts if any(part.glyphs)]  # not only boxes for missing ones
    stand_in = any(part.item.stands_in for part in parts)
    if theirs is None or not (stand_in or any(map(_is_other_version, parts))):
        return 0.0, 0.0
    ours = _union(
        Rect(line.left + ink.x, on_pixel(line.top + line.plan.metrics.above) + ink.y, ink.width, ink.height)
        for line in lines
        if (ink := ink_of(line.set)) is not None
    )
    if ours is None:
        return 0.0, 0.0
    size = max(run.style.size for run in text.runs)
    right = theirs.x + theirs.width / 2 - ours.x - ours.width / 2
    down = float(round(theirs.y + theirs.height / 2 - ours.y - ours.height / 2))
    return (
        right if stand_in and _near(theirs.width, ours.width, right, size) else 0.0,
        down if _near(theirs.height, ours.height, down, size) else 0.0,
    )


def glyph_ink(text: TextBlock) -> Rect | None:
    """The ink that the document tells, if it is that of letters alone from one margin: no underline, no list."""
    decorated = any(run.style.decoration is not TextDecoration.NONE for run in text.runs)
    indented = text.paragraph_indent or any(
        line.indentation > 0 or line.list_type is not ListType.NONE for line in text.lines
    )
    return None if decorated or indented else text.ink


def _is_other_version(part: PlacedGlyphs) -> bool:
    return is_other_version(part.item.piece.style, part.item.face)


def _near(theirs: float, ours: float, shift: float, size: float) -> bool:
    """Ink of another size is not the same ink: a frame has cut it off, or it holds more than this text."""
    return abs(theirs - ours) <= _MAX_DIFFERENCE_EMS * size and abs(shift) <= _MAX_SHIFT_EMS * size


def ink_of(line: SetLine) -> Rect | None:
    """The box around the glyphs' outlines: from the line's left edge and its baseline, pixels, y down."""
    return _union(box for part in line.parts for box in _boxes(part))


def _boxes(part: PlacedGlyphs) -> Iterable[Rect]:
    instance = part.item.face.instance
    x_scale, y_scale = part.item.x_scale, part.item.size / instance.upem
    for glyph, x, y in zip(part.glyphs, part.xs, part.ys, strict=True):
        box = instance.font.get_glyph_extents(glyph)
        if box is not None and box.width and box.height:
            # HarfBuzz measures upwards: the height is negative.
            yield Rect(
                part.left + x + box.x_bearing * x_scale,
                y - box.y_bearing * y_scale,
                box.width * x_scale,
                -box.height * y_scale,
            )


def _union(boxes: Iterable[Rect]) -> Rect | None:
    known = list(boxes)
    if not known:
        return None
    left, top = min(box.x for box in known), min(box.y for box in known)
    right = max(box.x + box.width for box in known)
    return Rect(left, top, right - left, max(box.y + box.height for box in known) - top)
