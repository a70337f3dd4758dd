"""What every primitive needs while one scene is painted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from renderer.limits import RenderLimits
from renderer.scene import Node, Point, Warning_

if TYPE_CHECKING:
    from renderer.fonts import FontProvider
    from renderer.images import ImageSource


@dataclass(slots=True)
class PaintContext:
    """One canvas and one scene. ``page_scale``: device pixels per document pixel.

    The dictionaries are keyed by ``id(node)``; the scene outlives them.
    """

    canvas: Any
    images: ImageSource
    fonts: FontProvider
    limits: RenderLimits
    warn: Callable[[Warning_], None]
    page_scale: float = 1.0
    path_verbs: int = 0
    layer_bytes: int = 0
    outlines: dict[int, Any] = field(default_factory=dict)
    facts: dict[int, Any] = field(default_factory=dict)
    layouts: dict[int, Any] = field(default_factory=dict)

    def note(self, code: str, detail: str, node: Node) -> None:
        self.warn(Warning_(code, detail, node.id))

    def page_vector(self, vector: Point) -> Point:
        """A vector given along the page's axes, in the canvas's present coordinates: a node's rotation undone."""
        matrix = self.canvas.getTotalMatrix()
        a, b, c, d = matrix.getScaleX(), matrix.getSkewY(), matrix.getSkewX(), matrix.getScaleY()
        area = a * d - b * c
        if area == 0:
            return vector
        x, y = vector.x * self.page_scale, vector.y * self.page_scale
        return Point((d * x - c * y) / area, (a * y - b * x) / area)

    def canvas_scale(self) -> float:
        """Device pixels per unit of the canvas's present coordinates, along the longer axis."""
        matrix = self.canvas.getTotalMatrix()
        across = math.hypot(matrix.getScaleX(), matrix.getSkewY())
        return max(across, math.hypot(matrix.getSkewX(), matrix.getScaleY()))
