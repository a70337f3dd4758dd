"""The geometry of a shape: always in its own coordinates, origin at its top left."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from renderer.geometry import PathData
from renderer.scene.fill import Fill

if TYPE_CHECKING:
    from renderer.scene.item import SceneItem


class RectGeometry(Struct, frozen=True, gc=False):
    """A rectangle of the shape's size. ``radii``: top left, top right, bottom right, bottom left, as the document says
    them: they may not fit. ``smoothing`` 0..1: Figma's corner smoothing."""

    radii: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    smoothing: float = 0.0


class EllipseGeometry(Struct, frozen=True, gc=False):
    """An ellipse in the shape's box; angles clockwise from three o'clock; ``inner_ratio`` 0 is a full disc."""

    start: float = 0.0
    sweep: float = math.tau
    inner_ratio: float = 0.0


class PolygonGeometry(Struct, frozen=True, gc=False):
    """A regular polygon, stretched to the shape's box, first point at the top."""

    points: int
    corner_radius: float = 0.0


class StarGeometry(Struct, frozen=True, gc=False):
    """A star of so many points, stretched likewise. ``inner_ratio``: inner over outer radius."""

    points: int
    inner_ratio: float
    corner_radius: float = 0.0


class LineGeometry(Struct, frozen=True, gc=False):
    """A segment along the top edge, from the origin to ``(width, 0)``. It has a stroke and no fill."""


class Region(Struct, frozen=True, gc=False):
    """One outline. ``fills``: its own, or None where the shape's count."""

    path: PathData
    fills: tuple[Fill, ...] | None = None


class PathGeometry(Struct, frozen=True, gc=False):
    """Outlines as the document gave them."""

    regions: tuple[Region, ...]


class BooleanOperation(Enum):
    UNION = "UNION"
    INTERSECT = "INTERSECT"
    SUBTRACT = "SUBTRACT"
    EXCLUDE = "EXCLUDE"


class BooleanGeometry(Struct, frozen=True, gc=False):
    """A boolean operation with no outline of its own: combine the outlines of ``operands``, in order."""

    operation: BooleanOperation
    operands: tuple[SceneItem, ...]


Geometry = (
    RectGeometry | EllipseGeometry | PolygonGeometry | StarGeometry | LineGeometry | PathGeometry | BooleanGeometry
)
