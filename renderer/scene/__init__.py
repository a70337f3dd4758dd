"""The scene: what a document looks like, with nothing left of how the document said it.

The builder makes one :class:`Scene` and only lowering reads it. All values are frozen and resolved: sizes and positions
are numbers, hidden nodes are gone, styles are merged, masks hold what they mask.
"""

from __future__ import annotations

from renderer.scene.blend import PLAIN, BlendMode
from renderer.scene.effect import (
    BackgroundBlur,
    BlurRamp,
    DropShadow,
    Effect,
    InnerShadow,
    LayerBlur,
    Noise,
    NoiseKind,
)
from renderer.scene.fill import (
    Fill,
    GradientFill,
    GradientKind,
    GradientStop,
    ImageFill,
    ImageFilters,
    ScaleMode,
    SolidFill,
)
from renderer.scene.item import Group, Item, Masked, MaskKind, SceneItem, Shape, Text, children_of, walk
from renderer.scene.scene import Scene
from renderer.scene.shape import (
    BooleanGeometry,
    BooleanOperation,
    EllipseGeometry,
    Geometry,
    LineGeometry,
    PathGeometry,
    PolygonGeometry,
    RectGeometry,
    Region,
    StarGeometry,
)
from renderer.scene.stroke import (
    HEAD_HALF_HEIGHT,
    OutlinedStroke,
    PenStroke,
    Stroke,
    StrokeAlign,
    StrokeCap,
    StrokeJoin,
)
from renderer.scene.text import (
    AutoResize,
    LineHeight,
    LineHeightUnit,
    ListType,
    TextAlign,
    TextBlock,
    TextCase,
    TextDecoration,
    TextLine,
    TextRun,
    TextStyle,
    VerticalAlign,
)

__all__ = [
    "HEAD_HALF_HEIGHT", "PLAIN", "AutoResize", "BackgroundBlur", "BlendMode", "BlurRamp", "BooleanGeometry",
    "BooleanOperation", "DropShadow", "Effect", "EllipseGeometry", "Fill", "Geometry", "GradientFill", "GradientKind",
    "GradientStop", "Group", "ImageFill", "ImageFilters", "InnerShadow", "Item", "LayerBlur", "LineGeometry", "LineHeight",
    "LineHeightUnit", "ListType", "MaskKind", "Masked", "Noise", "NoiseKind", "OutlinedStroke", "PathGeometry", "PenStroke",
    "PolygonGeometry", "RectGeometry", "Region", "ScaleMode", "Scene", "SceneItem", "Shape", "SolidFill", "StarGeometry",
    "Stroke", "StrokeAlign", "StrokeCap", "StrokeJoin", "Text", "TextAlign", "TextBlock", "TextCase", "TextDecoration",
    "TextLine", "TextRun", "TextStyle", "VerticalAlign", "children_of", "walk",
]
