"""FigJam's nodes: stickies, shapes with text and table cells, each a shape with a label in it.

The REST API gives their characters and nothing of how they are set, so a label is set as FigJam does at first: Inter
Medium, dark or light as the ground asks for, in the middle of a shape and at the top left of a sticky.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from renderer.read.model.node import TextModel
from renderer.read.model.text import StyleModel
from renderer.read.placement import Placement
from renderer.read.reading import Reading
from renderer.read.text import read_text
from renderer.scene import (
    Colour,
    Fill,
    Geometry,
    Matrix,
    Node,
    PathData,
    PathGeometry,
    RectGeometry,
    SolidFill,
    TextRun,
)

_PADDING_PX: Final = {"STICKY": 16.0, "SHAPE_WITH_TEXT": 12.0, "TABLE_CELL": 12.0}
_CENTRED: Final = {"textAlignHorizontal": "CENTER", "textAlignVertical": "CENTER"}
_ALIGNED: Final = {"SHAPE_WITH_TEXT": _CENTRED, "TABLE_CELL": {"textAlignVertical": "CENTER"}}
_FACE: Final = {"fontFamily": "Inter", "fontWeight": 500.0, "fontSize": 16.0}
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


def shape_of(kind: str | None, placement: Placement, reading: Reading) -> Geometry | None:
    """The outline of a ``SHAPE_WITH_TEXT``; None: an ellipse or a star, which other nodes have too."""
    if kind in ("ELLIPSE", "STAR"):
        return None
    if kind in _CORNERS:
        return _polygon(_CORNERS[kind], placement)
    if kind not in (None, "SQUARE", "ROUNDED_RECTANGLE"):
        reading.warn("approximate-geometry", f"A shape of kind {kind[:40]} is drawn as a rectangle.")
    return RectGeometry((_ROUNDED_PX,) * 4 if kind == "ROUNDED_RECTANGLE" else (0.0,) * 4)


def label_of(model: TextModel, placement: Placement, fills: tuple[Fill, ...], reading: Reading) -> Node | None:
    """The characters of a node as a text of their own, or None where there are none."""
    style = {**_FACE, **_ALIGNED.get(model.type, {})}
    text = read_text(model.model_copy(update={"style": model.style or StyleModel.model_validate(style)}), reading)
    if text is None:
        return None
    if model.style is None:
        reading.warn("approximate-text", "The document does not say how this text is set; it is set as FigJam does.")
    ink = (SolidFill(_LIGHT if _is_dark(fills) else _DARK),)
    padding = min(_PADDING_PX[model.type], placement.width / 4, placement.height / 4)
    return Node(
        id=model.id,
        name=model.name,
        width=placement.width - 2 * padding,
        height=placement.height - 2 * padding,
        transform=Matrix.translation(padding, padding),
        text=replace(text, runs=tuple(_inked(run, ink) for run in text.runs)),
    )


def _inked(run: TextRun, ink: tuple[Fill, ...]) -> TextRun:
    """The node's own fills paint its shape, not its text."""
    return replace(run, style=replace(run.style, fills=ink))


def _is_dark(fills: tuple[Fill, ...]) -> bool:
    for fill in reversed(fills):
        if isinstance(fill, SolidFill):
            colour = fill.colour
            luma = 0.2126 * colour.r + 0.7152 * colour.g + 0.0722 * colour.b
            return luma < _MIDDLE_LUMA and colour.a * fill.opacity > 0.5
    return False


def _polygon(corners: tuple[tuple[float, float], ...], placement: Placement) -> Geometry:
    points = [f"{x * placement.width:.9g} {y * placement.height:.9g}" for x, y in corners]
    return PathGeometry((PathData(f"M{'L'.join(points)}Z"),))
