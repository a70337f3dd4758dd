from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from renderer.displaylist import Blur, Command, Pop, Ramp, Span
from renderer.draw.svg.pictures import backdrop as below
from renderer.draw.svg.pictures import picture as pictures
from renderer.exceptions import LimitError
from renderer.geometry import Point, Rect
from renderer.scene import BlendMode, NoiseKind
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import BLUE, WHITE, box, circle, clipped, fill, solid
from tests.renderer.draw.svg.document import HREF, SVG, name, names, only, referred, root, shown, svg
from tests.renderer.draw.svg.lists import GOLD, STAR, backdrop, ground, group, noise

RAMP = Ramp(0.0, Point(0, 0), Point(0, 100))
GROWING = (group(0.5, BlendMode.SCREEN, Blur(5.0, RAMP)), fill(circle(20, 20)), Pop())
BURNING = fill(box(10, 10, 30, 20), solid(GOLD, 1.0, BlendMode.LINEAR_BURN))


def _pixels(address: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGBA"))


@pytest.mark.parametrize("commands", [GROWING, (*ground(), backdrop(circle(10, 10))), (*ground(), BURNING)])
def test_the_node_whose_area_is_a_picture_is_named(commands: tuple[Command, ...]) -> None:
    warnings = Warnings(10)
    spans = Span("1:1", "page", 0, len(commands)), Span("1:2", "it", len(commands) - len(GROWING), len(commands))
    svg(*commands, spans=spans, warnings=warnings)
    (said,) = warnings.listed()
    assert (said.code, said.node) == ("rasterised", "1:2")
    assert re.fullmatch(r"SVG cannot say a [a-z ]+: that part is pixels", said.detail)


def test_a_blur_that_grows_is_a_picture_of_its_group_alone() -> None:
    whole = root(fill(box()), *GROWING)
    assert names(whole) == ["rect", "image"]
    picture = shown(whole)[1]
    assert (picture.get("opacity"), picture.get("style")) == (".5", "mix-blend-mode:screen")
    pixels = _pixels(picture.attrib[HREF])
    assert pixels.shape[:2] == (200, 200)
    assert tuple(pixels[80, 80]) == (255, 0, 0, 255)  # without the group's own opacity


def test_what_is_in_a_picture_has_no_elements_of_its_own() -> None:
    spans = Span("1:1", "outer", 0, 3), Span("1:2", "inner", 1, 2)
    assert names(root(*GROWING, spans=spans, include_id=True)) == ["g", "image"]


def _seen(x: float, y: float, *commands: Command, **more: object) -> list[int]:
    """What the only picture shows at a place of the page, RGBA."""
    element = only(root(*commands, **more), "image")
    left, top = (float(element.get(key, "0")) for key in ("x", "y"))
    pixel: list[int] = _pixels(element.attrib[HREF])[round((y - top) * 2), round((x - left) * 2)].tolist()
    return pixel


def test_a_backdrop_is_all_that_was_painted_so_far() -> None:
    below = *ground(), backdrop(box(30, 30, 20, 20), sigma=2.0)
    assert _seen(31, 40, *below, background=WHITE) == pytest.approx([230, 178, 51, 255], abs=1)
    assert _seen(49, 40, *below, background=WHITE) == [0, 255, 0, 255]


def test_a_backdrop_in_a_layer_is_what_is_in_that_layer() -> None:
    below = *ground(), group(0.5), fill(box(0, 0, 40, 100)), backdrop(box(30, 30, 20, 20), 1.0), Pop()
    assert _seen(31, 40, *below) == [255, 0, 0, 255]
    assert _seen(49, 40, *below)[3] == 0


def test_a_backdrop_in_a_clip_is_what_lies_below_the_clip() -> None:
    inside = clipped(box(0, 0, 60, 60), backdrop(box(30, 30, 20, 20), 1.0))
    assert _seen(40, 40, fill(box(0, 0, 100, 100), solid(BLUE)), *inside) == [0, 0, 255, 255]


def test_a_backdrop_has_the_background() -> None:
    assert _seen(40, 40, backdrop(box(30, 30, 20, 20)), background=BLUE) == [0, 0, 255, 255]


def test_a_backdrop_of_nothing_is_nothing() -> None:
    assert names(root(backdrop(box(30, 30, 20, 20)))) == []


def test_a_picture_shows_no_more_than_the_picture() -> None:
    whole = root(fill(box(0, 0, 100, 100)), backdrop(box(-50, 81, 500, 500)))
    picture = only(whole, "image")
    assert [picture.get(key) for key in ("x", "y", "width", "height")] == [None, "80", "100", "20"]


def test_pixels_of_a_picture_lie_on_those_of_the_whole_at_twice_the_scale() -> None:
    """And on every fourth of them, which is how wide blurs are computed."""
    whole = root(fill(box(0, 0, 100, 100)), backdrop(box(15.3, 21.8, 10, 10)), bounds=Rect(0.25, 0.25, 60, 60))
    picture = only(whole, "image")
    assert [float(picture.attrib[key]) % 2 for key in ("x", "y")] == [0, 0]
    size = [float(picture.attrib[key]) for key in ("width", "height")]
    assert [2 * side for side in size] == list(_pixels(picture.attrib[HREF]).shape[1::-1])
    assert all(12 <= side <= 15 for side in size)


def test_a_linear_burn_is_exact() -> None:
    seen = _seen(20, 20, fill(box(0, 0, 100, 100), solid(WHITE)), BURNING)
    assert seen == pytest.approx([230, 178, 51, 255], abs=1)


def test_a_linear_burn_of_a_group_takes_all_of_it() -> None:
    burning = (group(1.0, BlendMode.LINEAR_BURN), fill(box()), fill(box(20, 20), solid(BLUE)), Pop())
    assert names(root(fill(box(0, 0, 100, 100)), *burning, fill(STAR))) == ["rect", "g", "image", "path"]


def test_what_a_picture_takes_the_place_of_is_cleared_where_that_is_not_opaque() -> None:
    whole = root(fill(STAR), backdrop(circle(20, 20)))
    below, picture = list(whole)[:2]
    assert [name(each) for each in referred(below, "mask", whole)] == ["rect", "circle"]
    assert [name(each) for each in below] == ["path"]
    assert "mask" in picture.attrib


def test_what_an_opaque_picture_hides_stays() -> None:
    assert names(root(fill(box(0, 0, 100, 100)), backdrop(circle(20, 20)))) == ["rect", "g", "image"]


def test_groups_of_nodes_are_not_torn_apart_to_clear_something() -> None:
    commands = fill(STAR), backdrop(circle(20, 20))
    spans = Span("1:1", "page", 0, 2), Span("1:2", "glass", 1, 2)
    whole = root(*commands, spans=spans, include_id=True)
    assert names(whole) == ["g", "path", "g", "g", "image"]


def test_clearing_goes_only_so_deep() -> None:
    glass = [each for at in range(40) for each in (fill(box(at, 0, 10, 100)), backdrop(box(at, 10, 30, 10)))]
    assert svg(*glass).count("</mask>") == 40 + 16


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_picture_that_would_be_too_large_has_a_smaller_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PICTURE_PIXELS", 2500)
    picture = only(root(fill(box(0, 0, 100, 100)), backdrop(box(0, 0, 100, 100))), "image")
    assert (picture.get("width"), _pixels(picture.attrib[HREF]).shape) == ("100", (50, 50, 4))


def test_too_many_pixels_of_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_RASTERISED_PIXELS", 50_000)
    one = fill(box(0, 0, 100, 100)), backdrop(box(0, 0, 100, 100))
    svg(*one)
    with pytest.raises(LimitError, match="50000 pixels"):
        svg(*one, *one)


def test_too_many_things_drawn_again_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(below, "MAX_REPLAYED_COMMANDS", 10)
    svg(*[fill(box())] * 10, backdrop(box()))
    with pytest.raises(LimitError, match="10 things"):
        svg(*[fill(box())] * 11, backdrop(box()))


def test_what_lies_elsewhere_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(below, "MAX_REPLAYED_COMMANDS", 3)
    elsewhere = fill(box(60, 60, 30, 30)), group(0.5), fill(box(60, 60, 30, 30)), Pop()
    # The bounds of a group are what decides: this one says that it is everywhere.
    svg(fill(box()), *elsewhere[:1] * 50, backdrop(box()))
    with pytest.raises(LimitError):
        svg(fill(box()), *elsewhere, backdrop(box()))


# --- noise ------------------------------------------------------------------------------------------------------------


def test_noise_is_a_pattern_seen_through_what_it_lies_on() -> None:
    whole = root(group(), fill(STAR), noise(NoiseKind.MONOTONE, 2.0), Pop())
    content, over = list(whole)[:2]
    assert content.get("id") == "_group"
    mask = referred(over, "mask", whole)
    assert [use.get(HREF) for use in mask.iter(f"{SVG}use")] == ["#_group"]
    pattern = referred(over[0], "fill", whole)
    assert (pattern.get("width"), _pixels(pattern[0].attrib[HREF]).shape) == ("256", (128, 128, 4))


def test_noise_upon_noise_does_not_draw_what_it_lies_on_again_and_again() -> None:
    nested: list[Command] = [group() for _ in range(12)]
    for _ in range(12):
        nested += [fill(box()), noise(NoiseKind.MONOTONE), Pop()]
    assert svg(*nested).count("<use") == 1
