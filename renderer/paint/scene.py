"""The painter's one entry point."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from renderer.limits import RenderLimits
from renderer.paint.context import PaintContext
from renderer.paint.nodes import draw_node
from renderer.scene import Scene, Warning_

if TYPE_CHECKING:
    from renderer.fonts import FontProvider
    from renderer.images import ImageSource


def paint(
    scene: Scene,
    canvas: Any,
    *,
    images: ImageSource,
    fonts: FontProvider,
    limits: RenderLimits,
    warn: Callable[[Warning_], None],
) -> None:
    """Draw the scene's root on a canvas whose matrix maps page coordinates to device pixels. The background is the
    caller's. Raises :class:`LimitError` and :class:`ImageError`."""
    context = PaintContext(canvas, images, fonts, limits, warn)
    context.page_scale = context.canvas_scale()
    draw_node(scene.root, context)
