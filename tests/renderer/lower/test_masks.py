from __future__ import annotations

import pytest

from renderer.scene import EllipseGeometry, GradientKind, MaskKind, Node, NoGeometry
from tests.renderer.paint.drawing import BLACK, BLUE, GREEN, WHITE, at, box, draw, gradient, is_close, solid


def _masked(*masks: Node) -> Node:
    return box(geometry=NoGeometry(), fills=(), children=(*masks, box(0, 0, 80, 80, fills=(solid(BLUE),))))


@pytest.mark.parametrize("kind", list(MaskKind))
def test_a_mask_is_not_painted_and_hides_what_lies_outside_it(kind: MaskKind) -> None:
    mask = box(20, 20, geometry=EllipseGeometry(), fills=(solid(WHITE),), mask=kind)
    pixels = draw(_masked(mask), background=GREEN)
    assert at(pixels, 40, 40) == (0, 0, 255)
    assert at(pixels, 10, 10) == (0, 255, 0)
    assert at(pixels, 22, 22) == (0, 255, 0)


@pytest.mark.parametrize(("kind", "share"), [(MaskKind.ALPHA, 0.5), (MaskKind.VECTOR, 1.0), (MaskKind.LUMINANCE, 0.5)])
def test_a_half_clear_white_mask(kind: MaskKind, share: float) -> None:
    pixels = draw(_masked(box(0, 0, 80, 80, fills=(solid(WHITE, 0.5),), mask=kind)))
    assert is_close(at(pixels, 40, 40), (255 * (1 - share), 255 * (1 - share), 255), by=3)


@pytest.mark.parametrize(("kind", "shown"), [(MaskKind.ALPHA, True), (MaskKind.LUMINANCE, False)])
def test_black_hides_by_luminance_only(kind: MaskKind, shown: bool) -> None:
    pixels = draw(_masked(box(0, 0, 80, 80, fills=(solid(BLACK),), mask=kind)))
    assert (at(pixels, 40, 40) == (0, 0, 255)) is shown


def test_a_gradient_fades_what_it_masks() -> None:
    fade = gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0, 1))
    pixels = draw(_masked(box(0, 0, 80, 80, fills=(fade,), mask=MaskKind.LUMINANCE)))
    assert at(pixels, 10, 40)[0] > at(pixels, 40, 40)[0] > at(pixels, 70, 40)[0]


def test_siblings_before_the_mask_and_beside_the_group_are_left_alone() -> None:
    before, after = box(0, 0, 80, 80, fills=(solid(GREEN),)), box(0, 0, 80, 80, fills=(solid(BLUE),))
    group = box(geometry=NoGeometry(), fills=(), children=(before, box(0, 0, 40, 80, mask=MaskKind.ALPHA), after))
    pixels = draw(group, box(0, 90, 80, 10))
    assert (at(pixels, 20, 40), at(pixels, 60, 40)) == ((0, 0, 255), (0, 255, 0))
    assert at(pixels, 60, 95) == (255, 0, 0)


def test_two_masks_both_hold() -> None:
    left = box(0, 0, 40, 80, mask=MaskKind.ALPHA, fills=(solid(WHITE, 0.999),))
    top = box(0, 0, 80, 40, mask=MaskKind.VECTOR)
    pixels = draw(_masked(left, top))
    assert is_close(at(pixels, 20, 20), (0, 0, 255))
    assert at(pixels, 60, 20) == at(pixels, 20, 60) == (255, 255, 255)


def test_a_group_can_be_a_mask() -> None:
    mask = box(geometry=NoGeometry(), fills=(), children=(box(0, 0, 20, 20), box(40, 40, 20, 20)), mask=MaskKind.ALPHA)
    pixels = draw(_masked(mask))
    assert (at(pixels, 10, 10), at(pixels, 50, 50), at(pixels, 30, 30)) == ((0, 0, 255), (0, 0, 255), (255, 255, 255))


def test_very_many_masks_are_harmless() -> None:
    draw(_masked(*(box(0, 0, 80, 80, mask=MaskKind.VECTOR) for _ in range(3000))))
