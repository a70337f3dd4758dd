"""Everything that loads, compiles or builds a table at its first use, used once, before the lock.

pixelmatch is compiled by numba when it is first called; NumPy, SciPy and Pillow import parts of themselves by name;
FLIP makes its filters; littlecms its tables. Refusals are rehearsed too.
"""

from __future__ import annotations

import contextlib
from typing import Final

import numpy as np
from PIL import Image, MpoImagePlugin

from renderer.compare.decode import decode
from renderer.compare.heatmap import heat_map
from renderer.compare.measure import ComparedBox, measure
from renderer.compare.strip import strip
from renderer.encode import encode
from renderer.exceptions import RenderError
from renderer.formats import BITMAPS, ImageFormat
from renderer.pixels import Pixels
from renderer.warm import silence_libtiff

_EAGER: Final = (MpoImagePlugin,)
_SIDE: Final = 300  # more than one tile
_SMALL: Final = 24
_MANY: Final = 1 << 30


def warm() -> None:
    """Before any fork; some seconds where pixelmatch has to be compiled."""
    Image.init()
    silence_libtiff()
    opaque, clear = _pictures(_SIDE, alpha=255), _pictures(_SIDE, alpha=128)
    for pair in (opaque, clear, (opaque[0], clear[1])):
        _compare(*pair)
    _compare(opaque[0], opaque[0])
    _compare(opaque[0][:2, :3], opaque[1][:2, :3])
    for image_format in BITMAPS:
        for picture in (opaque[0], clear[0]):
            _refused(encode(picture, image_format, quality=80, scale=1.0))
    _refused(b"no picture")


def touch() -> None:
    """A small comparison, in a fork that waits: the pages that every comparison writes to are then its own already."""
    _compare(*_pictures(_SMALL, alpha=255))


def _pictures(side: int, *, alpha: int) -> tuple[Pixels, Pixels]:
    ramp = np.arange(side, dtype=np.uint8)
    one = np.stack((*np.meshgrid(ramp, ramp), np.full((side, side), 90), np.full((side, side), alpha)), axis=2)
    other = one.copy()
    other[4:12, 4:14, :3] = 255 - other[4:12, 4:14, :3]
    return one.astype(np.uint8), other.astype(np.uint8)


def _compare(one: Pixels, other: Pixels) -> None:
    measured = measure(one, other, masks=(ComparedBox(0, 0, 1, 1),))
    encode(strip((one, other, heat_map(one, measured.delta))), ImageFormat.PNG, quality=90, scale=1.0)


def _refused(data: bytes) -> None:
    """Whole, cut short and too large."""
    for content, most in ((data, _MANY), (data[: len(data) * 2 // 3], _MANY), (data, 1)):
        with contextlib.suppress(RenderError):
            decode(content, name="picture", max_pixels=most)
