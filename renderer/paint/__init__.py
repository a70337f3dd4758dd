"""A scene on a canvas. Both surfaces get the very same calls."""

from __future__ import annotations

from renderer.paint.scene import paint

__all__ = ["paint"]
