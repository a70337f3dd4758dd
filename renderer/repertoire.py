"""What design documents are drawn with, in pieces of a few nodes: drawing one compiles the shaders that it needs.

A GPU driver compiles a program for every combination of shape, paint, clip and effect when it first meets it, and a
software driver takes tens of milliseconds for each. A server that draws these pieces while it has nothing else to do
has met most combinations before a document asks for them. Sizes are those of real screens: Skia chooses its blurs and
its path renderers by size.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

Json = dict[str, Any]

_SCALES: Final = (2.0, 1.0)
_SIZE: Final = 240.0
_BOX: Final = (30.5, 30.0, 150.0, 90.0)


def _colour(r: float, g: float, b: float, a: float = 1.0) -> Json:
    return {"r": r, "g": g, "b": b, "a": a}


def _solid(opacity: float = 1.0) -> Json:
    return {"type": "SOLID", "blendMode": "NORMAL", "opacity": opacity, "color": _colour(0.2, 0.4, 0.8)}


def _gradient(kind: str, stops: int, alpha: float = 1.0) -> Json:
    colours = [_colour(index / stops, 0.4, 0.8, alpha) for index in range(stops)]
    return {
        "type": f"GRADIENT_{kind}",
        "blendMode": "NORMAL",
        "gradientHandlePositions": [{"x": 0.5, "y": 0.5}, {"x": 1, "y": 0.9}, {"x": 0, "y": 1}],
        "gradientStops": [{"position": n / (stops - 1), "color": colour} for n, colour in enumerate(colours)],
    }


def _shadow(kind: str, radius: float, spread: float = 0.0) -> Json:
    offset = {"x": 0, "y": radius / 3}
    colour = _colour(0, 0, 0.2, 0.25)
    return {"type": kind, "radius": radius, "spread": spread, "offset": offset, "color": colour, "blendMode": "NORMAL"}


_SHAPES: Final[tuple[Json, ...]] = (
    {"type": "RECTANGLE"},
    {"type": "RECTANGLE", "cornerRadius": 12},
    {"type": "RECTANGLE", "cornerRadius": 45},
    {"type": "RECTANGLE", "rectangleCornerRadii": [24, 24, 0, 0]},
    {"type": "RECTANGLE", "cornerRadius": 20, "cornerSmoothing": 0.6},
    {"type": "ELLIPSE"},
    {"type": "VECTOR", "fillGeometry": [{"path": "M0 0L150 20C120 60 90 90 0 90Z", "windingRule": "NONZERO"}]},
)
_FILLS: Final[tuple[Json, ...]] = (
    _solid(),
    _solid(0.4),
    _gradient("LINEAR", 2),
    _gradient("LINEAR", 2, alpha=0.5),
    _gradient("LINEAR", 3),
    _gradient("LINEAR", 5),
    _gradient("RADIAL", 2),
    _gradient("RADIAL", 3, alpha=0.5),
)
_TREATMENTS: Final[tuple[Json, ...]] = (
    {},
    {"opacity": 0.6},
    {"strokes": [_solid()], "strokeWeight": 1, "strokeAlign": "INSIDE"},
    {"strokes": [_solid()], "strokeWeight": 2, "strokeAlign": "CENTER"},
    {"strokes": [_solid()], "strokeWeight": 2, "strokeAlign": "OUTSIDE"},
    {"effects": [_shadow("DROP_SHADOW", 4)]},
    {"effects": [_shadow("DROP_SHADOW", 12)]},
    {"effects": [_shadow("DROP_SHADOW", 40, spread=4)]},
    {"effects": [_shadow("INNER_SHADOW", 8)]},
    {"effects": [{"type": "LAYER_BLUR", "radius": 6}]},
    {"effects": [{"type": "BACKGROUND_BLUR", "radius": 20}]},
)
_CLIPS: Final[tuple[Json, ...]] = ({}, {"cornerRadius": 24})


def pieces() -> Iterator[tuple[bytes, float]]:
    """Documents (Figma REST JSON of one frame) with the scale to draw each at, the most usual first."""
    for scale, clip in product(_SCALES, _CLIPS):
        for text in (_text(14, 400), _text(28, 700)):
            yield _frame(clip, [text]), scale
        for shape in _SHAPES:
            for fill in _FILLS:
                yield _frame(clip, [{**shape, "fills": [fill]}]), scale
            for treatment in _TREATMENTS:
                yield _frame(clip, [{**shape, "fills": [_solid()], **treatment}]), scale


def _text(size: float, weight: float) -> Json:
    style = {"fontFamily": "Inter", "fontWeight": weight, "fontSize": size, "textAutoResize": "HEIGHT"}
    return {"type": "TEXT", "characters": "The quick brown fox, 0123", "style": style, "fills": [_solid()]}


def _frame(clip: Json, children: list[Json]) -> bytes:
    """A clipping frame in a frame, as screens are made."""
    left, top, width, height = _BOX
    for number, child in enumerate(children):
        box = {"x": left, "y": top + 100 * number, "width": width, "height": height}
        child |= {"id": f"1:{number + 3}", "name": "piece", "absoluteBoundingBox": box}
    inner = _clipping("1:2", 10, _SIZE - 20, children) | clip
    return json.dumps(_clipping("1:1", 0, _SIZE, [inner])).encode()


def _clipping(node_id: str, origin: float, size: float, children: list[Json]) -> Json:
    box = {"x": origin, "y": origin, "width": size, "height": size}
    frame = {"id": node_id, "name": "frame", "type": "FRAME", "clipsContent": True, "fills": [_solid()]}
    return frame | {"absoluteBoundingBox": box, "children": children}
