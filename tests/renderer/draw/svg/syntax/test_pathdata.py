from __future__ import annotations

import math
import random
from typing import Any

import pytest
import skia

from renderer.draw.svg.syntax.numbers import Numbers
from renderer.draw.svg.syntax.pathdata import path_data
from renderer.geometry import PathData, Rect
from renderer.geometry.path import PathBuilder
from renderer.geometry.skiapath import to_skia
from renderer.read.rest.svgpath import parse_path
from tests.renderer.draw.drawing import polygon
from tests.renderer.draw.svg.lists import arc

NUMBERS = Numbers(1.0)


def written(path: PathData, dx: float = 0, dy: float = 0) -> str:
    return path_data(path, dx, dy, NUMBERS)


def test_all_but_the_first_point_is_relative() -> None:
    assert written(polygon((10, 10), (20, 15), (20, 30), (5, 30))) == "M10 10l10 5v15h-15z"


def test_a_letter_is_not_repeated() -> None:
    assert written(polygon((0, 0), (1, 1), (3, 2), (4, -5))) == "M0 0l1 1 2 1 1-7z"


def test_a_path_is_moved() -> None:
    assert written(polygon((1, 2), (3, 4), (1, 4)), 10.5, -2) == "M11.5 0l2 2h-2z"


def test_a_second_contour_begins_where_the_first_one_did() -> None:
    built = PathBuilder()
    for x in (10, 40):
        built.move(x, 10)
        built.line(x + 5, 10)
        built.quad(x + 9, 12, x + 5, 20)
        built.close()
    assert written(built.build()) == "M10 10h5q4 2 0 10zm30 0h5q4 2 0 10z"


def test_an_empty_path_is_nothing() -> None:
    assert written(PathData(b"", b"")) == ""


def test_what_is_no_number_is_the_origin() -> None:
    assert written(polygon((math.nan, 1), (math.inf, 5), (3, -math.inf))) == "M0 1v4l3-5z"


def test_no_error_adds_up() -> None:
    rule = random.Random(3)
    corners = [(rule.uniform(0, 100), rule.uniform(0, 100)) for _ in range(2000)]
    back = parse_path(written(polygon(*corners)), even_odd=False).coordinates.tolist()
    places = zip(back[::2], back[1::2], strict=True)
    assert max(math.dist(one, other) for one, other in zip(corners, places, strict=True)) < 0.002


@pytest.mark.parametrize("weight", [0.05, 0.3, 0.70710678, 1.0, 2.5, 20.0])
def test_conics_are_followed_closely(weight: float) -> None:
    built = PathBuilder()
    built.move(0, 0)
    built.conic(100, 0, 100, 100, weight=weight)
    built.close()
    cubics = to_skia(parse_path(written(built.build()), even_odd=False))
    for share in (0.1, 0.37, 0.5, 0.81):
        assert _distance(cubics, _on_conic(weight, share)) < 0.05


def _on_conic(weight: float, t: float) -> tuple[float, float]:
    """From (0, 0) by (100, 0) to (100, 100)."""
    a, b, c = (1 - t) ** 2, 2 * weight * t * (1 - t), t * t
    return (100 * b + 100 * c) / (a + b + c), 100 * c / (a + b + c)


def _distance(path: Any, place: tuple[float, float]) -> float:
    measure = skia.PathMeasure(path, False, 16.0)
    length = measure.getLength()
    places = [measure.getPosTan(length * step / 20_000)[0] for step in range(20_001)]
    return min(math.dist((each.x(), each.y()), place) for each in places)


def test_the_bounds_of_a_path_of_all_verbs_stay() -> None:
    path = arc()
    kept = to_skia(parse_path(written(path), even_odd=False)).computeTightBounds()
    tight = to_skia(path).computeTightBounds()
    assert _rect(kept).outset(0.05).holds(_rect(tight))
    assert _rect(tight).outset(0.05).holds(_rect(kept))


def _rect(bounds: Any) -> Rect:
    return Rect(bounds.x(), bounds.y(), bounds.width(), bounds.height())
