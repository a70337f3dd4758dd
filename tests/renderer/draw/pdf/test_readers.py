"""Every primitive as two readers draw it, against our own pixels."""

from __future__ import annotations

from typing import Final

import pytest

from renderer.displaylist import (
    Band,
    Blur,
    BlurBackdrop,
    ColourAdjustment,
    Command,
    Cut,
    DrawNoise,
    ImagePaint,
    InnerShadowFilter,
    MaskSource,
    Pen,
    Pop,
    PushMasked,
    Ramp,
    ShadowFilter,
)
from renderer.geometry import IDENTITY, Colour, Matrix, Point, Rect
from renderer.scene import BlendMode, GradientKind, GradientStop, MaskKind, Noise, NoiseKind, StrokeCap, StrokeJoin
from tests.renderer.draw.drawing import (
    BLACK,
    BLUE,
    GREEN,
    PAGE,
    RED,
    WHITE,
    box,
    circle,
    clipped,
    fill,
    gradient,
    grouped,
    inner_shadow,
    notched,
    polygon,
    rounded,
    shadow,
    solid,
    turned,
)
from tests.renderer.draw.pdf.files import READERS, Reader, ours, similarity, write
from tests.renderer.draw.pdf.paint.photographs import image, photograph, pixels
from tests.renderer.draw.pdf.paint.photographs import rounded as disc

GOLD: Final = Colour(0.95, 0.75, 0.2)
STAR: Final = polygon((50, 5), (80, 95), (5, 38), (95, 38), (20, 95))
TURNED: Final = turned(0.4, 50, 50)
GROUND: Final = fill(PAGE, solid(GOLD))
FADING: Final = gradient(
    GradientKind.LINEAR, Matrix.scaling(100, 100), GradientStop(0, RED), GradientStop(1, Colour(0, 0, 1, 0))
)
STRIPES: Final = tuple(fill(box(x, 0, 6, 100), solid(RED if x % 20 else BLUE)) for x in range(0, 100, 10))
SOFT: Final = ShadowFilter(Point(5, 5), 3, Colour(0, 0, 0, 0.6))


def _pen(path: Rect, weight: float, *dashes: float) -> Pen:
    return Pen(path, weight, StrokeJoin.ROUND, StrokeCap.ROUND, 4.0, dashes)


def _masked(kind: MaskKind, *mask: Command) -> tuple[Command, ...]:
    return PushMasked(kind, PAGE), fill(PAGE, solid(BLUE)), MaskSource(), *mask, Pop()


def _noise(kind: NoiseKind) -> tuple[Command, ...]:
    noise = Noise(kind, 2.0, 0.5, BLUE, Colour(1, 1, 0, 0.5), 0.6)
    return (GROUND, *grouped(fill(circle(30.5, 30.5)), DrawNoise(noise, IDENTITY, PAGE, PAGE)))


def _blurred_below(ramp: Ramp | None = None, opacity: float = 1.0) -> BlurBackdrop:
    area = rounded(Rect(20, 20, 60, 60), 12)
    return BlurBackdrop(area, IDENTITY, 4.0, ramp, opacity, Rect(20, 20, 60, 60))


PICTURES: Final[dict[str, tuple[Command, ...]]] = {
    "rectangle": (fill(Rect(10.3, 10.7, 50.1, 30.2)),),
    "turned rectangle": (fill(box(30, 30), matrix=TURNED),),
    "round corners": (fill(rounded(Rect(10.5, 10.5, 80, 40), 12), solid(RED, 0.5)),),
    "circle": (fill(circle(10, 10, 80)),),
    "band": (fill(Band(rounded(box(10, 10, 80, 80), 20), rounded(box(14, 14, 72, 72), 16))),),
    "star by winding": (fill(STAR),),
    "pen": (fill(Band(box(9, 9, 82, 82), box(11, 11, 78, 78)), pen=_pen(box(10, 10, 80, 80), 2)),),
    "cut inside": (fill(PAGE, cut=Cut(circle(20, 20, 60), inside=True)),),
    "cut outside a circle": (fill(PAGE, cut=Cut(circle(20, 20, 60), inside=False)),),
    "cut outside a star": (GROUND, fill(PAGE, cut=Cut(STAR, inside=False))),
    "cut outside a star, faded": (GROUND, fill(PAGE, FADING, cut=Cut(STAR, inside=False))),
    "cut outside a star, multiplied": (
        GROUND,
        fill(PAGE, solid(BLUE, 1.0, BlendMode.MULTIPLY), cut=Cut(STAR, inside=False)),
    ),
    "image cut outside a star": (
        GROUND,
        fill(PAGE, ImagePaint(image(disc()), Matrix.scaling(1.7, 2.5)), cut=Cut(STAR, inside=False)),
    ),
    "clip": (*clipped(circle(20, 20, 60), GROUND, *STRIPES), fill(box(0, 0, 10, 10))),
    "clip in a clip": clipped(circle(20, 20, 60), *clipped(notched(30, 30), GROUND), fill(box(60, 60, 20, 20))),
    "group": (GROUND, *grouped(fill(box(20, 20)), fill(box(40, 40), solid(BLUE)), opacity=0.6)),
    "alpha mask": _masked(MaskKind.ALPHA, fill(circle(10, 10, 80), FADING)),
    "luminance mask": _masked(MaskKind.LUMINANCE, fill(box(10, 10), solid(RED)), fill(box(50, 30), solid(GREEN, 0.5))),
    "luminance mask of an image": _masked(
        MaskKind.LUMINANCE, fill(PAGE, ImagePaint(photograph(), Matrix.scaling(1.7, 2.5)))
    ),
    "mask in a mask": _masked(MaskKind.ALPHA, *_masked(MaskKind.LUMINANCE, fill(STAR, FADING))),
    "sharp shadow": (GROUND, shadow(circle(30, 30), 6, 6, 0, 3, opaque=False)),
    "soft shadow": (GROUND, shadow(rounded(box(25, 25), 8), 4, 4, 5, 2), fill(rounded(box(25, 25), 8))),
    "shadow around a translucent star": (GROUND, shadow(STAR, 4, 4, 3, opaque=False), fill(STAR, solid(WHITE, 0.3))),
    "shadow of a turned box": (GROUND, shadow(box(30, 30), 6, 0, 3, matrix=TURNED), fill(box(30, 30), matrix=TURNED)),
    "inner shadow": (fill(circle(20, 20, 60)), inner_shadow(circle(20, 20, 60), 4, 4, 3, 2)),
    "sharp inner shadow": (fill(circle(20, 20, 60)), inner_shadow(circle(20, 20, 60), 4, 4)),
    "inner shadow of a star": (fill(STAR), inner_shadow(STAR, 3, 3, 3)),
    "shadow of a group": (GROUND, *grouped(fill(STAR, solid(BLUE, 0.7)), filters=(SOFT,))),
    "shadows of a faded group": (
        GROUND,
        *grouped(
            fill(STAR, solid(BLUE)),
            filters=(SOFT, ShadowFilter(Point(-4, 0), 2, RED, behind=True), InnerShadowFilter(Point(3, 3), 2, BLACK)),
            opacity=0.5,
        ),
    ),
    "layer blur": (GROUND, *grouped(fill(STAR, solid(BLUE)), filters=(Blur(3.0),), opacity=0.8)),
    "layer blur that grows": (
        GROUND,
        *grouped(fill(STAR, solid(BLUE)), filters=(Blur(6.0, Ramp(0.0, Point(20, 0), Point(90, 0))),)),
    ),
    "background blur": (fill(PAGE, solid(WHITE)), *STRIPES, _blurred_below(), fill(box(30, 30), solid(WHITE, 0.5))),
    "background blur, faded": (fill(PAGE, solid(WHITE)), *STRIPES, _blurred_below(opacity=0.5)),
    "background blur that grows": (
        fill(PAGE, solid(WHITE)),
        *STRIPES,
        _blurred_below(Ramp(0.0, Point(20, 20), Point(80, 20))),
    ),
    "background blur in a clip": (
        fill(PAGE, solid(WHITE)),
        *STRIPES,
        *clipped(circle(10, 10, 60), fill(box(0, 30, 100, 10), solid(GREEN)), _blurred_below()),
    ),
    "background blur in a group": (
        *STRIPES,
        *grouped(fill(box(0, 30, 100, 30), solid(GREEN)), _blurred_below(), opacity=0.8),
    ),
    "image": (fill(box(10, 10, 80, 60), ImagePaint(image(pixels(320, 240)), Matrix(0.25, 0, 0, 0.25, 10, 10))),),
    "photograph": (
        fill(circle(10, 10, 80), ImagePaint(image(pixels(400, 400), "JPEG"), Matrix(0.2, 0, 0, 0.2, 10, 10))),
    ),
    "image with alpha": (
        GROUND,
        fill(PAGE, ImagePaint(image(disc(600, 400)), Matrix.scaling(0.17, 0.25), opacity=0.7)),
    ),
    "adjusted image": (
        fill(
            PAGE,
            ImagePaint(
                image(pixels(400, 400)),
                Matrix.scaling(0.25, 0.25),
                adjustment=ColourAdjustment((0.5, 0.2, 0, 0, 0.1, 0, 1.2, 0, 0, -0.1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0)),
            ),
        ),
    ),
    "tiles": (fill(PAGE, ImagePaint(image(pixels(300, 200)), Matrix.scaling(0.1, 0.1), repeats=True)),),
    **{f"noise {kind.value}": _noise(kind) for kind in NoiseKind},
    **{
        f"{kind.value} gradient": (fill(circle(10, 10, 80), gradient(kind, Matrix(30, 0, 0, 30, 50, 50))),)
        for kind in GradientKind
    },
    **{
        mode.value: (GROUND, fill(PAGE, FADING), *grouped(fill(STAR, solid(BLUE)), opacity=0.7, blend=mode))
        for mode in BlendMode
        if not mode.is_plain
    },
}
EXCEPTIONS: Final = {
    ("poppler", "SATURATION"): "poppler's SetSat is not that of the standard (11.3.5.3)",
    ("poppler", "image cut outside a star"): "poppler enlarges an image half a pixel of it off its place",
    ("poppler", "tiles"): "poppler draws a tile once, on whole pixels, and repeats that",
    ("poppler", "ANGULAR gradient"): "poppler does not smooth the edge of a mesh",
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", PICTURES)
def test_readers_draw_what_we_draw(name: str, reader: Reader) -> None:
    least = 0.9 if (reader.__name__, name) in EXCEPTIONS else 0.98
    assert similarity(reader(write(*PICTURES[name])), ours(*PICTURES[name])) >= least


def test_every_exception_is_of_a_picture() -> None:
    assert {name for _, name in EXCEPTIONS} <= PICTURES.keys()
