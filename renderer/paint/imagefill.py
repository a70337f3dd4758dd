"""Image fills: a decoded image as a shader in the node's coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import skia

from renderer.paint.context import PaintContext
from renderer.paint.convert import mapped
from renderer.paint.filters import adjustment
from renderer.paint.placement import Placement, place
from renderer.scene import ImageFill, Node

# Bilinear, with mipmaps where the image shrinks: what both surfaces compute alike.
SAMPLING: Final = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
_SLACK: Final = 1e-3  # of the image's longer side


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """``clip``: the image's own outline, where it leaves part of the node uncovered, else None."""

    shader: Any
    clip: Any | None
    colour_filter: Any | None


def placed_image(fill: ImageFill, node: Node, context: PaintContext) -> PlacedImage | None:
    """None, and a warning, when nobody has the image; None when its transform flattens it to nothing."""
    image = context.images.get(fill.ref)
    if image is None:
        context.note("image-missing", f"no image with the digest {fill.ref} was given; the fill is left out", node)
        return None
    placement = place(fill, image.width(), image.height(), node.width, node.height)
    if placement is None:
        return None
    tiling = skia.TileMode.kRepeat if placement.repeats else skia.TileMode.kClamp
    shader = image.makeShader(tiling, tiling, SAMPLING, placement.matrix)
    return PlacedImage(shader, _clip(placement, image, node), _colour_filter(fill, node, context))


def _colour_filter(fill: ImageFill, node: Node, context: PaintContext) -> Any | None:
    return adjustment(fill.filters, node, context) if fill.filters is not None else None


def _clip(placement: Placement, image: Any, node: Node) -> Any | None:
    if placement.repeats or _covers(placement, image, node):
        return None
    return mapped(skia.Path.Rect(skia.Rect.MakeWH(image.width(), image.height())), placement.matrix)


def _covers(placement: Placement, image: Any, node: Node) -> bool:
    """Whether the placed image contains the whole node, give or take a rounding error."""
    inverse = skia.Matrix()
    if not placement.matrix.invert(inverse) or not inverse.rectStaysRect():
        return False
    needed = inverse.mapRect(skia.Rect.MakeWH(node.width, node.height))
    slack = _SLACK * max(image.width(), image.height())
    return bool(skia.Rect.MakeWH(image.width(), image.height()).makeOutset(slack, slack).contains(needed))
