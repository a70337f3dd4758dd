"""Drawing and clipping with a shape: a ``skia.RRect`` or a ``skia.Path``.

Small paths, glyphs above all, are drawn as coverage masks: Skia computes those with its rasteriser on both surfaces,
where a GPU would take a handful of samples per pixel. It costs the CPU nothing and leaves a tenth of the differences.

Round corners are drawn as cubics. Skia's rasteriser would flatten a rounded rectangle's conics a tenth of a pixel too
far inside; it follows cubics to a hundredth, and they are what Figma itself makes of a round corner.
"""

from __future__ import annotations

from typing import Any, Final

import skia

CORNERS: Final = (
    skia.RRect.kUpperLeft_Corner,
    skia.RRect.kUpperRight_Corner,
    skia.RRect.kLowerRight_Corner,
    skia.RRect.kLowerLeft_Corner,
)
# A mask filter that changes nothing; having one makes Skia draw through a mask.
_AS_MASK: Final = skia.TableMaskFilter.CreateClip(0, 255)
_LARGEST_MASK_PX: Final = 512 * 512  # larger ones cost more to upload than they are worth; text lines stay below
_KAPPA: Final = 0.5522847498307936  # 4/3 (sqrt 2 - 1): a quarter circle as one cubic


def as_path(shape: Any) -> Any:
    return shape if isinstance(shape, skia.Path) else rounded_path(shape)


def bounds_of(shape: Any) -> Any:
    return shape.rect() if isinstance(shape, skia.RRect) else shape.computeTightBounds()


def draw_shape(canvas: Any, shape: Any, paint: Any) -> None:
    if isinstance(shape, skia.RRect) and shape.isRect():
        canvas.drawRect(shape.rect(), paint)
    else:
        draw_path(canvas, as_path(shape), paint)


def draw_path(canvas: Any, path: Any, paint: Any) -> None:
    """``paint`` may be changed."""
    if paint.getMaskFilter() is None and fits_mask(canvas, path.getBounds()):
        paint.setMaskFilter(_AS_MASK)
    canvas.drawPath(path, paint)


def fits_mask(canvas: Any, bounds: Any) -> bool:
    """Whether what is drawn within ``bounds`` is small enough to be drawn as a coverage mask."""
    area = canvas.getTotalMatrix().mapRect(bounds)
    return bool(area.width() * area.height() <= _LARGEST_MASK_PX)


def clip_shape(canvas: Any, shape: Any, operation: Any = skia.ClipOp.kIntersect) -> None:
    if isinstance(shape, skia.RRect) and shape.isRect():
        canvas.clipRect(shape.rect(), operation, True)
    else:
        canvas.clipPath(as_path(shape), operation, True)


def rounded_path(shape: Any) -> Any:
    """A ``skia.RRect`` as a path, clockwise from the top edge."""
    path = skia.Path()
    append_rounded(path, shape)
    return path


def append_rounded(path: Any, shape: Any) -> None:
    rect = shape.rect()
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    if shape.isRect():
        path.addRect(rect)
        return
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ((radius.x(), radius.y()) for radius in map(shape.radii, CORNERS))
    rest = 1 - _KAPPA
    path.moveTo(left + ax, top)
    path.lineTo(right - bx, top)
    path.cubicTo(right - bx * rest, top, right, top + by * rest, right, top + by)
    path.lineTo(right, bottom - cy)
    path.cubicTo(right, bottom - cy * rest, right - cx * rest, bottom, right - cx, bottom)
    path.lineTo(left + dx, bottom)
    path.cubicTo(left + dx * rest, bottom, left, bottom - dy * rest, left, bottom - dy)
    path.lineTo(left, top + ay)
    path.cubicTo(left, top + ay * rest, left + ax * rest, top, left + ax, top)
    path.close()
