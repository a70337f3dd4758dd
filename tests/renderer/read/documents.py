"""Small documents in the shape of Figma's REST answers, and a way to read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from renderer.exceptions import RenderError
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.read import read_rest
from renderer.scene import Node, Scene

Json = dict[str, Any]

RED: Json = {"r": 1, "g": 0, "b": 0, "a": 1}


def box(x: float, y: float, width: float, height: float) -> Json:
    return {"x": x, "y": y, "width": width, "height": height}


def solid(colour: Json = RED, **more: Any) -> Json:
    return {"type": "SOLID", "color": colour, "blendMode": "NORMAL", **more}


def node(kind: str = "RECTANGLE", at: tuple[float, float, float, float] = (0, 0, 100, 50), **more: Any) -> Json:
    """A node with one red fill, unless ``more`` says otherwise."""
    properties = {"id": "1:1", "name": kind.lower(), "type": kind, "absoluteBoundingBox": box(*at), "fills": [solid()]}
    return properties | more


def frame(*children: Json, at: tuple[float, float, float, float] = (0, 0, 100, 50), **more: Any) -> Json:
    return node("FRAME", at, **({"fills": [], "children": list(children)} | more))


def group(*children: Json, at: tuple[float, float, float, float] = (0, 0, 100, 50), **more: Any) -> Json:
    return node("GROUP", at, **({"fills": [], "children": list(children)} | more))


def text(characters: str, at: tuple[float, float, float, float] = (0, 0, 100, 50), **more: Any) -> Json:
    return node("TEXT", at, **({"characters": characters, "style": {"fontFamily": "Inter", "fontSize": 16}} | more))


def file_of(*pages: Json) -> Json:
    return {"name": "file", "document": {"id": "0:0", "name": "Document", "type": "DOCUMENT", "children": list(pages)}}


def page(*children: Json, **more: Any) -> Json:
    return {"id": "0:1", "name": "Page", "type": "CANVAS", "children": list(children), **more}


def answer(**nodes: Json | None) -> Json:
    """An answer of ``/nodes``: ``answer(n1=...)`` is that of node 1:1."""
    entries = {name.replace("n", "1:"): value for name, value in nodes.items()}
    return {"nodes": {key: None if value is None else {"document": value} for key, value in entries.items()}}


def read(document: Json | bytes, *, limits: RenderLimits | None = None, **options: Any) -> Scene:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_rest(data, options=RenderOptions(**options), limits=limits or RenderLimits())


def read_node(document: Json) -> Node:
    """The root of the scene."""
    return read(document).root


def child(document: Json) -> Node:
    """The only child of the root of a frame around ``document``."""
    (only,) = read_node(frame(document)).children
    return only


def refusal(document: Json | bytes, *, limits: RenderLimits | None = None, **options: Any) -> RenderError:
    with pytest.raises(RenderError) as caught:
        read(document, limits=limits, **options)
    return caught.value


def codes(scene: Scene) -> list[tuple[str, str | None]]:
    return [(warning.code, warning.node) for warning in scene.warnings]
