from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from renderer.geometry import Colour, Point
from renderer.scene import (
    BackgroundBlur,
    BlendMode,
    BlurRamp,
    DropShadow,
    Effect,
    InnerShadow,
    LayerBlur,
    Noise,
    NoiseKind,
)
from tests.renderer.documents import RED, child, frame, node, read, refusal

SHADE = {"r": 0, "g": 0, "b": 0, "a": 0.5}


def shadow(kind: str = "DROP_SHADOW", **more: Any) -> dict[str, Any]:
    return {"type": kind, "color": SHADE, "offset": {"x": 1, "y": 2}, "radius": 3} | more


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (shadow(), DropShadow(Point(1, 2), 3, 0, Colour(0, 0, 0, 0.5))),
        (
            shadow(spread=-4, blendMode="MULTIPLY", showShadowBehindNode=True),
            DropShadow(Point(1, 2), 3, -4, Colour(0, 0, 0, 0.5), BlendMode.MULTIPLY, show_behind_node=True),
        ),
        (shadow("INNER_SHADOW", spread=2), InnerShadow(Point(1, 2), 3, 2, Colour(0, 0, 0, 0.5))),
        (shadow(offset=None, radius=None), DropShadow(Point(0, 0), 0, 0, Colour(0, 0, 0, 0.5))),
        ({"type": "LAYER_BLUR", "radius": 5}, LayerBlur(5)),
        ({"type": "BACKGROUND_BLUR", "radius": 6, "blurType": "NORMAL"}, BackgroundBlur(6)),
    ],
)
def test_effects(effect: dict[str, Any], expected: Effect) -> None:
    assert child(node(effects=[effect])).effects == (expected,)


@pytest.mark.parametrize(
    "effect",
    [
        shadow(visible=False),
        shadow(color=SHADE | {"a": 0}),
        {"type": "LAYER_BLUR", "radius": 0},
        {"type": "NOISE", "visible": False},
    ],
)
def test_effects_that_cannot_be_seen_are_gone_without_a_word(effect: dict[str, Any]) -> None:
    scene = read(frame(node(effects=[effect])))
    assert scene.children[0].effects == ()
    assert scene.warnings == ()


@pytest.mark.parametrize("kind", ["TEXTURE", "GLASS", "LATER"])
def test_unknown_effects_are_a_warning(kind: str) -> None:
    assert read(frame(node(id="3:3", effects=[{"type": kind}, shadow()]))).codes == [("unsupported-effect", "3:3")]


def test_noise_has_a_grain_and_colours_and_says_that_it_is_another() -> None:
    noise = {"type": "NOISE", "noiseType": "DUOTONE", "noiseSize": 2, "density": 0.4, "color": RED}
    blue = {"r": 0, "g": 0, "b": 1, "a": 0.5}
    scene = read(frame(node(id="3:3", effects=[{**noise, "secondaryColor": blue}])))
    (made,) = scene.children[0].effects
    assert made == Noise(NoiseKind.DUOTONE, 2, 0.4, Colour(1, 0, 0), Colour(0, 0, 1, 0.5))
    assert scene.codes == [("approximate-noise", "3:3")]


@pytest.mark.parametrize("more", [{"density": 0}, {"noiseType": "MULTITONE", "opacity": 0}])
def test_noise_that_cannot_be_seen_is_gone(more: dict[str, Any]) -> None:
    scene = read(frame(node(effects=[{"type": "NOISE", "color": RED, **more}])))
    assert scene.children[0].effects == ()
    assert scene.warnings == ()


@pytest.mark.parametrize(("kind", "made"), [("LAYER_BLUR", LayerBlur), ("BACKGROUND_BLUR", BackgroundBlur)])
def test_a_progressive_blur_grows_from_one_place_to_another(kind: str, made: Callable[..., Effect]) -> None:
    places = {"startOffset": {"x": 0.25, "y": 0}, "endOffset": {"x": 1, "y": 0.5}}
    blur = {"type": kind, "radius": 8, "blurType": "PROGRESSIVE", "startRadius": 2, **places}
    scene = read(frame(node(effects=[blur])))
    assert scene.children[0].effects == (made(8, BlurRamp(2, Point(0.25, 0), Point(1, 0.5))),)
    assert scene.warnings == ()


def test_a_progressive_blur_without_places_grows_downwards() -> None:
    blur = {"type": "LAYER_BLUR", "radius": 0, "blurType": "PROGRESSIVE", "startRadius": 4}
    assert child(node(effects=[blur])).effects == (LayerBlur(0, BlurRamp(4, Point(0.5, 0), Point(0.5, 1))),)


@pytest.mark.parametrize(
    ("effect", "field"),
    [
        ({"type": "DROP_SHADOW"}, "effects[0].color"),
        (shadow(offset={"x": 1}), "effects[0].offset.y"),
        (shadow(radius=-1), "effects[0].radius"),
        (shadow(radius=1e12), "effects[0].radius"),
    ],
)
def test_wrong_effects_are_refused_by_path(effect: dict[str, Any], field: str) -> None:
    assert refusal(frame(node(effects=[effect]))).field == f"children[0].{field}"
