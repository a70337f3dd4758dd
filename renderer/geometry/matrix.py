"""2 x 3 affine maps."""

from __future__ import annotations

import math

from msgspec import Struct

from renderer.geometry.rect import Point, Rect

_LEAST_AREA = 1e-12


class Matrix(Struct, frozen=True, gc=False):
    """``x' = a*x + c*y + e``, ``y' = b*x + d*y + f`` (the SVG order a b c d e f)."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    @classmethod
    def translation(cls, x: float, y: float) -> Matrix:
        return cls(1.0, 0.0, 0.0, 1.0, x, y)

    @classmethod
    def scaling(cls, x: float, y: float) -> Matrix:
        return cls(x, 0.0, 0.0, y, 0.0, 0.0)

    @classmethod
    def rotation(cls, angle: float) -> Matrix:
        cos, sin = math.cos(angle), math.sin(angle)
        return cls(cos, sin, -sin, cos, 0.0, 0.0)

    @property
    def is_translation(self) -> bool:
        return self.a == 1.0 and self.d == 1.0 and self.b == 0.0 and self.c == 0.0

    @property
    def keeps_axes(self) -> bool:
        """Whether upright rectangles stay upright: no turn but by quarters, no skew."""
        return (self.b == 0.0 and self.c == 0.0) or (self.a == 0.0 and self.d == 0.0)

    @property
    def stretch(self) -> float:
        """How much longer the map makes the longer of the two unit vectors."""
        return max(math.hypot(self.a, self.b), math.hypot(self.c, self.d))

    def __matmul__(self, inner: Matrix) -> Matrix:
        """The map that applies ``inner`` first, then ``self``."""
        a, b, c, d = self.a, self.b, self.c, self.d
        if inner.a == 1.0 and inner.d == 1.0 and inner.b == 0.0 and inner.c == 0.0:
            return Matrix(a, b, c, d, a * inner.e + c * inner.f + self.e, b * inner.e + d * inner.f + self.f)
        return Matrix(
            a * inner.a + c * inner.b,
            b * inner.a + d * inner.b,
            a * inner.c + c * inner.d,
            b * inner.c + d * inner.d,
            a * inner.e + c * inner.f + self.e,
            b * inner.e + d * inner.f + self.f,
        )

    def apply(self, point: Point) -> Point:
        return Point(self.a * point.x + self.c * point.y + self.e, self.b * point.x + self.d * point.y + self.f)

    def vector(self, vector: Point) -> Point:
        """Where a direction goes: the map without its translation."""
        return Point(self.a * vector.x + self.c * vector.y, self.b * vector.x + self.d * vector.y)

    def box(self, rect: Rect) -> Rect:
        """The upright box around the mapped rectangle."""
        a, b, c, d = self.a, self.b, self.c, self.d
        x, y, width, height = rect.x, rect.y, rect.width, rect.height
        if b == 0.0 and c == 0.0 and a > 0.0 and d > 0.0:
            return Rect(a * x + self.e, d * y + self.f, a * width, d * height)
        left = a * x + c * y + self.e + min(0.0, a * width) + min(0.0, c * height)
        top = b * x + d * y + self.f + min(0.0, b * width) + min(0.0, d * height)
        return Rect(left, top, abs(a) * width + abs(c) * height, abs(b) * width + abs(d) * height)

    def inverse(self) -> Matrix | None:
        """None where the map flattens the plane."""
        det = self.a * self.d - self.b * self.c
        if abs(det) < _LEAST_AREA:
            return None
        a, b, c, d = self.d / det, -self.b / det, -self.c / det, self.a / det
        return Matrix(a, b, c, d, -(a * self.e + c * self.f), -(b * self.e + d * self.f))


IDENTITY = Matrix()
