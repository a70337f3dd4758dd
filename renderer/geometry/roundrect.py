"""Rectangles with round corners."""

from __future__ import annotations

from msgspec import Struct

from renderer.geometry.rect import Rect

Radii = tuple[float, float, float, float, float, float, float, float]
"""Across and down of each corner: top left, top right, bottom right, bottom left."""


class RoundRect(Struct, frozen=True, gc=False):
    """A box whose corners are quarters of ellipses. The radii fit: along no side are they longer than the side
    together, and at least one corner is round. An ellipse has half its width and half its height at each corner."""

    rect: Rect
    radii: Radii

    @property
    def is_ellipse(self) -> bool:
        across, down = self.rect.width / 2, self.rect.height / 2
        return all(radius >= across for radius in self.radii[::2]) and all(
            radius >= down for radius in self.radii[1::2]
        )
