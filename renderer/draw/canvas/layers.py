"""Offscreen layers, counted: each one is as large as the clip, and documents can nest them.

Skia goes on without a layer that it cannot allocate, and what should be in it is missing from the picture. So the
memory is asked for first, the way Skia will ask for it, where running out of it is a MemoryError.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import skia

from renderer.draw.canvas.playback import Playback
from renderer.draw.surface import BYTES_PER_PIXEL
from renderer.exceptions import LimitError
from renderer.limits import MAX_LAYER_BYTES

_FILTER_COPIES: Final = 3  # a filter holds its source, its result and one step between


def open_layer(playback: Playback, bounds: Any = None, paint: Any = None, *, backdrop: Any = None) -> None:
    """Draw into a layer from here on; the end of the group lays it down with ``paint``.

    ``bounds``: a ``skia.Rect`` in the canvas's present coordinates that holds all that is drawn into it, or None for
    the whole clip. ``backdrop``: an image filter whose result on what is already there is the layer's first content.
    Raises :class:`LimitError` when the open layers together would hold more than ``MAX_LAYER_BYTES``, and MemoryError
    when there is less than that.
    """
    filtered = backdrop is not None or (paint is not None and paint.getImageFilter() is not None)
    size = _bytes_of(playback, bounds) * (_FILTER_COPIES if filtered else 1)
    if playback.layer_bytes + size > MAX_LAYER_BYTES:
        raise LimitError(
            f"Nested groups, masks and effects need more than {MAX_LAYER_BYTES >> 20} MiB of layers, which is the "
            "limit. Ask for a smaller picture, or a part of the document with `node`.",
            code="limit-layers",
        )
    np.empty(size, np.uint8)  # see the module's docstring: a MemoryError now, or a wrong picture later
    playback.layer_bytes += size
    playback.canvas.saveLayer(skia.Canvas.SaveLayerRec(bounds, paint, backdrop, 0))


class layer:  # noqa: N801 - used as a statement: with layer(...):
    """Draw what is inside the block into a layer, as :func:`open_layer` says."""

    __slots__ = ("_bounds", "_paint", "_playback")

    def __init__(self, playback: Playback, bounds: Any = None, paint: Any = None) -> None:
        self._playback = playback
        self._bounds = bounds
        self._paint = paint

    def __enter__(self) -> None:
        self._playback.open()
        open_layer(self._playback, self._bounds, self._paint)

    def __exit__(self, *_: object) -> None:
        self._playback.close()


def _bytes_of(playback: Playback, bounds: Any) -> int:
    area = playback.canvas.getDeviceClipBounds()
    if bounds is not None:
        mapped = playback.placed.mapRect(bounds)
        if not mapped.intersect(skia.Rect.Make(area)):
            return 0
        area = mapped.roundOut()
    return int(area.width()) * int(area.height()) * BYTES_PER_PIXEL
