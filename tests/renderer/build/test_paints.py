from __future__ import annotations

from typing import Any

import pytest

from renderer.exceptions import DocumentError, LimitError
from renderer.geometry import Colour, Matrix, Point
from renderer.scene import (
    BlendMode,
    Fill,
    GradientFill,
    GradientKind,
    GradientStop,
    ImageFill,
    ImageFilters,
    ScaleMode,
    SolidFill,
)
from tests.renderer.documents import RED, child, frame, node, read, refusal, solid

DIGEST = "0123456789abcdef0123456789abcdef01234567"
STOPS = [{"position": 0, "color": RED}, {"position": 1, "color": RED | {"a": 0.5}}]
HANDLES = [{"x": 0, "y": 0.5}, {"x": 1, "y": 0.5}, {"x": 0, "y": 1}]


def gradient(kind: str = "LINEAR", **more: Any) -> dict[str, Any]:
    return {"type": f"GRADIENT_{kind}", "gradientHandlePositions": HANDLES, "gradientStops": STOPS} | more


def image(**more: Any) -> dict[str, Any]:
    return {"type": "IMAGE", "imageRef": DIGEST, "scaleMode": "FILL"} | more


def fill(paint: dict[str, Any]) -> Fill:
    only: Fill
    (only,) = child(node(fills=[paint])).fills
    return only


def test_a_solid_paint_keeps_colour_opacity_and_blend_mode() -> None:
    colour = {"r": 0.25, "g": 0.5, "b": 0.75, "a": 0.5}
    assert fill(solid(colour, opacity=0.4, blendMode="MULTIPLY")) == SolidFill(
        Colour(0.25, 0.5, 0.75, 0.5), 0.4, BlendMode.MULTIPLY
    )


def test_alpha_is_one_by_default_and_noise_is_clamped() -> None:
    assert fill(solid({"r": 1.0000001, "g": -1e-7, "b": 0})) == SolidFill(Colour(1, 0, 0, 1))


@pytest.mark.parametrize("paint", [solid(visible=False), solid(opacity=0)])
def test_paints_that_cannot_be_seen_are_gone(paint: dict[str, Any]) -> None:
    assert len(child(node(fills=[solid(), paint])).fills) == 1


def test_paints_keep_their_order() -> None:
    kinds = [type(paint) for paint in child(node(fills=[solid(), gradient(), image()])).fills]
    assert kinds == [SolidFill, GradientFill, ImageFill]


BLUE = {"r": 0, "g": 0, "b": 1, "a": 1}


def test_plain_colours_on_one_another_are_one_colour() -> None:
    made = child(node(fills=[solid(RED), solid(BLUE, opacity=0.25)]))
    assert made.fills == (SolidFill(Colour(0.75, 0, 0.25, 1.0)),)


def test_translucent_colours_add_up() -> None:
    (fill,) = child(node(fills=[solid(RED, opacity=0.5), solid(BLUE, opacity=0.5)])).fills
    assert isinstance(fill, SolidFill)
    assert (fill.colour.r, fill.colour.b, fill.colour.a) == pytest.approx((1 / 3, 2 / 3, 0.75))


@pytest.mark.parametrize("between", [solid(BLUE, blendMode="MULTIPLY"), gradient()])
def test_what_blends_or_varies_keeps_colours_apart(between: dict[str, Any]) -> None:
    assert len(child(node(fills=[solid(), between, solid()])).fills) == 3


@pytest.mark.parametrize("kind", list(GradientKind))
def test_gradients(kind: GradientKind) -> None:
    read_back = fill(gradient(kind.value, opacity=0.5))
    assert read_back == GradientFill(
        kind,
        (Point(0, 0.5), Point(1, 0.5), Point(0, 1)),
        (GradientStop(0, Colour(1, 0, 0)), GradientStop(1, Colour(1, 0, 0, 0.5))),
        0.5,
    )


def test_stops_are_put_in_order_and_into_range() -> None:
    stops = [{"position": 1.0005, "color": RED}, {"position": 0.2, "color": RED}, {"position": 0, "color": RED}]
    read_back = fill(gradient(gradientStops=stops))
    assert isinstance(read_back, GradientFill)
    assert [stop.position for stop in read_back.stops] == [0, 0.2, 1]


def test_a_gradient_of_one_stop_is_a_colour() -> None:
    assert fill(gradient(gradientStops=STOPS[:1])) == SolidFill(Colour(1, 0, 0))


def test_a_missing_width_handle_lies_across_the_axis() -> None:
    read_back = fill(gradient(gradientHandlePositions=HANDLES[:2]))
    assert isinstance(read_back, GradientFill)
    assert read_back.handles[2] == Point(0, 1.5)


def test_images() -> None:
    assert fill(image(imageRef=DIGEST.upper())) == ImageFill(DIGEST, ScaleMode.FILL)
    crop = image(scaleMode="STRETCH", imageTransform=[[0.5, 0.1, 0.2], [0.3, 0.6, 0.4]])
    assert fill(crop) == ImageFill(DIGEST, ScaleMode.STRETCH, Matrix(0.5, 0.3, 0.1, 0.6, 0.2, 0.4))
    assert fill(image(scaleMode="TILE", scalingFactor=0.5)) == ImageFill(DIGEST, ScaleMode.TILE, scaling_factor=0.5)
    assert fill(image(rotation=-90)) == ImageFill(DIGEST, quarter_turns=3)
    assert fill(image(filters={"exposure": 0.5, "tint": -3})) == ImageFill(
        DIGEST, filters=ImageFilters(exposure=0.5, tint=-1)
    )
    assert fill(image(filters={"exposure": 0})) == ImageFill(DIGEST)
    assert fill(image(scaleMode="CROP")) == ImageFill(DIGEST, ScaleMode.STRETCH)
    assert fill({"type": "IMAGE", "gifRef": DIGEST, "scaleMode": "FIT"}) == ImageFill(DIGEST, ScaleMode.FIT)


@pytest.mark.parametrize(
    ("paint", "code"),
    [
        ({"type": "PATTERN", "sourceNodeId": "1:2"}, "unsupported-paint"),
        ({"type": "VIDEO"}, "unsupported-paint"),
        ({"type": "EMOJI"}, "unsupported-paint"),
        ({"type": "IMAGE", "scaleMode": "FILL"}, "image-without-reference"),
        (image(scaleMode="NEW"), "unsupported-scale-mode"),
        (image(rotation=45), "unsupported-image-rotation"),
        (solid(blendMode="SPARKLE"), "unsupported-blend-mode"),
    ],
)
def test_what_is_not_drawn_as_asked_is_a_warning(paint: dict[str, Any], code: str) -> None:
    scene = read(frame(node(id="4:4", fills=[solid(), paint, paint])))
    assert scene.codes == [(code, "4:4")]


def test_hidden_paints_of_unknown_kinds_are_no_warning() -> None:
    assert read(frame(node(fills=[{"type": "PATTERN", "visible": False}]))).warnings == ()


@pytest.mark.parametrize(
    ("paint", "field"),
    [
        ({"type": "SOLID"}, "color"),
        (solid({"r": 2, "g": 0, "b": 0}), "color.r"),
        (solid({"r": "1", "g": 0, "b": 0}), "color.r"),
        (solid({"g": 0, "b": 0}), "color.r"),
        (solid({"r": True, "g": 0, "b": 0}), "color.r"),
        (solid(opacity=7), "opacity"),
        (solid(visible="no"), "visible"),
        ({"color": RED}, "type"),
        (gradient(gradientStops=[]), "gradientStops"),
        (gradient(gradientHandlePositions=HANDLES[:1]), "gradientHandlePositions"),
        (gradient(gradientStops=[*STOPS, {"position": 0.5}]), "gradientStops[2].color"),
        (image(imageRef="../../etc/passwd"), "imageRef"),
        (image(imageTransform=[[1, 0], [0, 1]]), "imageTransform[0]"),
        (image(imageTransform=[[1, 0, 1e300], [0, 1, 0]]), "imageTransform[0][2]"),
        (image(scaleMode="TILE", scalingFactor=0), "scalingFactor"),
    ],
)
def test_wrong_paints_are_refused_by_path(paint: dict[str, Any], field: str) -> None:
    error = refusal({"nodes": {"1:2": {"document": frame(node(), node(fills=[solid(), paint]))}}})
    assert isinstance(error, DocumentError)
    assert error.field == f'nodes["1:2"].document.children[1].fills[1].{field}'


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"fills": [solid()] * 300}, "fills"),
        ({"fills": [gradient(gradientStops=STOPS * 200)]}, "fills[0].gradientStops"),
        ({"effects": [{"type": "LAYER_BLUR", "radius": 1}] * 300}, "effects"),
        ({"strokes": [solid()], "strokeDashes": [1] * 300}, "strokeDashes"),
    ],
)
def test_lists_have_a_limit(properties: dict[str, Any], field: str) -> None:
    error = refusal(frame(node(**properties)))
    assert isinstance(error, LimitError)
    assert (error.code, error.field) == ("limit-paints", f"children[0].{field}")
