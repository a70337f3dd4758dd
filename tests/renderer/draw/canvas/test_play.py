"""What holds for all commands: their places, their groups, their warnings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import skia

from renderer.displaylist import DisplayList, MaskSource, Pop, PushGroup, Span
from renderer.draw.canvas import play
from renderer.draw.raster import make_raster_surface
from renderer.exceptions import LimitError
from renderer.geometry import IDENTITY, Matrix, Rect
from renderer.scene import BlendMode
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import (
    BLUE,
    PAGE,
    at,
    box,
    circle,
    clipped,
    draw,
    fill,
    grouped,
    listed,
    notched,
    shadow,
    solid,
    turned,
)


def test_each_command_lies_where_its_own_matrix_says() -> None:
    quarter = Matrix.translation(50, 50) @ Matrix.rotation(math.pi / 2)
    pixels = draw(fill(box(0, 0, 10, 10), matrix=quarter), fill(box(0, 0, 10, 10), solid(BLUE)))
    assert at(pixels, 45, 55) == (255, 0, 0)
    assert at(pixels, 5, 5) == (0, 0, 255)
    assert (pixels[..., 1] == 0).sum() == 200


def test_the_canvas_comes_back_as_it_was_though_a_group_is_left_open() -> None:
    surface = make_raster_surface(10, 10)
    surface.canvas.scale(2, 2)
    before = _state(surface.canvas)
    clear = PushGroup(0.5, BlendMode.NORMAL, (), PAGE, PAGE)
    play(listed(*clipped(box(), fill(box())), clear, fill(box())), surface.canvas, warnings=Warnings(1))
    assert _state(surface.canvas) == before
    assert surface.pixels()[5, 5].tolist() == [255, 0, 0, 255]


def _state(canvas: Any) -> tuple[list[float], int]:
    matrix = canvas.getTotalMatrix()
    return [matrix.get(index) for index in range(9)], canvas.getSaveCount()


def test_far_from_the_origin_a_given_device_matrix_is_exact() -> None:
    """A canvas's own matrix has 32 bits: at two million pixels it knows quarters of a pixel."""
    x, surface = 2_000_000.4375, make_raster_surface(4, 1)
    away = DisplayList(Rect(x, 0, 4, 1), 1.0, None, (fill(box(1, 0, 2, 1), matrix=Matrix.translation(x, 0)),))
    play(away, surface.canvas, warnings=Warnings(1), device=Matrix.translation(-x, 0))
    assert surface.pixels()[0, :, 3].tolist() == [0, 255, 255, 0]


def test_a_warning_names_the_innermost_node_that_paints_the_command() -> None:
    commands = (fill(box()), shadow(box(), blend=BlendMode.LINEAR_BURN), shadow(box(), sigma=1e6), fill(box()))
    spans = (Span("1:1", "frame", 0, 4), Span("1:2", "burnt", 1, 2), Span("1:3", "blurred", 2, 3))
    warnings = Warnings(10)
    draw(*commands, spans=spans, warnings=warnings)
    said = [(warning.code, warning.node) for warning in warnings.listed()]
    assert said == [("blend-mode-approximated", "1:2"), ("blur-clamped", "1:3")]


def test_nobody_looks_for_nodes_while_there_is_nothing_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderer.draw.canvas.playback.owners", lambda _: pytest.fail("asked"))
    draw(fill(box()), *grouped(fill(circle(0, 0))), spans=(Span("1:1", "frame", 0, 1),))


def test_layers_are_bounded() -> None:
    nested = (PushGroup(0.9, BlendMode.NORMAL, (), Rect(0, 0, 2000, 2000), Rect(0, 0, 2000, 2000)),) * 60
    with pytest.raises(LimitError) as refused:
        draw(*nested, size=2000)
    assert refused.value.code == "limit-layers"


def test_layers_are_counted_only_while_they_are_open() -> None:
    draw(*grouped(fill(box(0, 0, 2000, 2000)), opacity=0.5) * 60, size=2000)


def test_layers_that_lie_outside_of_the_picture_cost_nothing() -> None:
    away = Rect(5000, 0, 2000, 2000)
    draw(*(PushGroup(0.9, BlendMode.NORMAL, (), away, away),) * 60, *(Pop(),) * 60, size=2000)


def test_a_refusal_leaves_the_canvas_usable() -> None:
    surface = make_raster_surface(2000, 2000)
    whole = Rect(0, 0, 2000, 2000)
    with pytest.raises(LimitError):
        play(
            listed(*(PushGroup(0.9, BlendMode.NORMAL, (), whole, whole),) * 60, size=2000),
            surface.canvas,
            warnings=Warnings(1),
        )
    assert surface.canvas.getSaveCount() == 1


def test_a_mask_that_masks_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="mask"):
        draw(*grouped(MaskSource()))


@pytest.mark.parametrize("angle", [0.0, 0.4, math.pi / 2])
@pytest.mark.parametrize("area", [box(30, 30), circle(30, 30), notched(30, 30)])
def test_a_turned_area_is_as_large_as_it_was(area: Rect, angle: float) -> None:
    flat = draw(fill(area, matrix=turned(angle, 50, 50)), background=None, scale=4)[..., 3]
    upright = draw(fill(area), background=None, scale=4)[..., 3]
    assert flat.astype(np.float64).sum() == pytest.approx(upright.astype(np.float64).sum(), rel=0.002)


@pytest.mark.parametrize(
    "matrix", [Matrix(0, 0, 0, 0), Matrix(1e7, 0, 0, 1e7), Matrix(1e-7, 0, 0, 1e-7), Matrix(1, 1, 1, 1)]
)
def test_matrices_that_flatten_or_blow_up_are_harmless(matrix: Matrix) -> None:
    commands = (fill(circle(0, 0), matrix=matrix), shadow(circle(0, 0), 3, 3, 4, matrix=matrix))
    draw(*commands, *clipped(circle(0, 0), fill(box()), matrix=matrix))


def test_the_canvas_is_asked_for_its_matrix_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    original = skia.Canvas.getTotalMatrix

    def spy(canvas: Any) -> Any:
        asked.append(canvas)
        return original(canvas)

    monkeypatch.setattr(skia.Canvas, "getTotalMatrix", spy)
    draw(fill(circle(0, 0)), shadow(box(), 3, 3, 4), *grouped(fill(box(), matrix=IDENTITY), opacity=0.5))
    assert len(asked) == 1
