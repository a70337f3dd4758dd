"""A display list on a Skia canvas. The CPU and the GPU get the very same calls."""

from __future__ import annotations

from renderer.draw.canvas.play import perform_all, play

__all__ = ["perform_all", "play"]
