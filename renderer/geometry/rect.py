"""Points and axis-aligned boxes."""

from __future__ import annotations

from msgspec import Struct


class Point(Struct, frozen=True, gc=False):
    x: float
    y: float


class Rect(Struct, frozen=True, gc=False):
    """Axis-aligned box: left, top, width, height. A width or height of 0 or less makes it empty."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def is_empty(self) -> bool:
        return not (self.width > 0 and self.height > 0)

    def outset(self, by: float) -> Rect:
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def union(self, other: Rect) -> Rect:
        """The smallest box around both, empty ones included."""
        left, top = min(self.x, other.x), min(self.y, other.y)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Rect(left, top, right - left, bottom - top)

    def intersection(self, other: Rect) -> Rect:
        """What lies in both; an empty box where nothing does."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Rect(left, top, max(0.0, right - left), max(0.0, bottom - top))

    def meets(self, other: Rect) -> bool:
        """Whether some point lies in both, edges included."""
        return (
            self.x <= other.x + other.width
            and other.x <= self.x + self.width
            and self.y <= other.y + other.height
            and other.y <= self.y + self.height
        )

    def holds(self, other: Rect) -> bool:
        """Whether all of ``other`` lies in this box."""
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom
