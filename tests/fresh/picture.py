"""A document of our own, and whether what came back is its picture."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from tests.app.documents import document, frame, node

_SIZE: Final = (40, 30)
_SCALE: Final = 2
_BLUE: Final = {"r": 0, "g": 0, "b": 1, "a": 1}
# Both paths draw a plain colour to the last bit; one step is for rounding.
_TOLERANCE: Final = 1
_EXPECTED: Final = {(10, 30): (255, 0, 0, 255), (70, 30): (0, 0, 255, 255)}
QUERY: Final = f"scale={_SCALE}&format=png"


def split() -> bytes:
    """Red on the left, blue on the right."""
    halves = (
        node(id="1:2", box=(0, 0, 20, 30)),
        node(id="1:3", box=(20, 0, 20, 30), fills=[{"type": "SOLID", "color": _BLUE, "blendMode": "NORMAL"}]),
    )
    return document(frame(*halves))


def wrong(data: bytes) -> str:
    """What is not as it must be; empty where nothing is."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            image.load()
            return _wrong(image.size, image.convert("RGBA"))
    except (OSError, SyntaxError) as error:
        return f"not a PNG: {error}"


def _wrong(size: tuple[int, int], image: Image.Image) -> str:
    expected = (_SIZE[0] * _SCALE, _SIZE[1] * _SCALE)
    if size != expected:
        return f"{size[0]} x {size[1]} pixels, not {expected[0]} x {expected[1]}"
    for place, colour in _EXPECTED.items():
        found = image.getpixel(place)
        if not isinstance(found, tuple) or any(abs(a - b) > _TOLERANCE for a, b in zip(found, colour, strict=True)):
            return f"at {place} it is {found}, not {colour}"
    return ""
