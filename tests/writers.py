"""Which formats can be drawn: all that hold pixels, and the vector formats whose writer is there."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import pytest

from renderer.formats import VECTORS, ImageFormat


def is_drawn(image_format: ImageFormat) -> bool:
    """A vector format has its writer in renderer/draw, under its own name."""
    if not image_format.vector:
        return True
    return find_spec("renderer.draw") is not None and find_spec(f"renderer.draw.{image_format.value}") is not None


DRAWN: Final = tuple(each for each in ImageFormat if is_drawn(each))
TO_COME: Final = tuple(each for each in VECTORS if each not in DRAWN)
needs_writers = pytest.mark.skipif(bool(TO_COME), reason=f"without a writer: {', '.join(f.value for f in TO_COME)}")
"""For tests that need every vector format."""
