from __future__ import annotations

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from renderer.fonts import FaceInstance
from renderer.fonts.embedding import OutlineKind, bounding_box, may_embed, subset
from renderer.scene import TextStyle
from tests.renderer.fonts.committed import provider


def _instance(family: str = "Inter", weight: float = 400) -> FaceInstance:
    return provider().resolve(TextStyle(family, weight=weight)).instance


def _glyph(instance: FaceInstance, character: str) -> int:
    glyph = instance.font.get_nominal_glyph(ord(character))
    assert glyph is not None
    return int(glyph)


def test_a_subset_keeps_the_numbers_of_its_glyphs_and_drops_the_other_outlines() -> None:
    instance = _instance()
    wanted = _glyph(instance, "m")
    made = subset(instance, [wanted])
    assert made is not None
    assert made.kind is OutlineKind.TRUETYPE
    font = TTFont(BytesIO(made.program))
    order = font.getGlyphOrder()
    outlined = [number for number, name in enumerate(order) if font["glyf"][name].numberOfContours]
    assert wanted in outlined
    assert len(outlined) <= 2  # and the box for what is missing


def test_a_subset_has_what_a_reader_needs_and_no_more() -> None:
    made = subset(_instance(), [5])
    assert made is not None
    assert set(TTFont(BytesIO(made.program)).keys()) - {"GlyphOrder"} == {
        "glyf",
        "head",
        "hhea",
        "hmtx",
        "loca",
        "maxp",
    }


def test_a_subset_of_a_variable_font_is_of_one_weight() -> None:
    widths = []
    for weight in (200.0, 900.0):
        instance = _instance(weight=weight)
        glyph = _glyph(instance, "m")
        made = subset(instance, [glyph])
        assert made is not None
        font = TTFont(BytesIO(made.program))
        assert "fvar" not in font
        width = font["hmtx"][font.getGlyphOrder()[glyph]][0]
        assert width == pytest.approx(instance.font.get_glyph_h_advance(glyph), abs=1)
        widths.append(width)
    assert widths[0] < widths[1]


def test_the_same_glyphs_give_the_same_bytes() -> None:
    one, other = subset(_instance(), [9, 7, 8]), subset(_instance(), [7, 8, 9])
    assert one is not None
    assert one == other


def test_every_committed_font_may_be_embedded_and_can_be() -> None:
    for face in provider().faces:
        instance = face.instance(400)
        assert may_embed(instance), face.family
        assert subset(instance, [1, 2, 3]) is not None, face.family


def test_the_box_is_around_the_outlines_in_ems() -> None:
    left, bottom, right, top = bounding_box(_instance())
    assert -2 < left < 0 < right < 5
    assert -1 < bottom < 0 < top < 2
