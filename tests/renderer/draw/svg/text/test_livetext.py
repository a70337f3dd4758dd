from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields

from renderer.draw.svg.text.livetext import family
from renderer.geometry import Matrix
from renderer.scene import GradientKind, SolidFill, TextRun
from tests.renderer.draw.svg.document import SVG, name, names, read, referred, shown, written
from tests.renderer.draw.svg.words import runs, style, text
from tests.renderer.lower.drawing import BLUE, RED, gradient, solid


def _live(*arguments: object, **more: object) -> ET.Element:
    return read(written(text(*arguments, **more), outline_text=False))  # type: ignore[arg-type]


def _element(whole: ET.Element) -> ET.Element:
    (found,) = whole.iter(f"{SVG}text")
    return found


def _said(whole: ET.Element) -> str:
    return "".join(_element(whole).itertext())


def test_every_character_stands_where_it_was_laid_out() -> None:
    listed = text("Hello")
    (run,) = runs(listed)
    (span,) = _element(read(written(listed, outline_text=False)))
    assert span.text == "Hello"
    assert [float(x) for x in span.attrib["x"].split()] == pytest.approx(
        [5 + x for x, _ in run.run.positions], abs=1e-3
    )
    assert float(span.attrib["y"]) == pytest.approx(5 + run.run.positions[0][1])


def test_font_and_fill_are_said() -> None:
    element = _element(_live("Hi", SolidFill(BLUE, 0.5), weight=700.0, italic=True))
    assert (
        element.attrib.items()
        >= {
            "font-family": "Inter, sans-serif",
            "font-size": "16",
            "font-weight": "700",
            "font-style": "italic",
            "fill": "#00f",
            "fill-opacity": ".5",
        }.items()
    )


def test_spaces_are_kept() -> None:
    element = _element(_live("a  b"))
    assert element.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    assert element.get("style") == "white-space:pre"
    assert "".join(element.itertext()) == "a  b"


def test_lines_read_one_after_another() -> None:
    assert _said(_live("One two\nthree", width=40)) == "One\ntwo\nthree"


def test_runs_of_one_text_read_as_they_stand() -> None:
    """Runs gather what has one style, from all over the text."""
    mixed = TextRun(0, 6, style()), TextRun(6, 10, style(solid(RED), weight=700.0)), TextRun(10, 16, style())
    whole = _live("Hello bold world", runs=mixed, width=200)
    spans = list(_element(whole))
    assert [span.text for span in spans] == ["Hello ", "bold", " world"]
    assert spans[1].attrib.keys() - {"x", "y"} == {"font-weight", "fill"}
    assert spans[0].attrib.keys() == spans[2].attrib.keys() == {"x", "y"}


def test_a_span_that_is_plainer_than_the_first_one_says_so() -> None:
    mixed = TextRun(0, 2, style(weight=700.0)), TextRun(2, 4, style())
    assert list(_element(_live("abcd", runs=mixed)))[1].get("font-weight") == "400"


def test_what_reads_from_right_to_left_is_written_as_it_reads() -> None:
    element = _element(_live("שלום עולם"))
    assert "".join(element.itertext()) == "שלום עולם"
    assert (element.get("direction"), element.get("text-anchor")) == ("rtl", "end")
    places = [float(span.attrib["x"]) for span in element]
    assert places == sorted(places, reverse=True)
    assert len(element) == 3  # two words and the space between them: letters may join


@pytest.mark.parametrize(
    ("characters", "direction"),
    [("Hello שלום, עולם! ab", None), ("שלום hello עולם", "rtl"), ("مرحبا 123 (جيد)", "rtl"), ("123 abc", None)],
)
def test_mixed_directions_read_as_they_were_written(characters: str, direction: str | None) -> None:
    element = _element(_live(characters, width=400))
    assert "".join(element.itertext()) == characters
    assert element.get("direction") == direction


@pytest.mark.parametrize("characters", ["नमस्ते", "e\u0301a", "👩‍👩‍👧 ok", "ffi"])
def test_what_belongs_together_is_not_torn_apart(characters: str) -> None:
    assert _said(_live(characters)) == characters
    for span in _element(_live(characters)):
        assert len((span.attrib["x"]).split()) <= len(span.text or "")


def test_a_virama_binds_what_follows_it() -> None:
    spans = [span.text for span in _element(_live("नमस्ते"))]
    assert spans[-1] == "नमस्ते"
    assert "".join(str(span) for span in spans) == "नमस्ते"


def test_only_the_last_of_a_span_may_be_of_two_units() -> None:
    for span in _element(_live("a😀b😀c")):
        units = (span.text or "").encode("utf-16-le")[:-2]
        assert all(byte < 0xD8 or byte > 0xDB for byte in units[1:-2:2])


def test_a_gradient_is_a_fill() -> None:
    whole = _live("Hi", gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0, 1)))
    assert name(referred(_element(whole), "fill", whole)) == "linearGradient"


@pytest.mark.parametrize(
    "fills",
    [
        (gradient(GradientKind.ANGULAR, (0.5, 0.5), (1, 0.5), (0.5, 1)),),
        (gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0, 1)), solid(BLUE, 0.5)),
    ],
)
def test_more_than_an_attribute_can_say_is_outlined_below_clear_text(fills: tuple[object, ...]) -> None:
    whole = _live("Hi", *fills)
    assert names(whole)[0] in ("use", "image")
    assert _element(whole).get("fill-opacity") == "0"
    assert _said(whole) == "Hi"


def test_glyphs_without_characters_are_outlined() -> None:
    listed = text("Hi")
    (command,) = runs(listed)
    silent = with_fields(command, run=replace(command.run, characters=("", "")))
    whole = read(written(with_fields(listed, commands=(silent,)), outline_text=False))
    assert names(whole) == ["path"]


def test_stretched_glyphs_have_a_transform_of_their_own() -> None:
    listed = text("Hi")
    (command,) = runs(listed)
    wide = with_fields(command, run=replace(command.run, stretch=1.25))
    plain, stretched = (
        _element(read(written(with_fields(listed, commands=(each,)), outline_text=False))) for each in (command, wide)
    )
    assert stretched.attrib["transform"] == "matrix(1.25 0 0 1 5 5)"
    first, other = (float(each[0].attrib["x"].split()[1]) for each in (plain, stretched))
    assert 5 + 1.25 * other == pytest.approx(first, abs=2e-3)


def test_a_turned_text_is_turned() -> None:
    listed = text("Hi")
    turned = with_fields(runs(listed)[0], matrix=Matrix.rotation(0.5))
    element = _element(read(written(with_fields(listed, commands=(turned,)), outline_text=False)))
    assert element.attrib["transform"].startswith("matrix(.877583 .479426")


def test_emoji_are_text_too() -> None:
    whole = _live("a😀", SolidFill(BLUE, 0.5))
    assert _said(whole) == "a😀"
    emoji = list(_element(whole))[-1]
    assert emoji.get("font-family") == "Noto Color Emoji, sans-serif"
    assert _element(whole).get("fill-opacity") == ".5"
    assert "image" not in names(whole)


@pytest.mark.parametrize(
    ("said", "css"),
    [
        ("Inter", "Inter, sans-serif"),
        ("Noto Sans SC", "Noto Sans SC, sans-serif"),
        ("O'Brien \\ 2", r"'O\'Brien \\ 2', sans-serif"),
        ("a\n;}x", "'a ;}x', sans-serif"),
        ("2nd", "'2nd', sans-serif"),
        ("", "'', sans-serif"),
    ],
)
def test_a_family_is_a_css_value(said: str, css: str) -> None:
    assert family(said) == css


def test_hostile_text_is_text() -> None:
    hostile = "</text><script>x</script>&amp;"
    whole = _live(hostile, width=2000)
    assert _said(whole) == hostile
    assert [name(each) for each in shown(whole)] == ["text", "tspan"]
