"""Small documents in the shape of Figma's REST answers, and a way to build scenes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from renderer.build import build_scene
from renderer.documents import DocumentFormat
from renderer.exceptions import RenderError
from renderer.figma import Decoded
from renderer.geometry import Colour, Rect
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.read import decode
from renderer.scene import Masked, Scene, SceneItem, children_of
from renderer.warnings import RenderWarning, Warnings

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


@dataclass(frozen=True)
class Built:
    """A scene and what was said on the way to it."""

    scene: Scene
    warnings: tuple[RenderWarning, ...]

    @property
    def root(self) -> Any:
        return self.scene.root

    @property
    def bounds(self) -> Rect:
        return self.scene.bounds

    @property
    def background(self) -> Colour | None:
        return self.scene.background

    @property
    def children(self) -> tuple[Any, ...]:
        """Of the root."""
        return children_of(self.root)

    @property
    def codes(self) -> list[tuple[str, str | None]]:
        return [(warning.code, warning.node) for warning in self.warnings]


def decoded(document: Json | bytes, wanted: str | None = None, *, limits: RenderLimits | None = None) -> Decoded:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return decode(data, DocumentFormat.REST_JSON.media_type, node=wanted, limits=limits or RenderLimits())


def read(document: Json | bytes, *, limits: RenderLimits | None = None, **options: Any) -> Built:
    bounds, asked = limits or RenderLimits(), RenderOptions(**options)
    warnings = Warnings(bounds.max_warnings)
    return Built(
        build_scene(decoded(document, asked.node, limits=bounds), options=asked, limits=bounds, warnings=warnings),
        warnings.listed(),
    )


def child(document: Json) -> Any:
    """The only child of the root of a frame around ``document``: an item of any kind."""
    (only,) = read(frame(document)).children
    return only


def refusal(document: Json | bytes, *, limits: RenderLimits | None = None, **options: Any) -> RenderError:
    with pytest.raises(RenderError) as caught:
        read(document, limits=limits, **options)
    return caught.value


def ids(items: Iterable[SceneItem]) -> list[str | None]:
    """None for what is masked."""
    return [None if isinstance(item, Masked) else item.id for item in items]


def items_in(root: SceneItem) -> Iterator[Any]:
    """It and all that lies in it, masks and what they mask too."""
    pending = [root]
    while pending:
        item = pending.pop()
        yield item
        pending += reversed(children_of(item))
