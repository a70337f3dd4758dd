"""Small display lists, one for each thing that an SVG must say."""

from __future__ import annotations

from typing import Final

import numpy as np
import skia

from renderer.displaylist import (
    Band,
    Blur,
    BlurBackdrop,
    CastInnerShadow,
    CastShadow,
    ColourAdjustment,
    Command,
    Cut,
    DrawNoise,
    FillArea,
    Filter,
    GradientPaint,
    ImagePaint,
    InnerShadowFilter,
    MaskSource,
    Paint,
    Pen,
    Pop,
    PushClip,
    PushGroup,
    PushMasked,
    Ramp,
    ShadowFilter,
    bounds_of,
)
from renderer.geometry import IDENTITY, Colour, Matrix, PathData, Point, Rect, RoundRect
from renderer.geometry.corners import fitting
from renderer.geometry.outline import path_of
from renderer.geometry.path import PathBuilder
from renderer.geometry.skiapath import from_skia
from renderer.geometry.skiapath import to_skia as to_skia_path
from renderer.images import DecodedImage, premultiplied, to_skia
from renderer.pixels import Pixels
from renderer.scene import (
    BlendMode,
    GradientKind,
    GradientStop,
    MaskKind,
    Noise,
    NoiseKind,
    StrokeCap,
    StrokeJoin,
)
from tests.renderer.draw.drawing import BLUE, GREEN, RED, box, circle, fill, polygon, rounded, solid

Simple = Rect | RoundRect | PathData
Commands = tuple[Command, ...]

TURNED: Final = Matrix.translation(50, 8) @ Matrix.rotation(0.6)
STAR: Final = polygon((50, 5), (80, 95), (5, 38), (95, 38), (20, 95))
GOLD: Final = Colour(0.9, 0.7, 0.2)
_JOINS: Final = {
    StrokeJoin.MITER: skia.Paint.kMiter_Join,
    StrokeJoin.BEVEL: skia.Paint.kBevel_Join,
    StrokeJoin.ROUND: skia.Paint.kRound_Join,
}
_CAPS: Final = {
    StrokeCap.NONE: skia.Paint.kButt_Cap,
    StrokeCap.ROUND: skia.Paint.kRound_Cap,
    StrokeCap.SQUARE: skia.Paint.kSquare_Cap,
}
_STOPS: Final = (
    GradientStop(0.0, RED),
    GradientStop(0.4, Colour(0.9, 0.7, 0.2, 0.5)),
    GradientStop(1.0, BLUE),
)


def gradient(kind: GradientKind, matrix: Matrix | None = None, opacity: float = 1.0) -> GradientPaint:
    return GradientPaint(kind, matrix or Matrix(60, 20, -10, 50, 20, 20), _STOPS, opacity)


def image(*, opaque: bool = True, kind: str = "PNG", side: int = 24) -> DecodedImage:
    y, x = np.mgrid[0:side, 0:side]
    pixels: Pixels = np.zeros((side, side, 4), np.uint8)
    pixels[..., 0], pixels[..., 1] = x * 255 // side, y * 255 // side
    pixels[..., 2], pixels[..., 3] = 90, 255 if opaque else (x + y) * 255 // (2 * side)
    mixed = premultiplied(np.ascontiguousarray(pixels))
    return DecodedImage("ab" * 20, mixed, to_skia(mixed), kind)


def shadow(
    area: Simple, *, opaque: bool = True, behind: bool = False, spread: float = 0.0, sigma: float = 4.0
) -> CastShadow:
    bounds = bounds_of(area).outset(3 * sigma + max(spread, 0) + 10)
    colour = Colour(0.1, 0.0, 0.3, 0.6)
    return CastShadow(area, IDENTITY, Point(3, 6), spread, sigma, colour, BlendMode.NORMAL, opaque, behind, bounds)


def inner(area: Simple, *, spread: float = 0.0, sigma: float = 3.0) -> CastInnerShadow:
    colour = Colour(0.1, 0.0, 0.3, 0.8)
    return CastInnerShadow(area, IDENTITY, Point(3, 5), spread, sigma, colour, BlendMode.NORMAL, bounds_of(area))


def backdrop(area: Simple, sigma: float = 3.0, ramp: Ramp | None = None) -> BlurBackdrop:
    return BlurBackdrop(area, IDENTITY, sigma, ramp, 1.0, bounds_of(area))


def group(opacity: float = 1.0, blend: BlendMode = BlendMode.NORMAL, *filters: Filter) -> PushGroup:
    page = box(0, 0, 100, 100)
    return PushGroup(opacity, blend, filters, page, page)


def masked(kind: MaskKind, mask: FillArea, *content: Command) -> Commands:
    return (PushMasked(kind, mask.bounds), *content, MaskSource(), mask, Pop())


def clipped(area: Simple, *content: Command, matrix: Matrix = IDENTITY) -> Commands:
    return (PushClip(area, matrix, matrix.box(bounds_of(area))), *content, Pop())


def noise(kind: NoiseKind, size: float = 2.0) -> DrawNoise:
    return DrawNoise(
        Noise(kind, size, 0.5, Colour(0, 0, 0, 0.6), BLUE, 0.7), IDENTITY, box(0, 0, 100, 100), box(0, 0, 100, 100)
    )


def arc() -> PathData:
    built = PathBuilder()
    built.move(90, 50)
    built.conic(90, 90, 50, 90, weight=0.70710678)
    built.conic(10, 90, 10, 50, weight=0.3)
    built.conic(10, 10, 50, 10, weight=2.5)
    built.quad(70, 30, 90, 50)
    built.close()
    return built.build()


def pen(path: Simple, weight: float, join: StrokeJoin = StrokeJoin.MITER, **more: object) -> Pen:
    said = {"cap": StrokeCap.NONE, "miter_limit": 4.0, "dashes": ()} | more
    return Pen(path, weight, join, said["cap"], said["miter_limit"], said["dashes"])  # type: ignore[arg-type]


def drawn(drawing: Pen, *paints: Paint, cut: Cut | None = None) -> FillArea:
    """The area that a pen paints, and the pen."""
    paint = skia.Paint(Style=skia.Paint.kStroke_Style, StrokeWidth=drawing.weight, StrokeMiter=drawing.miter_limit)
    paint.setStrokeJoin(_JOINS[drawing.join])
    paint.setStrokeCap(_CAPS[drawing.cap])
    if drawing.dashes:
        paint.setPathEffect(skia.DashPathEffect.Make(list(drawing.dashes), 0.0))
    area = skia.Path()
    paint.getFillPath(to_skia_path(path_of(drawing.path)), area, None, 2.0)
    return fill(from_skia(area), *paints, pen=drawing, cut=cut)


def ground() -> Commands:
    """Something to blend with."""
    return tuple(fill(box(20 * at, 0, 20, 100), solid(colour)) for at, colour in enumerate((RED, GOLD, GREEN, BLUE)))


def _areas() -> dict[str, Commands]:
    sharp = fitting(box(5, 5, 90, 50), (0.0, 0.0, 20.0, 10.0, 5.0, 5.0, 0.0, 0.0))
    return {
        "rectangle": (fill(box(10.5, 20.25, 60, 33.3)),),
        "rounded": (fill(rounded(box(10, 10, 80, 50), 12.5)),),
        "corners": (fill(sharp),),
        "oval": (fill(rounded(box(10, 20, 80, 40), 100)), fill(circle(30, 60, 30), solid(BLUE))),
        "ellipse": (fill(fitting(box(10, 20, 80, 40), (40.0, 20.0) * 4)),),
        "band": (fill(Band(rounded(box(10, 10, 80, 80), 20), rounded(box(14, 18, 70, 64), 12))),),
        "filled-band": (fill(Band(box(10, 10, 80, 80), None)),),
        "star": (fill(STAR),),
        "star-even-odd": (fill(PathData(STAR.verbs, STAR.points, even_odd=True)),),
        "conics": (fill(arc()),),
        "turned": (fill(rounded(box(0, 0, 50, 40), 8), matrix=TURNED), fill(STAR, solid(BLUE), matrix=TURNED)),
        "translucent": (*ground(), fill(circle(20, 20, 60), solid(Colour(0, 0, 0, 0.3)))),
        "paints": (fill(STAR, solid(RED), solid(BLUE, 0.5), gradient(GradientKind.LINEAR, opacity=0.6)),),
        "cut-inside": (fill(box(0, 0, 100, 100), cut=Cut(STAR, inside=True)),),
        "cut-outside": (fill(box(10, 10, 80, 80), cut=Cut(STAR, inside=False)),),
        "cut-outside-box": (fill(box(10, 10, 80, 80), cut=Cut(rounded(box(20, 30, 50, 40), 9), inside=False)),),
        "cut-outside-turned": (fill(box(0, 0, 60, 60), matrix=TURNED, cut=Cut(circle(10, 10, 30), inside=False)),),
    }


def _strokes() -> dict[str, Commands]:
    ring = Band(rounded(box(10, 10, 80, 80), 20), rounded(box(16, 16, 68, 68), 14))
    line, oval = polygon((10, 50), (90, 50)), fitting(box(10, 20, 80, 50), (40.0, 25.0) * 4)
    return {
        "pen-band": (fill(ring, pen=pen(rounded(box(13, 13, 74, 74), 17), 6)),),
        "pen-inside": (drawn(pen(STAR, 6, StrokeJoin.ROUND), cut=Cut(STAR, inside=True)),),
        "pen-outside": (drawn(pen(STAR, 6, miter_limit=8.0), cut=Cut(STAR, inside=False)),),
        "pen-dashes": (drawn(pen(line, 6, cap=StrokeCap.ROUND, dashes=(12.0, 10.0))),),
        "pen-dashed-oval": (drawn(pen(oval, 5, dashes=(12.0, 7.0))),),
        "pen-bevel": (drawn(pen(STAR, 5, StrokeJoin.BEVEL, cap=StrokeCap.SQUARE), gradient(GradientKind.LINEAR)),),
        "pen-angular": (drawn(pen(STAR, 5), gradient(GradientKind.ANGULAR)),),
    }


def _gradients() -> dict[str, Commands]:
    skewed = Matrix(60, 0, 40, 50, 10, 20)
    mirrored = Matrix(30, 10, 10, -30, 50, 50)
    whole = box(5, 5, 90, 90)
    return {
        "linear": (fill(whole, gradient(GradientKind.LINEAR)),),
        "linear-skewed": (fill(whole, gradient(GradientKind.LINEAR, skewed)),),
        "linear-turned": (fill(box(0, 0, 50, 60), gradient(GradientKind.LINEAR, skewed), matrix=TURNED),),
        "linear-faded": (*ground(), fill(whole, gradient(GradientKind.LINEAR, opacity=0.5))),
        "radial": (fill(whole, gradient(GradientKind.RADIAL)),),
        "radial-round": (fill(circle(5, 5, 90), gradient(GradientKind.RADIAL, mirrored)),),
        "angular": (fill(STAR, gradient(GradientKind.ANGULAR, opacity=0.8)),),
        "diamond": (fill(circle(5, 5, 90), gradient(GradientKind.DIAMOND)),),
        "diamond-turned": (fill(box(0, 0, 50, 60), gradient(GradientKind.DIAMOND), matrix=TURNED),),
    }


def _images() -> dict[str, Commands]:
    placed = Matrix(3, 0, 0, 2.5, 10, 15)
    outline = polygon((10, 15), (82, 15), (82, 75), (10, 75))
    darker = ColourAdjustment((0.5, 0, 0, 0, 0.1, 0, 0.5, 0, 0, 0, 0, 0, 0.5, 0, 0.3, 0, 0, 0, 1, 0))
    curve = tuple(round(255 * (value / 255) ** 2) for value in range(256))
    curved = ColourAdjustment(darker.matrix, curve)
    clear = image(opaque=False)
    return {
        "image": (fill(box(12, 17, 60, 50), ImagePaint(image(), placed)),),
        "image-jpeg": (fill(circle(12, 17, 55), ImagePaint(image(kind="JPEG"), placed)),),
        "image-clip": (fill(box(0, 0, 100, 100), ImagePaint(clear, placed, clip=outline, opacity=0.7)),),
        "image-turned": (fill(box(0, 0, 50, 40), ImagePaint(image(), Matrix.scaling(2.1, 2)), matrix=TURNED),),
        "image-tiles": (fill(STAR, ImagePaint(image(), Matrix.scaling(0.8, 0.8), repeats=True)),),
        "image-tiles-turned": (
            fill(
                box(0, 0, 60, 60), ImagePaint(image(), Matrix.rotation(0.3), repeats=True, opacity=0.5), matrix=TURNED
            ),
        ),
        "image-darker": (fill(box(12, 17, 60, 50), ImagePaint(image(), placed, adjustment=darker)),),
        "image-curved": (fill(box(12, 17, 60, 50), ImagePaint(clear, placed, adjustment=curved)),),
    }


def _shadows() -> dict[str, Commands]:
    card, faint = rounded(box(20, 20, 50, 40), 10), solid(GOLD, 0.4)
    return {
        "shadow": (shadow(card), fill(card, solid(GOLD))),
        "shadow-hard": (shadow(card, sigma=0.0), fill(card, solid(GOLD))),
        "shadow-spread": (shadow(card, spread=5), fill(card, solid(GOLD))),
        "shadow-shrunk": (shadow(card, spread=-6), fill(card, solid(GOLD))),
        "shadow-translucent": (shadow(card, opaque=False), fill(card, faint)),
        "shadow-behind": (shadow(card, opaque=False, behind=True), fill(card, faint)),
        "shadow-path": (shadow(STAR, opaque=False), fill(STAR, faint)),
        "shadow-path-spread": (shadow(STAR, spread=3), fill(STAR, solid(GOLD))),
        "shadow-path-shrunk": (shadow(STAR, spread=-2, opaque=False, behind=True), fill(STAR, faint)),
        "inner": (fill(card, solid(GOLD)), inner(card)),
        "inner-spread": (fill(card, solid(GOLD)), inner(card, spread=4)),
        "inner-grown": (fill(card, solid(GOLD)), inner(card, spread=-3)),
        "inner-path": (fill(STAR, solid(GOLD)), inner(STAR)),
        "inner-path-spread": (fill(STAR, solid(GOLD)), inner(STAR, spread=3)),
        "inner-path-grown": (fill(STAR, solid(GOLD)), inner(STAR, spread=-1.5)),
    }


def _groups() -> dict[str, Commands]:
    pair = (fill(circle(15, 30, 40)), fill(circle(40, 30, 40), solid(BLUE)))
    drop = ShadowFilter(Point(4, 6), 3.0, Colour(0, 0, 0, 0.7))
    seen = ShadowFilter(Point(-4, 5), 2.0, Colour(0.5, 0, 0, 0.7), behind=True)
    dark = InnerShadowFilter(Point(4, 4), 2.0, Colour(0, 0.3, 0, 0.9))
    ramp = Ramp(0.5, Point(0, 20), Point(0, 70))
    grey = fill(box(10, 10, 80, 80), gradient(GradientKind.LINEAR))
    return {
        "opacity": (*ground(), group(0.5), *pair, Pop()),
        "clip": (*ground(), *clipped(STAR, *pair)),
        "clip-turned": (*ground(), *clipped(box(0, 0, 40, 60), *pair, matrix=TURNED)),
        "clip-blend": (
            *ground(),
            *clipped(
                circle(20, 20, 60), pair[0], fill(box(20, 40, 60, 30), solid(GOLD, 1.0, BlendMode.MULTIPLY)), pair[1]
            ),
        ),
        "clip-clip-blend": (
            *ground(),
            *clipped(
                circle(20, 20, 60),
                *clipped(box(30, 0, 40, 100), fill(box(20, 40, 60, 30), solid(GOLD, 1.0, BlendMode.MULTIPLY))),
                pair[1],
            ),
        ),
        "isolated": (
            *ground(),
            group(),
            pair[0],
            fill(box(20, 40, 60, 30), solid(GOLD, 1.0, BlendMode.MULTIPLY)),
            Pop(),
        ),
        "mask-alpha": (*ground(), *masked(MaskKind.ALPHA, fill(circle(10, 10, 80), solid(BLUE, 0.5)), *pair)),
        "mask-luminance": (*ground(), *masked(MaskKind.LUMINANCE, grey, *pair)),
        "mask-mask": masked(
            MaskKind.ALPHA,
            fill(circle(10, 10, 80), gradient(GradientKind.LINEAR)),
            *masked(MaskKind.LUMINANCE, grey, *pair),
        ),
        "blur": (*ground(), group(0.8, BlendMode.NORMAL, Blur(3.0)), *pair, Pop()),
        "drop": (group(1.0, BlendMode.NORMAL, drop), *pair, Pop()),
        "drops": (group(0.7, BlendMode.NORMAL, drop, seen, dark), fill(STAR, solid(GOLD, 0.5)), Pop()),
        "drop-and-blur": (group(1.0, BlendMode.NORMAL, drop, dark, Blur(1.5)), fill(STAR), Pop()),
        "inner-filter": (group(1.0, BlendMode.NORMAL, dark, InnerShadowFilter(Point(-3, 0), 1.0, RED)), *pair, Pop()),
        "ramp": (*ground(), group(0.9, BlendMode.NORMAL, Blur(6.0, ramp)), *pair, Pop()),
        "backdrop": (*ground(), backdrop(circle(20, 20, 60)), fill(circle(20, 20, 60), solid(Colour(1, 1, 1, 0.3)))),
        "backdrop-ramp": (*ground(), backdrop(STAR, 6.0, ramp)),
        "backdrop-clipped": (*ground(), *clipped(circle(0, 0, 70), fill(STAR), backdrop(box(20, 20, 60, 60)))),
        "backdrop-grouped": (*ground(), group(0.7), fill(box(10, 10, 70, 30)), backdrop(box(20, 20, 60, 60)), Pop()),
        "backdrop-clear": (
            fill(STAR),
            fill(box(60, 0, 30, 100), solid(BLUE)),
            backdrop(circle(20, 20, 60)),
            fill(STAR, solid(GREEN, 0.3)),
        ),
        "backdrop-clear-twice": (
            group(0.9),
            fill(STAR),
            backdrop(circle(20, 20, 60)),
            fill(box(60, 0, 30, 100), solid(BLUE)),
            backdrop(box(50, 30, 45, 40)),
            Pop(),
        ),
        "backdrop-clear-clipped": (
            fill(STAR),
            *clipped(
                circle(0, 0, 70),
                fill(box(40, 0, 10, 100), solid(BLUE)),
                *clipped(box(10, 10, 80, 50), fill(box(0, 30, 100, 10), solid(GOLD)), backdrop(box(20, 20, 60, 60))),
            ),
            fill(box(0, 90, 100, 5)),
        ),
        "noise": (*ground(), group(), fill(STAR, solid(GOLD)), noise(NoiseKind.MONOTONE), Pop()),
        "noise-twice": (
            group(),
            fill(circle(10, 10, 80), solid(GOLD)),
            noise(NoiseKind.DUOTONE),
            noise(NoiseKind.MULTITONE, 5.0),
            Pop(),
        ),
        "noise-upon-noise": (
            group(),
            fill(box(0, 0, 100, 100), solid(GOLD)),
            group(),
            fill(STAR),
            noise(NoiseKind.DUOTONE),
            Pop(),
            noise(NoiseKind.MONOTONE, 6.0),
            Pop(),
        ),
    }


def _blends() -> dict[str, Commands]:
    modes = [mode for mode in BlendMode if not mode.is_plain]
    whole = {
        f"blend-{mode.name.lower()}": (*ground(), fill(circle(10, 10, 80), solid(Colour(0.6, 0.5, 0.8), 0.9, mode)))
        for mode in modes
    }
    groups = {
        f"blend-group-{mode.name.lower()}": (
            *ground(),
            group(0.9, mode),
            fill(circle(10, 10, 50), solid(GOLD)),
            fill(STAR, solid(BLUE)),
            Pop(),
        )
        for mode in (BlendMode.MULTIPLY, BlendMode.LINEAR_DODGE, BlendMode.LINEAR_BURN)
    }
    return whole | groups


LISTS: Final = _areas() | _strokes() | _gradients() | _images() | _shadows() | _groups() | _blends()
