"""Fills as paints: opacity put in, gradients in their own space, images in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from renderer.displaylist import Paint, SolidPaint
from renderer.lower.gradients import gradient_paint
from renderer.lower.imagefill import image_paint
from renderer.lower.lowering import Lowering
from renderer.scene import BlendMode, Fill, GradientFill, ImageFill, Shape, SolidFill, Text


class Ink(Struct, frozen=True, gc=False):
    """What an item's compositing adds to each of its paints, where no group is needed for it."""

    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


PLAIN_INK: Final = Ink()


def paints_of(fills: Sequence[Fill], item: Shape | Text, lowering: Lowering, ink: Ink) -> tuple[Paint, ...]:
    """Bottom first. A fill that paints nothing, such as an image that is not here, has no paint."""
    paints: list[Paint] = []
    for fill in fills:
        blend = ink.blend if fill.blend.is_plain else fill.blend
        opacity = fill.opacity * ink.opacity
        match fill:
            case SolidFill(colour=colour):
                paints.append(SolidPaint(colour if opacity == 1.0 else colour.faded(opacity), blend))
            case GradientFill():
                paints.append(gradient_paint(fill, item.width, item.height, opacity, blend))
            case ImageFill():
                paint = image_paint(fill, item, opacity, blend, lowering)
                if paint is not None:
                    paints.append(paint)
    return tuple(paints)
