"""Background blurs: what lies below a node, blurred, seen through it."""

from __future__ import annotations

from typing import Any

import skia

from renderer.paint.blend import PLAIN
from renderer.paint.blur import LEAST_SIGMA, bounded_sigma, gaussian
from renderer.paint.context import PaintContext
from renderer.paint.geometry import silhouette
from renderer.paint.layers import layer
from renderer.paint.progressive import ends_of, graded
from renderer.paint.shapes import clip_shape
from renderer.scene import BackgroundBlur, Node, SolidFill


def draw_background_blur(effect: BackgroundBlur, node: Node, context: PaintContext) -> None:
    """What lies below, blurred, seen through the node's shape. Figma draws it only through a fill, however faint, and
    lets nothing from outside the node bleed in: its edge colours continue (seen in its pictures)."""
    shape = silhouette(node, context) if node.fills and not _is_opaque(node) else None
    if shape is None:
        return
    canvas = context.canvas
    canvas.save()
    clip_shape(canvas, shape)
    seen = canvas.getDeviceClipBounds()
    backdrop = _backdrop(effect, node, context, seen)
    canvas.resetMatrix()
    if backdrop is not None and not seen.isEmpty():
        _lay(backdrop, node, context, seen)
    canvas.restore()


def _backdrop(effect: BackgroundBlur, node: Node, context: PaintContext, seen: Any) -> Any | None:
    """The filter, in device pixels; None where it would change nothing."""
    scale, clamp = context.canvas_scale(), skia.TileMode.kClamp
    sigma, ramp = bounded_sigma(effect.radius, node, context) * scale, effect.ramp
    ends = ends_of(ramp, node, context.canvas.getTotalMatrix()) if ramp is not None else None
    if ramp is not None and ends is not None:
        first = bounded_sigma(ramp.radius, node, context) * scale
        return graded((first, sigma), ends, skia.Rect.Make(seen), source=None, tiling=clamp, crop=seen)
    return gaussian(sigma, clamp, None, seen) if sigma > LEAST_SIGMA else None


def _lay(backdrop: Any, node: Node, context: PaintContext, seen: Any) -> None:
    # An opaque layer replaces what is there: a clear backdrop would otherwise show through its own blur.
    mode = skia.BlendMode.kSrc if node.opacity >= 1 else skia.BlendMode.kSrcOver
    with layer(context, skia.Rect.Make(seen), skia.Paint(Alphaf=node.opacity, BlendMode=mode), backdrop=backdrop):
        pass


def _is_opaque(node: Node) -> bool:
    """Whether a fill hides whatever is blurred behind it."""
    solids = (fill for fill in node.fills if isinstance(fill, SolidFill) and fill.blend in PLAIN)
    return node.opacity >= 1 and any(fill.colour.a * fill.opacity >= 1 for fill in solids)
