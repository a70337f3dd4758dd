"""FigJam's nodes: stickies, shapes with text and table cells, each a shape with a label in it.

Documents give their characters and nothing of how they are set, so a label is set as FigJam does at first: Inter
Medium, dark or light as the ground asks for, in the middle of a shape and at the top left of a sticky.
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from renderer.build.building import Building
from renderer.build.placement import Placement
from renderer.build.text import read_text
from renderer.figma import FigmaNode, FigmaTextStyle
from renderer.geometry import Colour, Matrix
from renderer.geometry.path import PathBuilder
from renderer.scene import Fill, Geometry, PathGeometry, RectGeometry, Region, SolidFill, Text, TextRun

_PADDING_PX: Final = {"STICKY": 16.0, "SHAPE_WITH_TEXT": 12.0, "TABLE_CELL": 12.0}
_STYLE: Final = FigmaTextStyle(font_family="Inter", font_weight=500.0, font_size=16.0)
_MIDDLE: Final = structs.replace(_STYLE, text_align_vertical="CENTER")
_STYLES: Final = {
    "STICKY": _STYLE,
    "SHAPE_WITH_TEXT": structs.replace(_MIDDLE, text_align_horizontal="CENTER"),
    "TABLE_CELL": _MIDDLE,
}
_DARK, _LIGHT = Colour(0.118, 0.118, 0.118), Colour(1.0, 1.0, 1.0)
_MIDDLE_LUMA: Final = 0.45
_ROUNDED_PX: Final = 8.0

# Corners in the unit square.
_CORNERS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "DIAMOND": ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
    "TRIANGLE_UP": ((0.5, 0), (1, 1), (0, 1)),
    "TRIANGLE_DOWN": ((0, 0), (1, 0), (0.5, 1)),
    "PARALLELOGRAM_RIGHT": ((0.2, 0), (1, 0), (0.8, 1), (0, 1)),
    "PARALLELOGRAM_LEFT": ((0, 0), (0.8, 0), (1, 1), (0.2, 1)),
    "TRAPEZOID": ((0.2, 0), (0.8, 0), (1, 1), (0, 1)),
    "HEXAGON": ((0.25, 0), (0.75, 0), (1, 0.5), (0.75, 1), (0.25, 1), (0, 0.5)),
    "PENTAGON": ((0.5, 0), (1, 0.382), (0.809, 1), (0.191, 1), (0, 0.382)),
    "OCTAGON": ((0.293, 0), (0.707, 0), (1, 0.293), (1, 0.707), (0.707, 1), (0.293, 1), (0, 0.707), (0, 0.293)),
    "PLUS": (
        *((0.33, 0), (0.67, 0), (0.67, 0.33), (1, 0.33), (1, 0.67), (0.67, 0.67)),
        *((0.67, 1), (0.33, 1), (0.33, 0.67), (0, 0.67), (0, 0.33), (0.33, 0.33)),
    ),
    "CHEVRON": ((0, 0), (0.75, 0), (1, 0.5), (0.75, 1), (0, 1), (0.25, 0.5)),
    "ARROW_RIGHT": ((0, 0.25), (0.6, 0.25), (0.6, 0), (1, 0.5), (0.6, 1), (0.6, 0.75), (0, 0.75)),
    "ARROW_LEFT": ((1, 0.25), (0.4, 0.25), (0.4, 0), (0, 0.5), (0.4, 1), (0.4, 0.75), (1, 0.75)),
    "MANUAL_INPUT": ((0, 0.25), (1, 0), (1, 1), (0, 1)),
}


def shape_of(kind: str | None, placement: Placement, building: Building) -> Geometry | None:
    """The outline of a ``SHAPE_WITH_TEXT``; None: an ellipse or a star, which other nodes have too."""
    if kind in ("ELLIPSE", "STAR"):
        return None
    if kind in _CORNERS:
        return _polygon(_CORNERS[kind], placement)
    if kind not in (None, "SQUARE", "ROUNDED_RECTANGLE"):
        building.warn("approximate-geometry", f"A shape of kind {kind[:40]} is drawn as a rectangle.")
    return RectGeometry((_ROUNDED_PX,) * 4 if kind == "ROUNDED_RECTANGLE" else (0.0,) * 4)


def _polygon(corners: tuple[tuple[float, float], ...], placement: Placement) -> Geometry:
    (x, y), *others = corners
    path = PathBuilder()
    path.move(x * placement.width, y * placement.height)
    for x, y in others:
        path.line(x * placement.width, y * placement.height)
    path.close()
    return PathGeometry((Region(path.build()),))


def label_of(node: FigmaNode, placement: Placement, fills: tuple[Fill, ...], building: Building) -> Text | None:
    """The characters of a node as a text of their own, or None where there are none. ``fills``: what they lie on."""
    block = read_text(node, node.style or _STYLES[node.type], building)
    if block is None:
        return None
    if node.style is None:
        building.warn("approximate-text", "The document does not say how this text is set; it is set as FigJam does.")
    ink = (SolidFill(_LIGHT if _is_dark(fills) else _DARK),)
    padding = min(_PADDING_PX[node.type], placement.width / 4, placement.height / 4)
    return Text(
        id=node.id,
        name=node.name,
        width=placement.width - 2 * padding,
        height=placement.height - 2 * padding,
        transform=Matrix.translation(padding, padding),
        block=structs.replace(block, runs=tuple(_inked(run, ink) for run in block.runs)),
    )


def _inked(run: TextRun, ink: tuple[Fill, ...]) -> TextRun:
    """The node's own fills paint its shape, not its text."""
    return TextRun(run.start, run.end, structs.replace(run.style, fills=ink))


def _is_dark(fills: tuple[Fill, ...]) -> bool:
    for fill in reversed(fills):
        if isinstance(fill, SolidFill):
            colour = fill.colour
            luma = 0.2126 * colour.r + 0.7152 * colour.g + 0.0722 * colour.b
            return luma < _MIDDLE_LUMA and colour.a * fill.opacity > 0.5
    return False
