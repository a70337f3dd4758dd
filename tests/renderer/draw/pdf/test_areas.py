"""Areas, strokes, cuts and clips, as operators; test_readers.py looks at what readers make of them."""

from __future__ import annotations

import pytest

from renderer.displaylist import Cut, Pen
from renderer.geometry import Matrix, PathData, Rect
from renderer.scene import StrokeCap, StrokeJoin
from tests.renderer.draw.drawing import BLUE, RED, box, clipped, fill, notched, polygon, solid, turned
from tests.renderer.draw.pdf.files import having, painted, write

STAR = polygon((50, 5), (80, 95), (5, 38), (95, 38), (20, 95))


def _pen(path: Rect | PathData, weight: float = 2.0, **more: object) -> Pen:
    return Pen(path, weight, StrokeJoin.MITER, StrokeCap.NONE, 4.0, **more)  # type: ignore[arg-type]


def test_a_plain_area_is_a_colour_a_path_and_a_fill() -> None:
    assert "1.0000 0.0000 0.0000 rg\n10 20 30 40 re\nf" in painted(write(fill(Rect(10, 20, 30, 40))))


def test_translucency_holds_for_one_paint_only() -> None:
    body = write(fill(box(), solid(RED, 0.25), solid(BLUE)))
    assert having(body, "/ca 0.25", "/CA 0.25")
    red, blue = painted(body).split("0.0000 0.0000 1.0000 rg")
    assert red.count("q\n") == red.count("\nQ")
    assert " gs" not in blue


def test_an_invisible_paint_writes_nothing() -> None:
    assert " rg" not in painted(write(fill(box(), solid(RED, 0.0))))


def test_a_stroke_whose_pen_is_known_is_a_stroke() -> None:
    pen = Pen(notched(20, 20), 3, StrokeJoin.ROUND, StrokeCap.SQUARE, 4.0, (5.0, 2.5))
    body = painted(write(fill(notched(18, 18), pen=pen)))
    assert "3 w 2 J 1 j [5 2.5] 0 d" in body
    assert "1.0000 0.0000 0.0000 RG" in body
    assert "\nS\n" in body
    assert "\nf" not in body


def test_a_mitre_has_its_limit() -> None:
    assert "2 w 0 J 0 j 4 M" in painted(write(fill(STAR, pen=_pen(STAR))))


def test_a_pen_under_a_turn_draws_in_its_own_coordinates() -> None:
    body = painted(write(fill(STAR, matrix=Matrix(2, 0, 0, 1, 3, 0), pen=_pen(STAR))))
    assert "2 0 0 1 3 0 cm" in body


@pytest.mark.parametrize(("path", "stroked"), [(Rect(10, 10, 30, 30), True), (Rect(10.5, 10, 30, 30), False)])
def test_an_upright_stroke_is_an_area_where_readers_would_move_it(path: Rect, stroked: bool) -> None:
    body = painted(write(fill(path.outset(1), pen=_pen(path))))
    assert ("\nS\n" in body) == stroked
    assert ("\nf" in body) != stroked


def test_a_cut_stroke_is_an_area() -> None:
    body = painted(write(fill(STAR, pen=_pen(STAR), cut=Cut(notched(20, 20), inside=True))))
    assert "\nS" not in body
    assert "W n" in body


def test_outside_of_a_rectangle_is_a_clip_by_the_even_odd_rule() -> None:
    body = painted(write(fill(Rect(0, 0, 90, 90), cut=Cut(box(20, 20), inside=False))))
    assert "20 20 40 40 re\nW* n" in body


def test_outside_of_a_path_that_winds_is_a_mask_since_it_may_cross_itself() -> None:
    body = write(fill(Rect(0, 0, 99, 99), cut=Cut(STAR, inside=False)))
    assert having(body, "/SMask", "/Luminosity")
    even_odd = PathData(STAR.verbs, STAR.points, b"", even_odd=True)
    assert not having(write(fill(Rect(0, 0, 99, 99), cut=Cut(even_odd, inside=False))), "/SMask")


def test_a_clip_ends_with_its_group() -> None:
    body = painted(write(*clipped(box(), fill(box(10, 10))), fill(box(50, 50))))
    within, after = body.split("50 50 40 40 re")
    assert within.index("W n") < within.index("10 10 40 40 re") < within.rindex("Q")
    assert "W" not in after


def test_a_clip_to_nothing_lets_nothing_through() -> None:
    assert "0 0 0 0 re W n" in painted(write(*clipped(Rect(10, 10, 0, 0), fill(box()))))


def test_coordinates_count_from_the_top_left_of_the_picture() -> None:
    body = painted(write(fill(box(), matrix=turned(0.0, 0, 0)), scale=2.0))
    assert "2 0 0 -2 0 200 cm" in body
