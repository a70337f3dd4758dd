from __future__ import annotations

import pytest

from renderer.scene import EllipseGeometry, GradientKind, Group, Masked, MaskKind, SceneItem, Shape
from tests.renderer.lower.drawing import (
    BLACK,
    BLUE,
    GREEN,
    WHITE,
    at,
    box,
    draw,
    gradient,
    group,
    is_close,
    lowered,
    masked,
    solid,
)


def _blue_through(*masks: tuple[MaskKind, Group | Shape]) -> Masked:
    """A blue square behind masks, the first of which holds for the others too."""
    content: SceneItem = box(0, 0, 80, 80, fills=(solid(BLUE),))
    for kind, mask in reversed(masks):
        content = masked(kind, mask, content)
    assert isinstance(content, Masked)
    return content


@pytest.mark.parametrize("kind", list(MaskKind))
def test_a_mask_is_not_painted_and_hides_what_lies_outside_it(kind: MaskKind) -> None:
    mask = box(20, 20, geometry=EllipseGeometry(), fills=(solid(WHITE),))
    pixels = draw(_blue_through((kind, mask)), background=GREEN)
    assert at(pixels, 40, 40) == (0, 0, 255)
    assert at(pixels, 10, 10) == (0, 255, 0)
    assert at(pixels, 22, 22) == (0, 255, 0)


@pytest.mark.parametrize(("kind", "share"), [(MaskKind.ALPHA, 0.5), (MaskKind.VECTOR, 1.0), (MaskKind.LUMINANCE, 0.5)])
def test_a_half_clear_white_mask(kind: MaskKind, share: float) -> None:
    pixels = draw(_blue_through((kind, box(0, 0, 80, 80, fills=(solid(WHITE, 0.5),)))))
    assert is_close(at(pixels, 40, 40), (255 * (1 - share), 255 * (1 - share), 255), by=3)


@pytest.mark.parametrize(("kind", "shown"), [(MaskKind.ALPHA, True), (MaskKind.LUMINANCE, False)])
def test_black_hides_by_luminance_only(kind: MaskKind, shown: bool) -> None:
    pixels = draw(_blue_through((kind, box(0, 0, 80, 80, fills=(solid(BLACK),)))))
    assert (at(pixels, 40, 40) == (0, 0, 255)) is shown


def test_a_gradient_fades_what_it_masks() -> None:
    fade = gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0, 1))
    pixels = draw(_blue_through((MaskKind.LUMINANCE, box(0, 0, 80, 80, fills=(fade,)))))
    assert at(pixels, 10, 40)[0] > at(pixels, 40, 40)[0] > at(pixels, 70, 40)[0]


def test_siblings_before_the_mask_and_beside_the_group_are_left_alone() -> None:
    before, after = box(0, 0, 80, 80, fills=(solid(GREEN),)), box(0, 0, 80, 80, fills=(solid(BLUE),))
    both = group(before, masked(MaskKind.ALPHA, box(0, 0, 40, 80), after))
    pixels = draw(both, box(0, 90, 80, 10))
    assert (at(pixels, 20, 40), at(pixels, 60, 40)) == ((0, 0, 255), (0, 255, 0))
    assert at(pixels, 60, 95) == (255, 0, 0)


def test_two_masks_both_hold() -> None:
    left = box(0, 0, 40, 80, fills=(solid(WHITE, 0.999),))
    pixels = draw(_blue_through((MaskKind.ALPHA, left), (MaskKind.VECTOR, box(0, 0, 80, 40))))
    assert is_close(at(pixels, 20, 20), (0, 0, 255))
    assert at(pixels, 60, 20) == at(pixels, 20, 60) == (255, 255, 255)


def test_a_group_can_be_a_mask() -> None:
    mask = group(box(0, 0, 20, 20), box(40, 40, 20, 20))
    pixels = draw(_blue_through((MaskKind.ALPHA, mask)))
    assert (at(pixels, 10, 10), at(pixels, 50, 50), at(pixels, 30, 30)) == ((0, 0, 255), (0, 0, 255), (255, 255, 255))


def test_very_many_masks_are_harmless() -> None:
    for kind in (MaskKind.VECTOR, MaskKind.LUMINANCE):
        lowered(_blue_through(*((kind, box(0, 0, 80, 80)) for _ in range(3000))))
    draw(_blue_through(*((MaskKind.VECTOR, box(0, 0, 80, 80)) for _ in range(3000))))
