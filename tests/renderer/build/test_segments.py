"""Segments: lines, and vectors so thin that they need no outline."""

from __future__ import annotations

from typing import Any

import pytest

from renderer.geometry import Matrix
from renderer.read.rest.svgpath import parse_path
from renderer.scene import HEAD_HALF_HEIGHT, LineGeometry, PenStroke, StrokeAlign, StrokeCap
from tests.renderer.documents import child, node, read, solid


def line(kind: str = "LINE", at: tuple[float, float, float, float] = (10, 20, 40, 0), **more: Any) -> dict[str, Any]:
    return node(kind, at, **({"fills": [], "strokes": [solid()], "strokeWeight": 4, "strokeAlign": "CENTER"} | more))


def test_a_line_lies_along_its_own_axis() -> None:
    placed = child(line())
    assert isinstance(placed.geometry, LineGeometry)
    assert (placed.width, placed.height, placed.transform) == (40, 0, Matrix.translation(10, 20))


def test_a_line_stroked_inside_stays_above_itself_and_within_its_length() -> None:
    placed = child(line(strokeAlign="INSIDE", strokeCap="ROUND"))
    assert isinstance(placed.stroke, PenStroke)
    assert placed.stroke.align is StrokeAlign.CENTER
    assert (placed.width, placed.transform) == (36, Matrix.translation(12, 18))
    assert child(line(strokeAlign="INSIDE")).width == 40


@pytest.mark.parametrize("cap", list(HEAD_HALF_HEIGHT))
def test_a_line_can_have_heads_and_is_as_high_as_they_are(cap: StrokeCap) -> None:
    scene = read(line(strokeCap=cap.value, strokeAlign="CENTER"))
    assert (scene.root.stroke.cap, scene.root.width) == (cap, 40)
    assert scene.bounds.height == pytest.approx(2 * 4 * HEAD_HALF_HEIGHT[cap])
    assert scene.warnings == ()


def test_a_line_stroked_outside_lies_below_itself() -> None:
    placed = child(line(strokeAlign="OUTSIDE", strokeCap="ROUND"))
    assert (placed.width, placed.transform) == (40, Matrix.translation(10, 22))


def test_a_thin_vector_is_a_segment_even_without_an_outline() -> None:
    across = child(line("VECTOR", (10, 20, 40, 0)))
    assert isinstance(across.geometry, LineGeometry)
    assert across.transform == Matrix.translation(10, 20)
    down = child(line("VECTOR", (10, 20, 0, 30)))
    assert (down.width, down.height) == (30, 0)
    assert down.transform == Matrix(0, 1, -1, 0, 10, 20)


def test_a_segment_whose_stroke_the_document_outlines_lies_where_it_does() -> None:
    # A pen would be shifted: the outline is where it belongs already.
    outline = [{"path": "M0 0L40 0L40 -4L0 -4Z"}]
    scene = read(line(strokeAlign="INSIDE", strokeGeometry=outline))
    assert scene.root.transform == Matrix.translation(10, 20)
    assert scene.root.stroke.outlines == (parse_path(outline[0]["path"]),)
    assert (scene.bounds.y, scene.bounds.height) == (16, 4)
