from __future__ import annotations

import pytest

from renderer.geometry import Rect, RoundRect
from renderer.geometry.corners import fitting
from renderer.geometry.outline import path_of
from renderer.geometry.skiapath import to_skia

BOX = Rect(0, 0, 40, 20)


def test_radii_that_fit_are_kept() -> None:
    assert fitting(BOX, (1, 2, 3, 4, 5, 6, 7, 8)) == RoundRect(BOX, (1, 2, 3, 4, 5, 6, 7, 8))


def test_radii_that_do_not_fit_shrink_together() -> None:
    assert fitting(BOX, (30, 30, 30, 30, 0, 0, 0, 0)) == RoundRect(BOX, (20, 20, 20, 20, 0, 0, 0, 0))


def test_radii_that_shrink_fill_their_side_and_no_more() -> None:
    made = fitting(Rect(0, 0, 48, 27), (0, 0, 0, 0, 93, 93, 0, 0))
    assert isinstance(made, RoundRect)
    assert made.radii[5] == 27
    assert to_skia(path_of(made)).isConvex()
    odd = fitting(Rect(0, 0, 60, 27.3332544), (0, 0, 0, 0, 90, 90, 0, 0))
    assert isinstance(odd, RoundRect)
    assert odd.radii[5] == odd.rect.height


def test_a_corner_that_is_flat_one_way_is_sharp() -> None:
    assert fitting(BOX, (5, 0, 5, 5, 0, 0, 0, 0)) == RoundRect(BOX, (0, 0, 5, 5, 0, 0, 0, 0))


@pytest.mark.parametrize("radii", [(0.0,) * 8, (5.0, 0.0) * 4])
def test_a_box_without_a_round_corner_is_a_box(radii: tuple[float, ...]) -> None:
    assert fitting(BOX, radii) == BOX  # type: ignore[arg-type]


def test_an_empty_box_has_no_corners() -> None:
    assert fitting(Rect(0, 0, 0, 20), (5,) * 8) == Rect(0, 0, 0, 20)


def test_half_the_sides_make_an_ellipse() -> None:
    assert RoundRect(BOX, (20, 10) * 4).is_ellipse
    assert not RoundRect(BOX, (10, 10) * 4).is_ellipse


@pytest.mark.parametrize("area", [BOX, RoundRect(BOX, (10, 10, 5, 5, 4, 4, 3, 3))])
def test_the_outline_touches_the_box(area: Rect | RoundRect) -> None:
    assert path_of(area).bounds == BOX
