from __future__ import annotations

import math

import pytest

from renderer.fonts import FontProvider
from renderer.geometry import Rect
from renderer.scene import AutoResize, Group, Scene, Text
from renderer.text import layout_text, match_versions
from tests.renderer.fonts.committed import provider
from tests.renderer.text.words import style, text

POPPINS = style("Poppins", size=12.0, weight=600)
WORDS = ("30/10/2019", "$480", "October")


def scene_of(fonts: FontProvider, auto: AutoResize = AutoResize.WIDTH_AND_HEIGHT) -> Scene:
    """Texts in boxes as wide as ``fonts`` set them, rounded up, as Figma does."""
    contents = [text(word, POPPINS, auto_resize=auto) for word in WORDS]
    widths = [math.ceil(layout_text(content, 0.0, 0.0, fonts).lines[0].width) for content in contents]
    texts = tuple(
        Text(id=word, name=word, width=width, height=18.0, block=content)
        for word, width, content in zip(WORDS, widths, contents, strict=True)
    )
    root = Group(id="0", name="root", width=100.0, height=100.0, children=texts)
    return Scene(root, Rect(0.0, 0.0, 100.0, 100.0))


@pytest.mark.parametrize("version", ["3.010", "4.004"])
def test_the_widths_of_boxes_tell_the_version_of_the_font(version: str) -> None:
    made_with = provider().with_versions({"poppins": version})
    found = match_versions(scene_of(made_with), provider())
    assert found.resolve(POPPINS).instance.face.version == version


def test_boxes_that_do_not_follow_their_text_tell_nothing() -> None:
    old = provider().with_versions({"poppins": "3.010"})
    assert match_versions(scene_of(old, AutoResize.NONE), provider()) is provider()


def test_a_choice_does_not_outlive_its_document() -> None:
    match_versions(scene_of(provider().with_versions({"poppins": "3.010"})), provider())
    assert provider().resolve(POPPINS).instance.face.version == "4.004"
