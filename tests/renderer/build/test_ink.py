"""Where a document says the glyphs of a text are."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.geometry import Rect
from renderer.scene import TextBlock
from tests.renderer.documents import box, child, solid, text

BOUNDS = box(12, 25, 40, 11)
SHADOW = {"type": "DROP_SHADOW", "radius": 4, "offset": {"x": 0, "y": 2}, "color": {"r": 0, "g": 0, "b": 0, "a": 1}}


def ink(**more: Any) -> Rect | None:
    block: TextBlock = child(text("hello", (10, 20, 60, 20), **more)).block
    return block.ink


def test_ink_is_the_render_bounds_in_the_nodes_coordinates() -> None:
    assert ink(absoluteRenderBounds=BOUNDS) == Rect(2, 5, 40, 11)


def test_a_document_that_does_not_tell_has_none() -> None:
    assert ink() is None
    assert ink(absoluteRenderBounds=None) is None
    assert ink(absoluteRenderBounds=box(12, 25, 0, 0)) is None


@pytest.mark.parametrize(
    "more",
    [
        {"effects": [SHADOW]},
        {"strokes": [solid()], "strokeWeight": 3},
        {"rotation": 0.5},
    ],
)
def test_bounds_of_more_than_upright_glyphs_are_no_ink(more: dict[str, Any]) -> None:
    assert ink(absoluteRenderBounds=BOUNDS, **more) is None


@pytest.mark.parametrize(
    "more",
    [{"effects": [SHADOW | {"visible": False}]}, {"strokes": [solid()], "strokeWeight": 0.25}],
)
def test_what_nobody_sees_does_not_count(more: dict[str, Any]) -> None:
    assert ink(absoluteRenderBounds=BOUNDS, **more) == Rect(2, 5, 40, 11)
