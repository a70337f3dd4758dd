from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from renderer.draw.svg.syntax.markup import attribute, text, with_attributes, wrapped

HOSTILE = "</title><script>alert(1)</script>&amp;\"'\n\t\r]]>&#0;"


def test_text_comes_back_as_it_was() -> None:
    assert ET.fromstring(f"<a>{text(HOSTILE)}</a>").text == HOSTILE  # noqa: S314 - our own


def test_an_attribute_comes_back_as_it_was() -> None:
    assert ET.fromstring(f'<a b="{attribute(HOSTILE)}"/>').get("b") == HOSTILE  # noqa: S314 - our own


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_say_is_replaced(character: str) -> None:
    assert text(f"a{character}b") == attribute(f"a{character}b") == "a\ufffdb"


def test_characters_of_two_units_stay() -> None:
    assert text("😀\U0010ffff") == "😀\U0010ffff"


def test_attributes_are_added_to_the_first_tag() -> None:
    assert with_attributes('<g a="1"><b/></g>', ' c="2"') == '<g c="2" a="1"><b/></g>'
    assert wrapped("<b/>", ' c="2"') == '<g c="2"><b/></g>'
