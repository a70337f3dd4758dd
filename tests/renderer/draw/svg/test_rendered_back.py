"""Every display list and every scene, drawn from its SVG by resvg, which shares no code with us, and held against our
picture."""

from __future__ import annotations

from typing import Final

import pytest
import resvg_py

from renderer.geometry import Colour
from renderer.pixels import Pixels
from tests.renderer.draw.drawing import WHITE, draw
from tests.renderer.draw.svg.document import svg
from tests.renderer.draw.svg.likeness import Exceptions, least, similarity
from tests.renderer.draw.svg.lists import LISTS
from tests.renderer.draw.svg.scenes import ZOOM, documents, draw_scene, read

_DODGE: Final = "resvg does not know plus-lighter, and takes the screen that stands in for it"
_TILES: Final = "resvg rounds the tiles of a pattern to whole pixels"
EXCEPTIONS: Final[Exceptions] = {
    "blend-linear_dodge": (0.975, _DODGE),
    "blend-hue": (0.97, "resvg's hue differs from the formula of Compositing and Blending where colours are saturated"),
    "image-tiles": (0.965, _TILES),
}


def drawn(content: str) -> Pixels:
    made = resvg_py.svg_to_bytes(svg_string=content, zoom=ZOOM, skip_system_fonts=True)
    return read(bytes(made))


@pytest.mark.parametrize("background", [None, WHITE], ids=["clear", "white"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_looks_as_it_does_here(name: str, background: Colour | None) -> None:
    ours = draw(*LISTS[name], background=background, scale=ZOOM)
    assert similarity(ours, drawn(svg(*LISTS[name], background=background))) >= least(name, EXCEPTIONS)


@pytest.mark.parametrize("name", documents())
def test_a_scene_looks_as_it_does_here(name: str) -> None:
    scene = draw_scene(name)
    assert similarity(scene.picture, drawn(scene.svg)) >= least(name, EXCEPTIONS)


@pytest.mark.parametrize("name", ["pen-inside", "pen-outside", "pen-band", "pen-dashes", "pen-bevel"])
def test_strokes_look_the_same_whether_simplified_or_not(name: str) -> None:
    ours = draw(*LISTS[name], scale=ZOOM)
    plain = drawn(svg(*LISTS[name], background=WHITE, simplify_stroke=False))
    assert similarity(ours, plain) >= least(name, EXCEPTIONS)


def test_a_picture_that_is_not_there_is_noticed() -> None:
    """That two pictures are alike means something only where others are not."""
    ours = draw(*LISTS["star"], background=WHITE, scale=ZOOM)
    assert similarity(ours, drawn(svg(background=WHITE))) < 0.9


def test_exceptions_are_of_something_and_say_why() -> None:
    assert EXCEPTIONS.keys() <= LISTS.keys() | documents().keys()
    assert all(len(why) > 20 for _, why in EXCEPTIONS.values())
