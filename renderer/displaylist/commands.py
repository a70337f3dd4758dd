"""The commands."""

from __future__ import annotations

from msgspec import Struct

from renderer.displaylist.area import Area
from renderer.displaylist.filters import Filter, Ramp
from renderer.displaylist.paint import Paint
from renderer.geometry import Colour, Matrix, PathData, Point, Rect, RoundRect
from renderer.scene import BlendMode, MaskKind, Noise, StrokeCap, StrokeJoin
from renderer.text.model import GlyphRun


class Cut(Struct, frozen=True, gc=False):
    """What of an area is painted: what lies inside another one, or outside of it."""

    area: Rect | RoundRect | PathData
    inside: bool


class Pen(Struct, frozen=True, gc=False):
    """What drew the outline of an area, for targets that have pens: a stroke of ``weight`` along ``path``, whose area
    (cut like the command's) is the command's. ``dashes``: an even number of lengths. No heads: such lines have no
    pen."""

    path: Rect | RoundRect | PathData
    weight: float
    join: StrokeJoin
    cap: StrokeCap
    miter_limit: float
    dashes: tuple[float, ...] = ()


class FillArea(Struct, frozen=True, gc=False):
    """Paint an area, bottom paint first. ``cut``: of that area only what lies inside or outside of another."""

    area: Area
    matrix: Matrix
    paints: tuple[Paint, ...]
    bounds: Rect
    cut: Cut | None = None
    pen: Pen | None = None


class FillGlyphs(Struct, frozen=True, gc=False):
    """Paint glyphs, bottom paint first. Of colour glyphs only the first paint's opacity and blend mode count."""

    run: GlyphRun
    matrix: Matrix
    paints: tuple[Paint, ...]
    bounds: Rect


class CastShadow(Struct, frozen=True, gc=False):
    """The shadow of a plain area, before the area itself is painted: grown by ``spread`` (the command's coordinates;
    less than 0 shrinks), moved by ``offset`` (page), blurred by ``sigma`` (the command's coordinates). ``opaque``: what
    casts it will cover the area wholly. Otherwise, unless ``behind``, the area is cut out of it. ``colour`` has all
    opacity."""

    area: Rect | RoundRect | PathData
    matrix: Matrix
    offset: Point
    spread: float
    sigma: float
    colour: Colour
    blend: BlendMode
    opaque: bool
    behind: bool
    bounds: Rect


class CastInnerShadow(Struct, frozen=True, gc=False):
    """Inside an area: what a hole of its form, moved by ``offset`` (page) and shrunk by ``spread``, leaves in the
    dark."""

    area: Rect | RoundRect | PathData
    matrix: Matrix
    offset: Point
    spread: float
    sigma: float
    colour: Colour
    blend: BlendMode
    bounds: Rect


class BlurBackdrop(Struct, frozen=True, gc=False):
    """Replace what was painted so far within an area by itself, blurred by ``sigma`` (page), with ``opacity``. Nothing
    from outside the area bleeds in: its edge colours continue."""

    area: Rect | RoundRect | PathData
    matrix: Matrix
    sigma: float
    ramp: Ramp | None
    opacity: float
    bounds: Rect


class DrawNoise(Struct, frozen=True, gc=False):
    """Grain over what the group around it holds already, and nowhere else: within ``box``, in the command's
    coordinates."""

    noise: Noise
    matrix: Matrix
    box: Rect
    bounds: Rect


class PushClip(Struct, frozen=True, gc=False):
    """Until the Pop, paint only within an area; its edge is smoothed."""

    area: Rect | RoundRect | PathData
    matrix: Matrix
    bounds: Rect


class PushGroup(Struct, frozen=True, gc=False):
    """Until the Pop, paint into a clear layer; put it through the filters; lay it down with opacity and blend mode.
    ``content``: what is painted into it. ``bounds``: what it can touch, filters included."""

    opacity: float
    blend: BlendMode
    filters: tuple[Filter, ...]
    content: Rect
    bounds: Rect


class PushMasked(Struct, frozen=True, gc=False):
    """Until :class:`MaskSource`, paint what is masked; from there to the Pop, paint the mask; lay down of the first
    what the second covers (by its alpha, or by its luminance times alpha). ``bounds``: of the mask; nothing shows
    outside."""

    kind: MaskKind
    bounds: Rect


class MaskSource(Struct, frozen=True, gc=False):
    """From here on the mask of the group around it is painted."""


class Pop(Struct, frozen=True, gc=False):
    """The end of the group that was opened last."""


Command = (
    FillArea
    | FillGlyphs
    | CastShadow
    | CastInnerShadow
    | BlurBackdrop
    | DrawNoise
    | PushClip
    | PushGroup
    | PushMasked
    | MaskSource
    | Pop
)
