from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from renderer.geometry import Matrix
from renderer.scene import (
    EllipseGeometry,
    LineGeometry,
    OutlinedStroke,
    PenStroke,
    RectGeometry,
    Stroke,
    StrokeAlign,
    StrokeCap,
    StrokeJoin,
)
from renderer.warnings import Warnings
from tests.renderer.lower.drawing import BLACK, BLUE, area, at, box, codes, draw, outlined, path, solid


def _extent(stroke: Stroke, **more: Any) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what a stroke without a fill paints on a 40 x 40 box at (30, 30)."""
    return _painted(draw(box(30, 30, fills=(), stroke=stroke, **more), background=None)[..., 3] > 2)


def _painted(alpha: NDArray[Any]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is not zero."""
    rows, columns = np.nonzero(alpha)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize(
    ("align", "outside"), [(StrokeAlign.INSIDE, 0), (StrokeAlign.CENTER, 4), (StrokeAlign.OUTSIDE, 8)]
)
@pytest.mark.parametrize("geometry", [RectGeometry(), RectGeometry((8,) * 4), EllipseGeometry()])
def test_a_stroke_lies_inside_on_or_outside_the_outline(
    align: StrokeAlign, outside: int, geometry: RectGeometry | EllipseGeometry
) -> None:
    wanted = (30 - outside, 30 - outside, 70 + outside, 70 + outside)
    assert _extent(PenStroke((solid(),), 8, align), geometry=geometry) == wanted


@pytest.mark.parametrize("align", list(StrokeAlign))
def test_band_and_path_draw_the_same_stroke(align: StrokeAlign) -> None:
    square = outlined("M0 0H40V40H0Z")
    band = draw(box(30, 30, fills=(), stroke=PenStroke((solid(),), 8, align)))
    path = draw(box(30, 30, fills=(), stroke=PenStroke((solid(),), 8, align), geometry=square))
    assert abs(band.astype(int) - path.astype(int)).max() <= 2


def test_a_stroke_wider_than_its_box_fills_it() -> None:
    assert area(box(fills=(), stroke=PenStroke((solid(),), 30))) == pytest.approx(1600)


def test_sides_have_weights_of_their_own() -> None:
    stroke = PenStroke((solid(),), 1, side_weights=(2, 0, 6, 4))
    assert area(box(fills=(), stroke=stroke)) == pytest.approx(1600 - (40 - 4) * (40 - 8))


def test_an_outside_stroke_of_a_sharp_corner_is_sharp_round_or_cut() -> None:
    areas = [
        area(box(30, 30, fills=(), stroke=PenStroke((solid(),), 10, StrokeAlign.OUTSIDE, join))) for join in StrokeJoin
    ]
    sharp, cut, rounded = areas
    assert sharp == pytest.approx(60 * 60 - 1600, abs=1)
    assert rounded == pytest.approx(sharp - (4 - math.pi) * 100, abs=3)
    assert cut == pytest.approx(sharp - 200, abs=2)


def test_an_outside_stroke_and_its_fill_leave_no_seam() -> None:
    node = box(30.5, 30.5, 20, 20, geometry=EllipseGeometry(), stroke=PenStroke((solid(),), 4, StrokeAlign.OUTSIDE))
    pixels = draw(node)
    yy, xx = np.mgrid[0:100, 0:100]
    inside = np.hypot(xx + 0.5 - 40.5, yy + 0.5 - 40.5) < 12.5
    assert (pixels[inside] == (255, 0, 0, 255)).all()


def test_nor_do_they_around_children_that_stay_inside() -> None:
    dot = box(6, 6, 8, 8, fills=(solid(),), geometry=EllipseGeometry())
    stroke = PenStroke((solid(),), 4, StrokeAlign.OUTSIDE)
    node = box(30.5, 30.5, 20, 20, geometry=EllipseGeometry(), stroke=stroke, children=(dot,))
    pixels = draw(node)
    yy, xx = np.mgrid[0:100, 0:100]
    inside = np.hypot(xx + 0.5 - 40.5, yy + 0.5 - 40.5) < 12.5
    assert (pixels[inside] == (255, 0, 0, 255)).all()


def test_an_outside_stroke_lies_above_children_that_reach_into_it() -> None:
    inner = box(10, 10, 40, 10, fills=(solid(BLACK),))
    holder = box(0, 0, 10, 10, fills=(), children=(inner,))
    for child in (inner, holder):
        stroke = PenStroke((solid(BLUE),), 6, StrokeAlign.OUTSIDE)
        pixels = draw(box(30, 30, 40, 40, stroke=stroke, children=(child,)))
        assert at(pixels, 73, 45) == (0, 0, 255)
        assert at(pixels, 60, 45) == (0, 0, 0)


def test_dashes_and_gaps() -> None:
    line = box(
        10,
        50,
        80,
        0,
        geometry=LineGeometry(),
        fills=(),
        stroke=PenStroke((solid(),), 4, StrokeAlign.CENTER, dashes=(10, 6)),
    )
    assert area(line) == pytest.approx(50 * 4, abs=1)
    odd = PenStroke((solid(),), 4, StrokeAlign.CENTER, dashes=(5,))
    assert area(box(10, 50, 80, 0, geometry=LineGeometry(), fills=(), stroke=odd)) == pytest.approx(160, abs=1)


@pytest.mark.parametrize("dashes", [(1e-6, 1e-6), (1e-300, 1e-9), (1e-4, 0.0)])
def test_more_dashes_than_anyone_can_see_are_drawn_solid_and_said(dashes: tuple[float, ...]) -> None:
    heard = Warnings(100)
    draw(box(geometry=EllipseGeometry(), stroke=PenStroke((solid(),), 1, dashes=dashes)), warnings=heard)
    assert codes(heard) == ["stroke-too-many-dashes"]


@pytest.mark.parametrize(
    ("align", "cap", "extent"),
    [
        (StrokeAlign.CENTER, StrokeCap.NONE, (30, 46, 70, 54)),
        (StrokeAlign.CENTER, StrokeCap.ROUND, (26, 46, 74, 54)),
        (StrokeAlign.CENTER, StrokeCap.SQUARE, (26, 46, 74, 54)),
        (StrokeAlign.INSIDE, StrokeCap.NONE, (30, 42, 70, 50)),
        (StrokeAlign.INSIDE, StrokeCap.ROUND, (30, 42, 70, 50)),
    ],
)
def test_a_line_lies_where_figma_puts_it(align: StrokeAlign, cap: StrokeCap, extent: tuple[int, int, int, int]) -> None:
    place: dict[str, Any] = {"transform": Matrix.translation(30, 50), "width": 40, "height": 0}
    stroke = PenStroke((solid(),), 8, align, cap=cap)
    pixels = draw(box(geometry=LineGeometry(), fills=(), stroke=stroke, **place), background=None)
    assert _painted(pixels[..., 3]) == extent


@pytest.mark.parametrize(
    ("cap", "extent"),
    [
        # arms of 4.5 weights at 45 degrees, with round ends
        (StrokeCap.LINE_ARROW, (29, 42, 71, 58)),
        (StrokeCap.TRIANGLE_ARROW, (30, 44, 70, 56)),
        (StrokeCap.TRIANGLE_FILLED, (30, 44, 70, 56)),
        (StrokeCap.DIAMOND_FILLED, (24, 44, 76, 56)),
        (StrokeCap.CIRCLE_FILLED, (24, 44, 76, 56)),
    ],
)
def test_a_line_has_a_head_at_each_end(cap: StrokeCap, extent: tuple[int, int, int, int]) -> None:
    line: dict[str, Any] = {"geometry": LineGeometry(), "width": 40, "height": 0}
    stroke = PenStroke((solid(opacity=0.5),), 2, StrokeAlign.CENTER, cap=cap)
    node = box(fills=(), stroke=stroke, transform=Matrix.translation(30, 50), **line)
    pixels = draw(node, background=None)
    assert _painted(pixels[..., 3]) == extent
    # the head and the line are one area: translucent paint is no darker where they meet
    assert pixels[..., 3].max() == 128
    assert (pixels[49:51, 32:68, 3] == 128).all()


def test_the_two_triangles_point_away_from_the_line_and_towards_it() -> None:
    heights = []
    for cap in (StrokeCap.TRIANGLE_ARROW, StrokeCap.TRIANGLE_FILLED):
        line = box(
            geometry=LineGeometry(),
            fills=(),
            width=40,
            height=0,
            transform=Matrix.translation(30, 50),
            stroke=PenStroke((solid(),), 2, StrokeAlign.CENTER, cap=cap),
        )
        covered = draw(line, background=None)[..., 3] > 128
        heights.append((covered[:, 69].sum(), covered[:, 61].sum()))
    assert heights[0][0] < heights[0][1]
    assert heights[1][0] > heights[1][1]


def test_an_expanded_outline_replaces_the_stroke() -> None:
    stroke = OutlinedStroke((solid(BLUE),), (path("M0 0H10V10H0Z"),))
    node = box(30, 30, fills=(), stroke=stroke)
    assert area(node) == pytest.approx(100)
    assert at(draw(node), 35, 35) == (0, 0, 255)


@pytest.mark.parametrize("weight", [1e7, 1e-30, 0.0])
@pytest.mark.parametrize("align", list(StrokeAlign))
def test_absurd_weights_are_harmless(weight: float, align: StrokeAlign) -> None:
    star = outlined("M0 0L40 1L0 2L38 3Z")
    draw(box(geometry=star, stroke=PenStroke((solid(),), weight, align, miter_limit=1e7)))
