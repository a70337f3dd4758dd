from __future__ import annotations

import math

import pytest

from renderer.geometry import Matrix
from renderer.scene import (
    BooleanGeometry,
    BooleanOperation,
    EllipseGeometry,
    PathGeometry,
    PolygonGeometry,
    RectGeometry,
    Region,
    StarGeometry,
)
from renderer.warnings import Warnings
from tests.renderer.lower.drawing import BLUE, area, at, box, codes, draw, outlined, path, solid


def test_a_rectangle_covers_exactly_its_pixels() -> None:
    pixels = draw(box(10, 20, 30, 40))
    red = (pixels[..., 1] == 0) & (pixels[..., 0] == 255)
    assert red[20:60, 10:40].all()
    assert red.sum() == 30 * 40


@pytest.mark.parametrize("radius", [5.0, 10.0, 20.0])
def test_round_corners_lose_the_area_beside_the_arc(radius: float) -> None:
    covered = area(box(10, 10, 60, 50, geometry=RectGeometry((radius,) * 4)))
    assert covered == pytest.approx(60 * 50 - (4 - math.pi) * radius**2, abs=0.6)


def test_each_corner_has_its_own_radius() -> None:
    pixels = draw(box(0, 0, 80, 80, geometry=RectGeometry((0, 40, 0, 10))))
    assert at(pixels, 1, 1) == (255, 0, 0)
    assert at(pixels, 76, 3) == (255, 255, 255)
    assert at(pixels, 78, 78) == (255, 0, 0)
    assert at(pixels, 0, 79) == (255, 255, 255)


def test_a_radius_that_does_not_fit_makes_a_disc() -> None:
    assert area(box(10, 10, 40, 40, geometry=RectGeometry((500,) * 4))) == pytest.approx(math.pi * 400, abs=2)


def test_smoothing_takes_a_little_more_off_the_corner_and_reaches_further_along_the_edge() -> None:
    plain = area(box(10, 10, 80, 80, geometry=RectGeometry((20,) * 4)))
    smooth = area(box(10, 10, 80, 80, geometry=RectGeometry((20,) * 4, 0.6)))
    assert 0 < plain - smooth < 40


def test_smoothing_has_no_effect_where_there_is_no_room_for_it() -> None:
    plain = draw(box(10, 10, 40, 40, geometry=RectGeometry((20,) * 4)))
    smooth = draw(box(10, 10, 40, 40, geometry=RectGeometry((20,) * 4, 1.0)))
    assert abs(plain.astype(int) - smooth.astype(int)).max() <= 8


@pytest.mark.parametrize(
    ("geometry", "share"),
    [
        (EllipseGeometry(), 1.0),
        (EllipseGeometry(inner_ratio=0.5), 0.75),
        (EllipseGeometry(sweep=math.pi), 0.5),
        (EllipseGeometry(start=1.0, sweep=math.pi / 2, inner_ratio=0.5), 0.1875),
        (EllipseGeometry(start=1.0, sweep=-math.pi / 2), 0.25),
    ],
)
def test_ellipses_and_arcs_cover_their_share_of_the_full_ellipse(geometry: EllipseGeometry, share: float) -> None:
    assert area(box(10, 10, 60, 40, geometry=geometry)) == pytest.approx(share * math.pi * 30 * 20, rel=0.01)


def test_an_arc_runs_clockwise_from_three_o_clock() -> None:
    pixels = draw(box(0, 0, 80, 80, geometry=EllipseGeometry(sweep=math.pi / 2)))
    assert at(pixels, 60, 60) == (255, 0, 0)
    assert at(pixels, 60, 20) == (255, 255, 255)


def _polygon_area(points: int, radius: float) -> float:
    return points / 2 * radius**2 * math.sin(math.tau / points)


def test_a_polygon_has_its_first_point_at_the_top() -> None:
    triangle = box(0, 0, 80, 80, geometry=PolygonGeometry(3))
    assert area(triangle) == pytest.approx(_polygon_area(3, 40), abs=2)
    assert at(draw(triangle), 40, 5) == (255, 0, 0)
    assert at(draw(triangle), 5, 5) == (255, 255, 255)


def test_a_star_is_its_polygon_less_the_notches() -> None:
    star = area(box(0, 0, 80, 80, geometry=StarGeometry(5, 0.4)))
    assert star == pytest.approx(5 * 40 * 16 * math.sin(math.tau / 10), abs=3)


def test_round_polygon_corners_lose_area_and_a_huge_radius_is_held_back() -> None:
    sharp, rounded, huge = (area(box(0, 0, 80, 80, geometry=PolygonGeometry(6, r))) for r in (0, 6, 1e6))
    assert sharp > rounded > huge
    assert huge == pytest.approx(math.pi * (40 * math.cos(math.pi / 6)) ** 2, rel=0.02)


def test_outlines_keep_their_winding_rule_and_their_own_fills() -> None:
    twice = "M0 0H40V40H0Z M10 10H30V30H10Z"
    full = box(geometry=outlined(twice))
    holed = box(geometry=PathGeometry((Region(path(twice, even_odd=True)),)))
    assert area(full) == pytest.approx(1600)
    assert area(holed) == pytest.approx(1200)
    own = box(geometry=PathGeometry((Region(path("M0 0H20V20H0Z")), Region(path("M20 20H40V40H20Z"), (solid(BLUE),)))))
    pixels = draw(own)
    assert (at(pixels, 10, 10), at(pixels, 30, 30)) == ((255, 0, 0), (0, 0, 255))


@pytest.mark.parametrize(
    ("operation", "covered"),
    [
        (BooleanOperation.UNION, 1600 + 1600 - 400),
        (BooleanOperation.INTERSECT, 400),
        (BooleanOperation.SUBTRACT, 1200),
        (BooleanOperation.EXCLUDE, 2400),
    ],
)
def test_boolean_operations_combine_their_operands(operation: BooleanOperation, covered: float) -> None:
    operands = (box(0, 0), box(20, 20))
    assert area(box(5, 5, 60, 60, geometry=BooleanGeometry(operation, operands))) == pytest.approx(covered, abs=1)


def test_operands_are_turned_and_nested() -> None:
    turned = box(transform=Matrix.translation(40, 0) @ Matrix.rotation(math.pi / 2))
    group = box(geometry=BooleanGeometry(BooleanOperation.UNION, (turned,)), fills=())
    both = BooleanGeometry(BooleanOperation.INTERSECT, (box(0, 0), group))
    assert area(box(geometry=both)) == pytest.approx(1600, abs=1)


def test_operations_on_too_intricate_outlines_are_left_out_with_a_warning() -> None:
    zigzag = "M0 0" + "".join(f"L{i * 7919 % 40} {i * 104729 % 40}" for i in range(21_000))
    operands = (box(), box(geometry=outlined(zigzag)))
    heard = Warnings(100)
    draw(box(geometry=BooleanGeometry(BooleanOperation.UNION, operands)), warnings=heard)
    assert codes(heard) == ["boolean-too-complex"]
