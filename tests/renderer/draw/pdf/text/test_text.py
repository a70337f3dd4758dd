"""Text of a file: what is found and copied, the fonts it is set in, and where its glyphs stand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from renderer.displaylist import FillGlyphs, ImagePaint, Paint
from renderer.fonts import FontProvider
from renderer.fonts.embedding import may_embed
from renderer.geometry import IDENTITY, Matrix, Rect
from renderer.scene import BlendMode, GradientKind, TextBlock, TextRun, TextStyle
from renderer.text import GlyphRun, layout_text
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import BLACK, BLUE, RED, WHITE, codes, fill, gradient, grouped, solid
from tests.renderer.draw.pdf.files import (
    READERS,
    Reader,
    having,
    mupdf,
    needs_poppler,
    objects,
    opened,
    ours,
    painted,
    similarity,
    streams,
    text_by_poppler,
    text_of,
    write,
)
from tests.renderer.draw.pdf.paint.photographs import photograph
from tests.renderer.draw.pdf.text.typeface import with_font
from tests.renderer.fonts.committed import provider

PAGE_SIZE = 200
PAGE = Rect(0, 0, PAGE_SIZE, PAGE_SIZE)
PLACE = Matrix.translation(5, 5)


def _runs(
    characters: str, size: float = 20, family: str = "Inter", *, fonts: FontProvider | None = None, **style: Any
) -> tuple[GlyphRun, ...]:
    look = TextStyle(family, size=size, **style)
    block = TextBlock(characters, (TextRun(0, len(characters), look),))
    return layout_text(block, 190, 190, fonts or provider()).runs


def _glyphs(runs: tuple[GlyphRun, ...], *paints: Paint, matrix: Matrix = PLACE) -> list[FillGlyphs]:
    page = matrix.box(PAGE)
    return [FillGlyphs(run, matrix, paints or (solid(BLACK),), page) for run in runs]


def _file(characters: str, *paints: Paint, **more: Any) -> bytes:
    return write(*_glyphs(_runs(characters, **more), *paints), size=PAGE_SIZE)


SAID = [
    "Hello, World",
    "office fluff",
    "Grüße, Ελλάς, мир",
    "e\u0301 q\u0307\u0323",
    "漢字かな交じり",
    "हिन्दी",
    "ภาษาไทย",
    "a)\\(<<>>%",
]


@pytest.mark.parametrize("characters", SAID)
def test_what_is_written_can_be_copied(characters: str) -> None:
    assert text_of(_file(characters)).replace("\n", "") == characters


@needs_poppler
@pytest.mark.parametrize("characters", SAID)
def test_poppler_copies_the_same(characters: str) -> None:
    assert text_by_poppler(_file(characters)).strip() == characters


def test_right_to_left_words_are_read_as_they_are_spoken() -> None:
    assert text_of(_file("العربية")).strip() == "العربية"
    assert text_of(_file("עברית")).strip() == "עברית"


def test_lines_are_read_from_the_top() -> None:
    body = _file("A paragraph that is set in several lines, and goes on", size=30)
    assert text_of(body).split("\n")[:2] == ["A paragraph", "that is set in"]


def test_fonts_are_subsets_that_are_embedded() -> None:
    body = _file("Hello")
    found = opened(body).get_page_fonts(0)
    assert [(kind, encoding) for _, _, kind, _, _, encoding, *_ in found] == [("Type0", "Identity-H")]
    assert re.fullmatch(r"[A-Z]{6}\+Inter", found[0][3])
    assert having(body, "/FontDescriptor", "/FontFile2")
    assert having(body, "/ToUnicode", "/Type0")


def test_a_subset_holds_the_glyphs_that_are_used_and_is_named_by_them() -> None:
    few, many = (_file(characters) for characters in ("ab", "abcdefghijklmnopqrstuvwxyz"))
    sizes = [len(streams(body, "/Length1")[0]) for body in (few, many)]
    assert sizes[0] < sizes[1] / 2
    names = [re.findall(r"/FontName/(\w+)\+", " ".join(text for _, text in objects(body)))[0] for body in (few, many)]
    assert names[0] != names[1]


def test_a_variable_font_is_embedded_at_the_weight_of_the_run() -> None:
    light, bold = (_file("mmm", weight=weight) for weight in (300, 800))
    assert streams(light, "/Length1")[0] != streams(bold, "/Length1")[0]
    assert b"gvar" not in streams(bold, "/Length1")[0][:400]
    both = write(*_glyphs(_runs("m", weight=300)), *_glyphs(_runs("m", weight=800)), size=PAGE_SIZE)
    assert len(having(both, "/Type0")) == 2


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "runs",
    [
        pytest.param(_runs("Kerning: AVAToTe"), id="kerned"),
        pytest.param(_runs("S p a c e", letter_spacing=7.0), id="letter spacing"),
        pytest.param(_runs("Oblique", 40, "Manrope", italic=True), id="skew"),
        pytest.param(tuple(replace(run, embolden=0.03) for run in _runs("Bolder", 40)), id="embolden"),
        pytest.param(tuple(replace(run, stretch=1.3) for run in _runs("W", 80)), id="stretch"),
        pytest.param(_runs("漢字 العربية हिन्दी"), id="scripts"),
        pytest.param(_runs("😀👩\u200d👩\u200d👧", 60), id="emoji"),
    ],
)
@pytest.mark.parametrize(
    "matrix", [PLACE, Matrix.translation(40, 10) @ Matrix.rotation(0.4)], ids=["upright", "turned"]
)
def test_glyphs_stand_where_they_stand_in_the_picture(
    runs: tuple[GlyphRun, ...], matrix: Matrix, reader: Reader
) -> None:
    glyphs = _glyphs(runs, solid(BLUE), matrix=matrix)
    page = fill(PAGE, solid(WHITE))
    body = write(page, *glyphs, size=PAGE_SIZE)
    assert similarity(reader(body), ours(*glyphs, size=PAGE_SIZE)) >= 0.98


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "paints",
    [
        pytest.param((solid(BLACK, 0.4),), id="translucent"),
        pytest.param((gradient(GradientKind.LINEAR, Matrix.scaling(90, 90)),), id="gradient"),
        pytest.param((solid(RED), solid(BLUE, 0.5)), id="two"),
        pytest.param((solid(RED, 1.0, BlendMode.MULTIPLY),), id="blend"),
        pytest.param((ImagePaint(photograph(), Matrix.scaling(3, 3)),), id="image"),
        pytest.param((ImagePaint(photograph(), Matrix.scaling(0.3, 0.3), repeats=True),), id="tiles"),
    ],
)
def test_every_paint_goes_through_glyphs_and_is_said_once(paints: tuple[Paint, ...], reader: Reader) -> None:
    glyphs = _glyphs(_runs("Paint", 60, weight=800), *paints)
    body = write(*glyphs, size=PAGE_SIZE)
    assert similarity(reader(body), ours(*glyphs, size=PAGE_SIZE)) >= 0.98
    assert text_of(body).strip() == "Paint"


def test_overlapping_glyphs_of_a_translucent_text_are_one_group() -> None:
    apart, close = (
        _file("OOO", solid(BLACK, 0.5), size=40, letter_spacing=spacing, weight=700) for spacing in (9.0, -20.0)
    )
    assert len(having(apart, "/Subtype/Form")) == 1
    assert len(having(close, "/Subtype/Form", "/S/Transparency")) == 1


@needs_poppler
def test_colour_glyphs_are_pictures_that_can_be_found() -> None:
    body = _file("😀👩\u200d👩\u200d👧", size=30)
    assert having(body, "/Type3", "/CharProcs", "/ToUnicode")
    assert having(body, "/Subtype/Image", "/SMask")
    assert text_of(body).strip() == text_by_poppler(body).strip() == "😀👩\u200d👩\u200d👧"


def test_a_font_of_pictures_has_room_for_256_and_then_there_is_another() -> None:
    emoji = "".join(chr(0x1F300 + offset) for offset in range(0x21))
    run = _runs(emoji, 4)[0]
    many = replace(
        run,
        glyphs=tuple(range(3, 303)),
        positions=tuple((number % 20 * 8.0, number // 20 * 8.0) for number in range(300)),
        characters=tuple(chr(0x4E00 + number) for number in range(300)),
    )
    body = write(FillGlyphs(many, PLACE, (solid(),), PAGE), size=PAGE_SIZE)
    assert len(having(body, "/Type3")) == 2
    assert sorted(text_of(body).replace("\n", "").replace(" ", "")) == sorted(many.characters)


@pytest.mark.parametrize("bits", [0x0002, 0x0100, 0x0200])
def test_a_font_that_forbids_it_is_not_embedded_and_its_text_is_found_all_the_same(bits: int) -> None:
    warnings = Warnings(9)
    fonts = with_font("Locked", licence_bits=bits)
    glyphs = _glyphs(_runs("abcdef", family="Locked", fonts=fonts))
    body = write(*glyphs, size=PAGE_SIZE, warnings=warnings)
    assert codes(warnings) == ["font-not-embedded"]
    assert not having(body, "/FontFile")
    assert text_of(body).strip() == "abcdef"
    assert similarity(mupdf(body), ours(*glyphs, size=PAGE_SIZE)) >= 0.99


@pytest.mark.parametrize("bits", [0x0000, 0x0004, 0x0008, 0x0006])
def test_a_font_that_allows_it_is_embedded(bits: int) -> None:
    fonts = with_font("Open", licence_bits=bits)
    assert may_embed(_runs("a", family="Open", fonts=fonts)[0].face)


def test_postscript_outlines_are_embedded_as_such() -> None:
    fonts = with_font("Curves", true_type=False)
    glyphs = _glyphs(_runs("fedcba", family="Curves", fonts=fonts))
    body = write(*glyphs, size=PAGE_SIZE)
    assert having(body, "/FontFile3", "/FontDescriptor")
    assert having(body, "/Subtype/CIDFontType0C")
    assert having(body, "/Subtype/CIDFontType0/", "/W[")
    assert text_of(body).strip() == "fedcba"
    assert similarity(mupdf(body), ours(*glyphs, size=PAGE_SIZE)) >= 0.99


def test_a_hostile_name_of_a_font_stays_a_name() -> None:
    fonts = with_font("Evil", name="A/B )>>endobj(")
    body = write(*_glyphs(_runs("abc", family="Evil", fonts=fonts)), size=PAGE_SIZE)
    assert not opened(body).is_repaired
    assert re.fullmatch(r"[A-Z]{6}\+[A-Za-z0-9-]+", opened(body).get_page_fonts(0)[0][3])


def test_a_font_that_cannot_be_taken_apart_is_drawn_as_outlines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderer.draw.pdf.text.outlinefonts.subset", lambda *_: None)
    warnings = Warnings(9)
    glyphs = _glyphs(_runs("Broken"))
    body = write(*glyphs, size=PAGE_SIZE, warnings=warnings)
    assert codes(warnings) == ["font-not-embedded"]
    assert text_of(body).strip() == "Broken"
    assert similarity(mupdf(body), ours(*glyphs, size=PAGE_SIZE)) >= 0.99


def test_a_glyph_that_stands_for_other_characters_elsewhere_says_so() -> None:
    run = _runs("aa")[0]
    other = replace(run, characters=("a", "A"))
    body = write(FillGlyphs(other, PLACE, (solid(),), PAGE), size=PAGE_SIZE)
    assert "/Span<</ActualText(A)>>BDC" in painted(body)
    assert text_of(body).strip() == "aA"


def test_text_in_a_group_is_found_too() -> None:
    assert text_of(write(*grouped(*_glyphs(_runs("within")), opacity=0.5), size=PAGE_SIZE)).strip() == "within"


def test_places_are_exact_to_two_hundredths_of_a_pixel() -> None:
    run = _runs("Exact places, each of them", letter_spacing=0.37)[0]
    body = write(FillGlyphs(run, IDENTITY, (solid(),), PAGE), size=PAGE_SIZE)
    found = [
        character["origin"]
        for block in opened(body)[0].get_text("rawdict")["blocks"]
        for line in block["lines"]
        for span in line["spans"]
        for character in span["chars"]
    ]
    assert np.abs(np.array(found) - np.array(run.positions)).max() <= 0.021


@pytest.mark.parametrize("size", [0.0, 5e-324])
def test_text_of_no_size_leaves_the_file_whole(size: float) -> None:
    (run,) = _runs("a")
    tiny = replace(run, size=size, positions=((0.0, 0.0),))
    assert opened(write(*_glyphs((tiny,)), size=PAGE_SIZE))
