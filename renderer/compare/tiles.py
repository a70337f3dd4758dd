"""A picture cut into pieces, each with a margin as wide as any measure looks around a pixel.

Measured piece by piece the memory is bounded whatever the size, and a piece in which nothing differs costs nothing:
every measure here is a function of a pixel's surroundings, and says 'the same' where they are the same. (Within a
piece :mod:`renderer.compare.measure` looks around what changed alone.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SIDE: Final = 256
# FLIP's widest filter reaches 10 pixels at its default 67 pixels per degree; SSIM's window 3; anti-aliasing 2.
MARGIN: Final = 16

Area = tuple[slice, slice]
"""Rows and columns."""


@dataclass(frozen=True, slots=True)
class Tile:
    """``core``: this piece of the picture; ``around``: with its margin; ``inner``: the core within that."""

    core: Area
    around: Area
    inner: Area


def tiles(width: int, height: int) -> Iterator[Tile]:
    """Pieces that cover every pixel once, from the top left."""
    for top in range(0, height, SIDE):
        for left in range(0, width, SIDE):
            rows, columns = _span(top, height), _span(left, width)
            yield Tile((rows[0], columns[0]), (rows[1], columns[1]), (rows[2], columns[2]))


def _span(start: int, length: int) -> tuple[slice, slice, slice]:
    stop, first, last = min(start + SIDE, length), max(0, start - MARGIN), min(start + SIDE + MARGIN, length)
    return slice(start, stop), slice(first, last), slice(start - first, stop - first)
