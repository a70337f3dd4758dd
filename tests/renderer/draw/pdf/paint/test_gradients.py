from __future__ import annotations

import re

import pytest

from renderer.displaylist import GradientPaint
from renderer.draw.pdf.paint.functions import ramp_function
from renderer.geometry import Colour, Matrix
from renderer.scene import GradientKind, GradientStop
from tests.renderer.draw.drawing import BLUE, PAGE, RED, at, draw, fill, gradient, is_close
from tests.renderer.draw.pdf.files import having, mupdf, streams, write

MIDDLE = Matrix(40, 0, 0, 40, 50, 50)
CLEAR = Colour(0, 0, 1, 0)


def _stops(*places: tuple[float, Colour]) -> tuple[GradientStop, ...]:
    return tuple(GradientStop(place, colour) for place, colour in places)


@pytest.mark.parametrize(
    ("ramp", "pieces"),
    [
        ([(0.0, "0"), (1.0, "1")], [("0", "1")]),
        ([(0.25, "0"), (0.75, "1")], [("0", "0"), ("0", "1"), ("1", "1")]),
        ([(0.0, "0"), (0.5, "1"), (0.5, "2"), (0.5, "3"), (1.0, "4")], [("0", "1"), ("3", "4")]),
        ([(0.0, "5"), (0.0, "6"), (1.0, "7"), (1.0, "8")], [("6", "7")]),
        ([(0.5, "1"), (0.5000000001, "2")], [("1", "1"), ("2", "2")]),
    ],
)
def test_a_ramp_is_stitched_of_lines(ramp: list[tuple[float, str]], pieces: list[tuple[str, str]]) -> None:
    assert re.findall(r"/C0\[(\d)\]/C1\[(\d)\]", ramp_function(ramp)) == pieces


@pytest.mark.parametrize(
    ("kind", "said"), [(GradientKind.LINEAR, "/ShadingType 2"), (GradientKind.RADIAL, "/ShadingType 3")]
)
def test_pdf_has_two_kinds_of_its_own(kind: GradientKind, said: str) -> None:
    body = write(fill(PAGE, gradient(kind, MIDDLE)))
    assert having(body, said, "/Extend[true true]")
    assert having(body, "/PatternType 2", "/Matrix[40 0 0 40 50 50]")


@pytest.mark.parametrize("kind", [GradientKind.ANGULAR, GradientKind.DIAMOND])
def test_the_other_two_are_meshes_of_whole_triangles(kind: GradientKind) -> None:
    body = write(fill(PAGE, gradient(kind, MIDDLE)))
    (mesh,) = streams(body, "/ShadingType 4")
    assert len(mesh) % (3 * 11) == 0


@pytest.mark.parametrize("kind", list(GradientKind))
def test_every_kind_has_the_colours_of_the_picture(kind: GradientKind) -> None:
    """Far from edges, whose place a reader may round, and from the middle, where an angle has none. MuPDF takes the
    colour of a mesh from a pixel's corner."""
    paint = GradientPaint(kind, MIDDLE, _stops((0.1, RED), (0.6, BLUE), (1.0, Colour(1, 1, 0))))
    theirs, drawn = mupdf(write(fill(PAGE, paint))), draw(fill(PAGE, paint), scale=2.0)
    for x, y in ((60, 120), (110, 30), (150, 90), (20, 20), (180, 170), (95, 140)):
        red, green, blue = (int(value) for value in theirs[y, x])
        assert is_close((red, green, blue), at(drawn, x, y), by=8), (x, y)


@pytest.mark.parametrize("kind", list(GradientKind))
def test_translucent_stops_are_a_soft_mask_in_grey(kind: GradientKind) -> None:
    paint = GradientPaint(kind, MIDDLE, _stops((0.0, RED), (1.0, CLEAR)), opacity=0.5)
    body = write(fill(PAGE, paint))
    assert having(body, "/SMask", "/S/Luminosity", "/ca 0.5")
    assert having(body, "/ColorSpace/DeviceGray", "/ShadingType")
    theirs, drawn = mupdf(body), draw(fill(PAGE, paint), scale=2.0)
    for x, y in ((60, 120), (150, 90), (20, 20), (95, 140)):
        assert abs(int(theirs[y, x, 1]) - int(drawn[y, x, 1])) <= 5, (x, y)


def test_stops_of_one_alpha_need_no_mask() -> None:
    half = _stops((0.0, RED.faded(0.5)), (1.0, BLUE.faded(0.5)))
    body = write(fill(PAGE, GradientPaint(GradientKind.LINEAR, MIDDLE, half, opacity=0.5)))
    assert not having(body, "/SMask")
    assert having(body, "/ca 0.25")
