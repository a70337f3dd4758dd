"""Documents to measure with, made here: a phone screen of cards with text, gradients, shadows and rounded corners."""

from __future__ import annotations

import json
from typing import Any

WIDTH, CARD_HEIGHT, GAP = 390, 96, 12


def screen(cards: int = 8) -> bytes:
    """Figma REST JSON of one frame; seven nodes a card."""
    return json.dumps(_screen("0:1", range(cards))).encode()


def screens(count: int = 20, cards: int = 8) -> tuple[bytes, list[str]]:
    """A page of such frames, one below the other, with cards that are all different; and the ids of the frames."""
    names = [f"1:{number}" for number in range(count)]
    frames = [_screen(name, range(i * cards, (i + 1) * cards)) for i, name in enumerate(names)]
    page = {"id": "0:1", "name": "Page 1", "type": "CANVAS", "children": frames}
    document = {"id": "0:0", "name": "Document", "type": "DOCUMENT", "children": [page]}
    return json.dumps({"name": "screens", "document": document}).encode(), names


def _screen(name: str, numbers: range) -> dict[str, Any]:
    top, height = numbers.start * (CARD_HEIGHT + GAP), len(numbers) * (CARD_HEIGHT + GAP) + GAP
    frame = _node(name, "FRAME", (0, top, WIDTH, height), fills=[_solid(0.96, 0.97, 0.98)])
    frame["children"] = [_card(number) for number in numbers]
    return frame


def _card(number: int) -> dict[str, Any]:
    top = GAP + number * (CARD_HEIGHT + GAP)
    name = str(number + 2)
    box = (GAP, top, WIDTH - 2 * GAP, CARD_HEIGHT)
    card = _node(f"{name}:1", "FRAME", box, fills=[_solid(1, 1, 1)], cornerRadius=16, clipsContent=True)
    card["effects"] = [_shadow()]
    card["children"] = [
        _node(f"{name}:2", "ELLIPSE", (28, top + 20, 56, 56), fills=[_gradient(number)]),
        _text(f"{name}:3", (100, top + 18, 220, 24), f"Card number {number + 1}", 18, 600),
        _text(f"{name}:4", (100, top + 44, 220, 36), "A line of text that wraps into a second one", 13, 400),
        _node(f"{name}:5", "RECTANGLE", (340, top + 36, 24, 24), fills=[_gradient(number + 3)], cornerRadius=8),
        _node(f"{name}:6", "LINE", (100, top + 88, 220, 0), strokes=[_solid(0.9, 0.9, 0.9)], strokeWeight=1),
    ]
    return card


def _node(node_id: str, kind: str, box: tuple[float, float, float, float], **more: Any) -> dict[str, Any]:
    x, y, width, height = box
    bounds = {"x": x, "y": y, "width": width, "height": height}
    node = {"id": node_id, "name": node_id, "type": kind, "absoluteBoundingBox": bounds, "absoluteRenderBounds": bounds}
    return node | {"blendMode": "PASS_THROUGH", "strokes": [], "fills": [], "effects": []} | more


def _text(
    node_id: str, box: tuple[float, float, float, float], characters: str, size: float, weight: int
) -> dict[str, Any]:
    style = {"fontFamily": "Inter", "fontWeight": weight, "fontSize": size, "textAutoResize": "HEIGHT"}
    style |= {"lineHeightPx": size * 1.3, "lineHeightUnit": "PIXELS", "textAlignHorizontal": "LEFT"}
    return _node(node_id, "TEXT", box, characters=characters, style=style, fills=[_solid(0.1, 0.1, 0.15)])


def _solid(r: float, g: float, b: float) -> dict[str, Any]:
    return {"type": "SOLID", "blendMode": "NORMAL", "color": {"r": r, "g": g, "b": b, "a": 1.0}}


def _gradient(number: int) -> dict[str, Any]:
    hue = number * 0.17 % 1
    stops = [(0.0, hue, 0.4, 0.9), (1.0, 0.9, hue, 0.5)]
    return {
        "type": "GRADIENT_LINEAR",
        "blendMode": "NORMAL",
        "gradientHandlePositions": [{"x": 0, "y": 0}, {"x": 1, "y": 1}, {"x": 0, "y": 1}],
        "gradientStops": [{"position": p, "color": {"r": r, "g": g, "b": b, "a": 1}} for p, r, g, b in stops],
    }


def _shadow() -> dict[str, Any]:
    colour = {"r": 0.1, "g": 0.1, "b": 0.3, "a": 0.15}
    return {
        "type": "DROP_SHADOW",
        "visible": True,
        "color": colour,
        "blendMode": "NORMAL",
        "offset": {"x": 0, "y": 4},
        "radius": 12,
    }
