"""Coverage masks: how small paths, glyphs above all, are drawn.

Skia computes those with its rasteriser on both surfaces, where a GPU would take a handful of samples per pixel. It
costs the CPU nothing and leaves a tenth of the differences.
"""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.draw.canvas.playback import Playback

# A mask filter that changes nothing; having one makes Skia draw through a mask.
_AS_MASK: Final = skia.TableMaskFilter.CreateClip(0, 255)
_LARGEST_MASK_PX: Final = 512 * 512  # larger ones cost more to upload than they are worth; text lines stay below


def draw_path(path: Any, paint: Any, playback: Playback) -> None:
    """``paint`` may be changed."""
    if paint.getMaskFilter() is None and fits_mask(path.getBounds(), playback):
        paint.setMaskFilter(_AS_MASK)
    playback.canvas.drawPath(path, paint)


def fits_mask(bounds: Any, playback: Playback) -> bool:
    """Whether what is drawn within ``bounds`` is small enough to be drawn as a coverage mask."""
    area = playback.placed.mapRect(bounds)
    return bool(area.width() * area.height() <= _LARGEST_MASK_PX)
