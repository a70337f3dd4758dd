from __future__ import annotations

import math

import pytest

from renderer.paint.svgpath import PathDataError, PathTooLongError, parse_path


def _points(data: str) -> list[tuple[float, float]]:
    path = parse_path(data, max_verbs=1000, max_coordinate=1e7)
    return [(round(path.getPoint(i).x(), 4), round(path.getPoint(i).y(), 4)) for i in range(path.countPoints())]


@pytest.mark.parametrize(
    ("data", "points"),
    [
        ("M1 2L3 4", [(1, 2), (3, 4)]),
        ("m1,2l3-4", [(1, 2), (4, -2)]),
        ("M1 2 3 4 5 6", [(1, 2), (3, 4), (5, 6)]),
        ("m1 2 3 4 5 6", [(1, 2), (4, 6), (9, 12)]),
        ("M0 0H5V6h-1v-1", [(0, 0), (5, 0), (5, 6), (4, 6), (4, 5)]),
        ("M.5.5L1e1-2.5E0", [(0.5, 0.5), (10, -2.5)]),
        ("M0 0C1 1 2 1 3 0S5-1 6 0", [(0, 0), (1, 1), (2, 1), (3, 0), (4, -1), (5, -1), (6, 0)]),
        ("M0 0Q1 1 2 0T4 0", [(0, 0), (1, 1), (2, 0), (3, -1), (4, 0)]),
        ("M0 0S1 1 2 0", [(0, 0), (0, 0), (1, 1), (2, 0)]),
        ("M1 1l1 0zl0 5", [(1, 1), (2, 1), (1, 1), (1, 6)]),
    ],
)
def test_commands_absolute_relative_repeated_and_smooth(data: str, points: list[tuple[float, float]]) -> None:
    assert _points(data) == points


def test_an_arc_ends_where_it_says_and_bulges_to_its_side() -> None:
    path = parse_path("M0 0A10 10 0 0 1 20 0", max_verbs=10, max_coordinate=1e3)
    bounds = path.computeTightBounds()
    assert (bounds.right(), bounds.top()) == (pytest.approx(20), pytest.approx(-10, abs=1e-3))
    other = parse_path("M0 0A10 10 0 0 0 20 0", max_verbs=10, max_coordinate=1e3).computeTightBounds()
    assert other.bottom() == pytest.approx(10, abs=1e-3)


@pytest.mark.parametrize(
    "data", ["L1 1", "M1", "M1 1C1 2 3", "5 5", "M0 0Z 5 5", "M0 0L Z", "M0 0L1e9 0", "M0 0L1e999 0"]
)
def test_what_is_no_path_data_is_refused(data: str) -> None:
    with pytest.raises(PathDataError):
        parse_path(data, max_verbs=100, max_coordinate=1e7)


def test_verbs_are_counted() -> None:
    with pytest.raises(PathTooLongError, match="more than 3"):
        parse_path("M0 0L1 1L2 2L3 3", max_verbs=3, max_coordinate=1e7)


def test_nothing_at_all_is_an_empty_path() -> None:
    assert parse_path("", max_verbs=1, max_coordinate=1).isEmpty()
    assert math.isclose(parse_path("M0 0H3", max_verbs=5, max_coordinate=9).getBounds().width(), 3)
