"""The scene: what a document looks like, with nothing left of how the document said it.

A reader builds one :class:`Scene` and every painter draws it; the two never meet. All values are immutable and
resolved: sizes and positions are numbers, hidden nodes are gone, styles are merged.

Units: lengths are document pixels (before the export scale), angles radians (clockwise, y grows downwards),
colours straight (not premultiplied) sRGB components in 0..1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum


class BlendMode(Enum):
    """Figma's 19 blend modes, by the names of its REST API."""

    PASS_THROUGH = "PASS_THROUGH"
    NORMAL = "NORMAL"
    DARKEN = "DARKEN"
    MULTIPLY = "MULTIPLY"
    LINEAR_BURN = "LINEAR_BURN"
    COLOR_BURN = "COLOR_BURN"
    LIGHTEN = "LIGHTEN"
    SCREEN = "SCREEN"
    LINEAR_DODGE = "LINEAR_DODGE"
    COLOR_DODGE = "COLOR_DODGE"
    OVERLAY = "OVERLAY"
    SOFT_LIGHT = "SOFT_LIGHT"
    HARD_LIGHT = "HARD_LIGHT"
    DIFFERENCE = "DIFFERENCE"
    EXCLUSION = "EXCLUSION"
    HUE = "HUE"
    SATURATION = "SATURATION"
    COLOR = "COLOR"
    LUMINOSITY = "LUMINOSITY"


@dataclass(frozen=True, slots=True)
class Colour:
    """Straight-alpha sRGB, each component 0..1."""

    r: float
    g: float
    b: float
    a: float = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rect:
    """Axis-aligned box: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """2x3 affine map: ``x' = a*x + c*y + e``, ``y' = b*x + d*y + f`` (the SVG order a b c d e f)."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    @classmethod
    def translation(cls, x: float, y: float) -> Matrix:
        return cls(e=x, f=y)

    @classmethod
    def rotation(cls, angle: float) -> Matrix:
        cos, sin = math.cos(angle), math.sin(angle)
        return cls(a=cos, b=sin, c=-sin, d=cos)

    def __matmul__(self, inner: Matrix) -> Matrix:
        """The map that applies ``inner`` first, then ``self``."""
        return Matrix(
            a=self.a * inner.a + self.c * inner.b,
            b=self.b * inner.a + self.d * inner.b,
            c=self.a * inner.c + self.c * inner.d,
            d=self.b * inner.c + self.d * inner.d,
            e=self.a * inner.e + self.c * inner.f + self.e,
            f=self.b * inner.e + self.d * inner.f + self.f,
        )

    def apply(self, point: Point) -> Point:
        return Point(self.a * point.x + self.c * point.y + self.e, self.b * point.x + self.d * point.y + self.f)


# --- geometry: always in the node's own coordinates, origin at its top left -------------------------------------------


@dataclass(frozen=True, slots=True)
class RectGeometry:
    """A rectangle of the node's size. ``radii``: top left, top right, bottom right, bottom left."""

    radii: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    smoothing: float = 0.0


@dataclass(frozen=True, slots=True)
class EllipseGeometry:
    """An ellipse in the node's box; angles clockwise from three o'clock; ``inner_ratio`` 0 is a full disc."""

    start: float = 0.0
    sweep: float = math.tau
    inner_ratio: float = 0.0


@dataclass(frozen=True, slots=True)
class PolygonGeometry:
    """A regular polygon (``inner_ratio`` None) or a star, stretched to the node's box, first point at the top."""

    points: int
    inner_ratio: float | None = None
    corner_radius: float = 0.0


@dataclass(frozen=True, slots=True)
class LineGeometry:
    """A segment along the top edge, from the origin to ``(width, 0)``. It has a stroke and no fill."""


@dataclass(frozen=True, slots=True)
class PathData:
    """One outline: SVG path data, its winding rule, and the fills that replace the node's own for it (or None)."""

    svg: str
    even_odd: bool = False
    fills: tuple[Fill, ...] | None = None


@dataclass(frozen=True, slots=True)
class PathGeometry:
    """Outlines as the document gave them."""

    paths: tuple[PathData, ...]


class BooleanOperation(Enum):
    UNION = "UNION"
    INTERSECT = "INTERSECT"
    SUBTRACT = "SUBTRACT"
    EXCLUDE = "EXCLUDE"


@dataclass(frozen=True, slots=True)
class BooleanGeometry:
    """A boolean operation with no outline of its own: combine the outlines of ``operands``, in order."""

    operation: BooleanOperation
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NoGeometry:
    """Nothing to fill or stroke: a group, or a vector whose outline the document does not carry."""


Geometry = RectGeometry | EllipseGeometry | PolygonGeometry | LineGeometry | PathGeometry | BooleanGeometry | NoGeometry

# --- paints -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SolidFill:
    colour: Colour
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


class GradientKind(Enum):
    LINEAR = "LINEAR"
    RADIAL = "RADIAL"
    ANGULAR = "ANGULAR"
    DIAMOND = "DIAMOND"


@dataclass(frozen=True, slots=True)
class GradientStop:
    position: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class GradientFill:
    """``handles``: start, end, and the width handle, in the unit square of the node's box (0,0 top left)."""

    kind: GradientKind
    handles: tuple[Point, Point, Point]
    stops: tuple[GradientStop, ...]
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


class ScaleMode(Enum):
    FILL = "FILL"
    FIT = "FIT"
    TILE = "TILE"
    STRETCH = "STRETCH"


@dataclass(frozen=True, slots=True)
class ImageFilters:
    """Figma's sliders, each -1..1, 0 is neutral."""

    exposure: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    temperature: float = 0.0
    tint: float = 0.0
    highlights: float = 0.0
    shadows: float = 0.0


@dataclass(frozen=True, slots=True)
class ImageFill:
    """``ref``: lower-case hex digest that names the image. ``transform`` (STRETCH) maps the node's unit square to the
    image's unit square; ``scaling_factor`` (TILE) is tile size over image size; ``quarter_turns`` are clockwise."""

    ref: str
    scale_mode: ScaleMode = ScaleMode.FILL
    transform: Matrix | None = None
    scaling_factor: float = 1.0
    quarter_turns: int = 0
    filters: ImageFilters | None = None
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


Fill = SolidFill | GradientFill | ImageFill

# --- strokes ----------------------------------------------------------------------------------------------------------


class StrokeAlign(Enum):
    INSIDE = "INSIDE"
    OUTSIDE = "OUTSIDE"
    CENTER = "CENTER"


class StrokeJoin(Enum):
    MITER = "MITER"
    BEVEL = "BEVEL"
    ROUND = "ROUND"


class StrokeCap(Enum):
    """What a line ends in. Only lines get heads (:data:`HEAD_HALF_HEIGHT` lists them); elsewhere they come with the
    document's own outline of the stroke."""

    NONE = "NONE"
    ROUND = "ROUND"
    SQUARE = "SQUARE"
    LINE_ARROW = "LINE_ARROW"
    TRIANGLE_ARROW = "TRIANGLE_ARROW"
    TRIANGLE_FILLED = "TRIANGLE_FILLED"
    DIAMOND_FILLED = "DIAMOND_FILLED"
    CIRCLE_FILLED = "CIRCLE_FILLED"


# How far a head reaches to either side of its line, in stroke weights, as in the paths that Figma exports: an
# equilateral triangle of height 5 has half a side of 5 / sqrt 3.
HEAD_HALF_HEIGHT = {
    StrokeCap.LINE_ARROW: 4.5 * math.sqrt(0.5) + 0.5,
    StrokeCap.TRIANGLE_ARROW: 5.0 / math.sqrt(3),
    StrokeCap.TRIANGLE_FILLED: 5.0 / math.sqrt(3),
    StrokeCap.DIAMOND_FILLED: 5.0 / math.sqrt(3),
    StrokeCap.CIRCLE_FILLED: 8.0 / 3.0,
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """``outline``: the stroke already expanded to a filled outline by the document (``strokeGeometry``); when it is
    there it is filled with ``fills`` and nothing else of the stroke's shape counts. ``side_weights``: top, right,
    bottom, left. ``miter_limit``: ratio, as in SVG (Figma's angle a gives ``1 / sin(a / 2)``)."""

    fills: tuple[Fill, ...]
    weight: float = 1.0
    align: StrokeAlign = StrokeAlign.INSIDE
    join: StrokeJoin = StrokeJoin.MITER
    cap: StrokeCap = StrokeCap.NONE
    miter_limit: float = 4.0
    dashes: tuple[float, ...] = ()
    side_weights: tuple[float, float, float, float] | None = None
    outline: tuple[PathData, ...] = ()


# --- effects ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DropShadow:
    offset: Point
    radius: float
    spread: float
    colour: Colour
    blend: BlendMode = BlendMode.NORMAL
    show_behind_node: bool = False


@dataclass(frozen=True, slots=True)
class InnerShadow:
    offset: Point
    radius: float
    spread: float
    colour: Colour
    blend: BlendMode = BlendMode.NORMAL


@dataclass(frozen=True, slots=True)
class BlurRamp:
    """A blur that grows: ``radius`` at ``start``, the effect's own at ``end``, both in the unit square of the node."""

    radius: float
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class LayerBlur:
    radius: float
    ramp: BlurRamp | None = None


@dataclass(frozen=True, slots=True)
class BackgroundBlur:
    radius: float
    ramp: BlurRamp | None = None


class NoiseKind(Enum):
    MONOTONE = "MONOTONE"
    DUOTONE = "DUOTONE"
    MULTITONE = "MULTITONE"


@dataclass(frozen=True, slots=True)
class Noise:
    """Grain in squares of ``size`` pixels, ``density`` (0..1) of which are painted: in ``colour``, in that or
    ``second``, or in any colour with ``opacity``."""

    kind: NoiseKind
    size: float
    density: float
    colour: Colour
    second: Colour
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL


Effect = DropShadow | InnerShadow | LayerBlur | BackgroundBlur | Noise

# --- text -------------------------------------------------------------------------------------------------------------


class TextAlign(Enum):
    LEFT = "LEFT"
    RIGHT = "RIGHT"
    CENTER = "CENTER"
    JUSTIFIED = "JUSTIFIED"


class VerticalAlign(Enum):
    TOP = "TOP"
    CENTER = "CENTER"
    BOTTOM = "BOTTOM"


class TextCase(Enum):
    ORIGINAL = "ORIGINAL"
    UPPER = "UPPER"
    LOWER = "LOWER"
    TITLE = "TITLE"
    SMALL_CAPS = "SMALL_CAPS"
    SMALL_CAPS_FORCED = "SMALL_CAPS_FORCED"


class TextDecoration(Enum):
    NONE = "NONE"
    UNDERLINE = "UNDERLINE"
    STRIKETHROUGH = "STRIKETHROUGH"


class AutoResize(Enum):
    NONE = "NONE"
    HEIGHT = "HEIGHT"
    WIDTH_AND_HEIGHT = "WIDTH_AND_HEIGHT"
    TRUNCATE = "TRUNCATE"


class LineHeightUnit(Enum):
    PIXELS = "PIXELS"
    FONT_SIZE_PERCENT = "FONT_SIZE_%"
    INTRINSIC_PERCENT = "INTRINSIC_%"


@dataclass(frozen=True, slots=True)
class LineHeight:
    """``value``: pixels, or per cent of the font size or of the font's own line height (100 is one times)."""

    unit: LineHeightUnit = LineHeightUnit.INTRINSIC_PERCENT
    value: float = 100.0


@dataclass(frozen=True, slots=True)
class TextStyle:
    """The look of one run. ``features``: OpenType tag to value, e.g. ``("liga", 0)``. ``letter_spacing``: pixels.
    ``font_line_height``: in ems, of the font the document was made with, where the document tells (in REST documents
    ``lineHeightPx / (lineHeightPercent / 100) / fontSize``); it tells two versions of one font apart."""

    family: str
    postscript_name: str | None = None
    weight: float = 400.0
    italic: bool = False
    size: float = 12.0
    letter_spacing: float = 0.0
    line_height: LineHeight = LineHeight()
    case: TextCase = TextCase.ORIGINAL
    decoration: TextDecoration = TextDecoration.NONE
    features: tuple[tuple[str, int], ...] = ()
    fills: tuple[Fill, ...] = ()
    font_line_height: float | None = None


@dataclass(frozen=True, slots=True)
class TextRun:
    """``text[start:end]`` in code points, in one style. The runs of a text are in order and cover it exactly."""

    start: int
    end: int
    style: TextStyle


class ListType(Enum):
    NONE = "NONE"
    ORDERED = "ORDERED"
    UNORDERED = "UNORDERED"


@dataclass(frozen=True, slots=True)
class TextLine:
    """Per paragraph (a piece between newlines) of the source text: list kind and indentation level."""

    list_type: ListType = ListType.NONE
    indentation: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A block of text in the node's box. ``max_lines`` None: unlimited. ``ellipsis``: truncate with one. ``ink``: where
    the document says that its glyphs are, in the node's coordinates; where its font is not here, that tells how wide
    it was. ``trims``: the box begins at the capitals of the first line and ends at the baseline of the last."""

    characters: str
    runs: tuple[TextRun, ...]
    align: TextAlign = TextAlign.LEFT
    vertical_align: VerticalAlign = VerticalAlign.TOP
    auto_resize: AutoResize = AutoResize.NONE
    ellipsis: bool = False
    max_lines: int | None = None
    paragraph_spacing: float = 0.0
    paragraph_indent: float = 0.0
    list_spacing: float = 0.0
    lines: tuple[TextLine, ...] = ()
    ink: Rect | None = None
    trims: bool = False


# --- nodes ------------------------------------------------------------------------------------------------------------


class MaskKind(Enum):
    ALPHA = "ALPHA"
    VECTOR = "VECTOR"
    LUMINANCE = "LUMINANCE"


@dataclass(frozen=True, slots=True)
class Node:
    """One visible node. It paints, in this order and as one compositing group when it has opacity, effects or a blend
    mode of its own: fills, children (clipped to the geometry if ``clips``), strokes.

    ``transform`` maps the node's coordinates to its parent's. ``mask`` set: the node is not painted; it masks the
    siblings after it. ``text`` set: the runs' fills paint the glyphs, ``fills`` is empty.
    """

    id: str
    name: str
    width: float
    height: float
    transform: Matrix = Matrix()
    geometry: Geometry = NoGeometry()
    fills: tuple[Fill, ...] = ()
    stroke: Stroke | None = None
    effects: tuple[Effect, ...] = ()
    opacity: float = 1.0
    blend: BlendMode = BlendMode.PASS_THROUGH
    mask: MaskKind | None = None
    clips: bool = False
    text: Text | None = None
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first, without recursion (documents can be deep)."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something the picture lacks or approximates. ``code`` is stable, kebab-case; ``node`` the id it comes from."""

    code: str
    detail: str
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """``root`` is placed by ``root.transform`` in page coordinates; ``bounds`` is the page rectangle to export (the
    node's render bounds); ``background`` is what lies under it, if the document says so (a canvas), else None."""

    root: Node
    bounds: Rect
    background: Colour | None = None
    warnings: tuple[Warning_, ...] = field(default=())
