"""Offscreen layers, counted: each one is as large as the clip, and documents can nest them.

Skia goes on without a layer that it cannot allocate, and what should be in it is missing from the picture. So the
memory is asked for first, the way Skia will ask for it, where running out of it is a MemoryError.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final

import numpy as np
import skia

from renderer.exceptions import LimitError
from renderer.paint.context import PaintContext

MAX_LAYER_BYTES: Final = 512 * 1024 * 1024
_BYTES_PER_PIXEL: Final = 4
_FILTER_COPIES: Final = 3  # a filter holds its source, its result and one step between


class layer:  # noqa: N801 - used as a statement: with layer(...):
    """Draw what is inside the block into a layer, then lay it down with ``paint``.

    ``bounds``: what the block draws in, or None for the whole clip. ``backdrop``: an image filter whose result on
    what is already there is the layer's first content. Raises :class:`LimitError` when the open layers together would
    hold more than ``MAX_LAYER_BYTES``, and MemoryError when there is less than that.
    """

    def __init__(self, context: PaintContext, bounds: Any = None, paint: Any = None, *, backdrop: Any = None) -> None:
        self._context = context
        self._bounds = bounds
        self._paint = paint
        self._backdrop = backdrop
        self._size = 0

    def __enter__(self) -> None:
        canvas = self._context.canvas
        self._count = canvas.getSaveCount()
        filtered = self._backdrop is not None or (self._paint is not None and self._paint.getImageFilter() is not None)
        self._size = _size(canvas, self._bounds) * (_FILTER_COPIES if filtered else 1)
        if self._context.layer_bytes + self._size > MAX_LAYER_BYTES:
            raise LimitError(
                f"Nested groups, masks and effects need more than {MAX_LAYER_BYTES >> 20} MiB of layers, which is the "
                "limit. Ask for a smaller picture, or a part of the document with `node`.",
                code="limit-layers",
            )
        np.empty(self._size, np.uint8)  # see the module's docstring: a MemoryError now, or a wrong picture later
        self._context.layer_bytes += self._size
        canvas.saveLayer(skia.Canvas.SaveLayerRec(self._bounds, self._paint, self._backdrop, 0))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.canvas.restoreToCount(self._count)
        self._context.layer_bytes -= self._size


def _size(canvas: Any, bounds: Any) -> int:
    area = canvas.getDeviceClipBounds()
    if bounds is not None:
        mapped = canvas.getTotalMatrix().mapRect(bounds)
        if not mapped.intersect(skia.Rect.Make(area)):
            return 0
        area = mapped.roundOut()
    return int(area.width()) * int(area.height()) * _BYTES_PER_PIXEL
