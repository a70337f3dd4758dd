"""Documents of our own, small and hostile."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

RED = {"r": 1, "g": 0, "b": 0, "a": 1}


def node(
    kind: str = "RECTANGLE", box: tuple[float, float, float, float] = (0, 0, 40, 30), **more: Any
) -> dict[str, Any]:
    x, y, width, height = box
    return {
        "id": more.pop("id", "1:2"),
        "name": kind.lower(),
        "type": kind,
        "absoluteBoundingBox": {"x": x, "y": y, "width": width, "height": height},
        "fills": [{"type": "SOLID", "color": RED, "blendMode": "NORMAL"}],
        **more,
    }


def frame(*children: dict[str, Any], width: float = 40, height: float = 30) -> dict[str, Any]:
    return node("FRAME", (0, 0, width, height), id="1:1", children=list(children), clipsContent=True)


def document(root: dict[str, Any] | None = None) -> bytes:
    return json.dumps(frame(node()) if root is None else root).encode()


def with_image(ref: str) -> bytes:
    fill = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": ref, "blendMode": "NORMAL"}
    return document(frame(node(fills=[fill])))


def deeply_nested(levels: int) -> bytes:
    return b'{"children":[' * levels + b"]}" * levels


def many_nodes(count: int) -> bytes:
    child = '{"id":"2:%d","type":"RECTANGLE","absoluteBoundingBox":{"x":0,"y":0,"width":1,"height":1}}'
    children = ",".join(child % number for number in range(count))
    return document(frame()).replace(b'"children": []', f'"children": [{children}]'.encode())


def png(width: int = 4, height: int = 4, *, claims: tuple[int, int] | None = None) -> bytes:
    """A white RGB picture; ``claims``: what its header says instead."""
    rows = b"".join(b"\0" + b"\xff\xff\xff" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", *(claims or (width, height)), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def size_of_png(data: bytes) -> tuple[int, int]:
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height
