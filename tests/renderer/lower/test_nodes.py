from __future__ import annotations

import math
from typing import Any

import pytest

from renderer.exceptions import LimitError
from renderer.geometry import Matrix
from renderer.scene import EllipseGeometry, PenStroke, RectGeometry
from tests.renderer.lower.drawing import BLUE, GREEN, RED, at, box, draw, group, is_close, lowered, solid


def test_opacity_makes_a_group_of_what_overlaps() -> None:
    red, blue = box(0, 0, fills=(solid(RED),)), box(20, 20, fills=(solid(BLUE),))
    pixels = draw(group(red, blue, opacity=0.5))
    assert is_close(at(pixels, 10, 10), (255, 127.5, 127.5))
    assert is_close(at(pixels, 30, 30), (127.5, 127.5, 255))


def test_opacity_of_a_fill_and_its_stroke_does_not_show_the_one_through_the_other() -> None:
    pixels = draw(box(10, 10, opacity=0.5, stroke=PenStroke((solid(BLUE),), 10)))
    assert is_close(at(pixels, 15, 30), (127.5, 127.5, 255))


def test_a_node_of_no_opacity_is_not_there() -> None:
    assert (draw(box(opacity=0.0)) == 255).all()


def test_children_are_clipped_to_a_round_frame_only_when_it_clips() -> None:
    child = box(-10, -10, 60, 60, fills=(solid(BLUE),))
    frame: dict[str, Any] = {"geometry": RectGeometry((20,) * 4), "fills": (solid(GREEN),), "children": (child,)}
    clipped = draw(box(20, 20, clips=True, **frame))
    assert at(clipped, 21, 21) == (255, 255, 255)
    assert at(clipped, 12, 12) == (255, 255, 255)
    assert at(draw(box(20, 20, **frame)), 12, 12) == (0, 0, 255)


def test_a_stroke_lies_over_the_children() -> None:
    node = box(10, 10, children=(box(0, 0, fills=(solid(BLUE),)),), stroke=PenStroke((solid(GREEN),), 4))
    pixels = draw(node)
    assert at(pixels, 12, 30) == (0, 255, 0)
    assert at(pixels, 30, 30) == (0, 0, 255)


def test_transforms_nest() -> None:
    inner = box(transform=Matrix.translation(10, 0), width=10, height=10)
    outer = box(transform=Matrix.translation(50, 50) @ Matrix.rotation(math.pi / 2), fills=(), children=(inner,))
    pixels = draw(outer)
    assert at(pixels, 45, 65) == (255, 0, 0)
    assert (pixels[..., 1] == 0).sum() == 100


def test_what_lies_outside_the_picture_is_not_written_down() -> None:
    assert len(lowered(*(box(500 + 50 * i, 0) for i in range(10)), box(10, 10)).commands) == 1


def test_layers_are_bounded() -> None:
    node = box(0, 0, 2000, 2000)
    for _ in range(60):
        node = box(0, 0, 2000, 2000, children=(node, box(1, 1, 2000, 2000)), opacity=0.9, fills=())
    with pytest.raises(LimitError) as refused:
        draw(node, size=2000)
    assert refused.value.code == "limit-layers"


@pytest.mark.parametrize(
    "matrix", [Matrix(0, 0, 0, 0), Matrix(1e7, 0, 0, 1e7), Matrix(1e-7, 0, 0, 1e-7), Matrix(1, 1, 1, 1)]
)
def test_matrices_that_flatten_or_blow_up_are_harmless(matrix: Matrix) -> None:
    draw(box(transform=matrix, geometry=EllipseGeometry(), stroke=PenStroke((solid(BLUE),), 3, dashes=(1, 2))))
