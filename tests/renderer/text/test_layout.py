from __future__ import annotations

from itertools import accumulate

import pytest
from msgspec.structs import replace

from renderer.limits import MAX_TEXT_LINES
from renderer.scene import AutoResize, LineHeight, LineHeightUnit, ListType, TextAlign, TextLine, VerticalAlign
from renderer.text import layout_text
from tests.renderer.fonts.committed import provider
from tests.renderer.text.words import advance, lay, runs, shown, style, text

PIXELS_30 = LineHeight(LineHeightUnit.PIXELS, 30.0)


# --- widths -----------------------------------------------------------------------------------------------------------


def test_a_line_is_as_wide_as_its_advances() -> None:
    (line,) = lay("illumination").lines
    assert line.width == pytest.approx(advance("illumination"), abs=1.0)


def test_kerning_is_on_and_can_be_turned_off() -> None:
    kerned = lay(text("AVAVAV", style("Roboto"))).lines[0].width
    plain = lay(text("AVAVAV", style("Roboto", features=(("kern", 0),)))).lines[0].width
    assert plain == pytest.approx(advance("AVAVAV", style("Roboto")))
    assert kerned < plain - 1


def test_letter_spacing_follows_every_letter_but_the_last_of_the_line() -> None:
    plain = lay(text("abc", style(features=(("kern", 0),)))).lines[0].width
    spaced = lay(text("abc", style(letter_spacing=5.0, features=(("kern", 0),)))).lines[0].width
    assert spaced == pytest.approx(plain + 2 * 5.0)


def test_letter_spacing_turns_ligatures_off() -> None:
    looks = [style("Lato"), style("Lato", letter_spacing=1.0), style("Lato", features=(("liga", 0),))]
    assert [len(lay(text("fi", look)).runs[0].glyphs) for look in looks] == [1, 2, 2]


def test_a_letter_with_its_mark_is_spaced_once() -> None:
    composed = lay(text("e\u0301e", style(letter_spacing=7.0))).lines[0].width
    plain = lay(text("e\u0301e", style())).lines[0].width
    assert composed == pytest.approx(plain + 7.0)


# --- heights and baselines --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "size", "height", "baseline"),
    [
        # height: (ascent + descent + gap) of the font; baseline: half the gap below the top plus the ascent, rounded
        ("Inter", 12.0, 12 * 3408 / 2816, 12),
        ("Inter", 14.0, 14 * 3408 / 2816, 14),
        ("Inter", 16.0, 16 * 3408 / 2816, 15),
        ("Poppins", 12.0, 18.0, 13),
        ("Golos Text", 14.0, 16.8, 14),
    ],
)
def test_the_fonts_own_line_height(family: str, size: float, height: float, baseline: float) -> None:
    (line,) = lay(text("x", style(family, size=size))).lines
    assert line.height == pytest.approx(height)
    assert line.baseline == baseline


@pytest.mark.parametrize(
    ("unit", "value", "height"),
    [
        (LineHeightUnit.PIXELS, 33.0, 33.0),
        (LineHeightUnit.FONT_SIZE_PERCENT, 150.0, 30.0),
        (LineHeightUnit.INTRINSIC_PERCENT, 200.0, 2 * 20 * 1.5),
    ],
)
def test_a_line_height_is_pixels_or_a_share(unit: LineHeightUnit, value: float, height: float) -> None:
    (line,) = lay(text("x", style("Poppins", line_height=LineHeight(unit, value)))).lines
    assert line.height == pytest.approx(height)


def test_the_line_height_of_the_documents_own_font_counts_where_it_is_known() -> None:
    (line,) = lay(text("x", style("Helvetica Neue", font_line_height=1.193))).lines
    assert line.height == pytest.approx(20 * 1.193)


def test_glyphs_are_centred_in_a_taller_line() -> None:
    metrics = provider().resolve(style("Poppins")).instance.metrics
    (line,) = lay(text("x", style("Poppins", line_height=LineHeight(LineHeightUnit.PIXELS, 100.0)))).lines
    middle = 50 + (metrics.ascent - metrics.descent) / 2 * 20
    assert line.baseline == round(middle)


def test_lines_lie_below_each_other_at_the_line_height_on_whole_pixels() -> None:
    look = style("Golos Text", size=14.0, line_height=LineHeight(LineHeightUnit.PIXELS, 20.5))
    lines = lay(text("a\nb\nc\nd", look)).lines
    assert [line.top for line in lines] == [0.0, 20.5, 41.0, 61.5]
    assert all(line.baseline == int(line.baseline) for line in lines)
    assert lines[2].baseline - lines[0].baseline == 41


def test_the_tallest_style_makes_the_line() -> None:
    small, large = style("Inter", size=10.0), style("Inter", size=40.0)
    (line,) = lay(runs(("a", small), ("b", large))).lines
    (alone,) = lay(text("b", large)).lines
    assert (line.height, line.baseline) == (alone.height, alone.baseline)


def test_a_lent_character_does_not_move_the_lines() -> None:
    assert lay("a\u4e2d\U0001f600").lines[0].height == lay("aaa").lines[0].height


@pytest.mark.parametrize(
    ("vertical", "top"), [(VerticalAlign.TOP, 0.0), (VerticalAlign.CENTER, 35.0), (VerticalAlign.BOTTOM, 70.0)]
)
def test_vertical_alignment(vertical: VerticalAlign, top: float) -> None:
    layout = lay(text("x", style(line_height=PIXELS_30), vertical_align=vertical), height=100.0)
    assert (layout.lines[0].top, layout.bounds.y, layout.bounds.height) == (top, top, 30.0)


# --- wrapping ---------------------------------------------------------------------------------------------------------


def test_words_go_to_the_next_line_and_the_space_between_hangs() -> None:
    width = advance("hello") + 1
    content = text("hello hello hello")
    assert shown(content, width) == ["hello ", "hello ", "hello"]
    assert all(line.width <= width for line in lay(content, width).lines)


def test_a_thai_word_goes_to_the_next_line_as_a_whole() -> None:
    words = ["ฉัน", "ไป", "โรงเรียน", "ทุก", "วัน", "กับ", "เพื่อน", "ของ", "ฉัน"]
    ends = set(accumulate(map(len, words)))
    lines = shown(text("".join(words)), 120.0)
    assert len(lines) > 1
    assert set(accumulate(map(len, lines))) <= ends


def test_a_text_that_grows_with_its_content_wraps_at_newlines_only() -> None:
    content = text("hello hello\nhello", auto_resize=AutoResize.WIDTH_AND_HEIGHT)
    assert shown(content, 1.0) == ["hello hello", "hello"]


@pytest.mark.parametrize("auto", [AutoResize.NONE, AutoResize.HEIGHT, AutoResize.TRUNCATE])
def test_the_others_wrap_at_their_width(auto: AutoResize) -> None:
    assert len(lay(text("hello hello", auto_resize=auto), advance("hello") + 1).lines) == 2


def test_a_line_separator_ends_the_line_but_not_the_paragraph() -> None:
    content = text("a\u2028b\nc", paragraph_spacing=50.0, auto_resize=AutoResize.WIDTH_AND_HEIGHT)
    lines = lay(content).lines
    assert [round(lines[at + 1].top - lines[at].top - lines[at].height, 6) for at in (0, 1)] == [0, 50]


@pytest.mark.parametrize(
    ("characters", "count"),
    [("", 0), ("\n", 2), ("a\n", 2), ("\n\na", 3), ("a\r\nb", 2), ("a\u2029b", 2), ("a\u2028", 2), (" ", 1)],
)
def test_every_newline_makes_a_line(characters: str, count: int) -> None:
    assert len(lay(characters).lines) == count


def test_a_word_wider_than_the_line_is_cut_between_clusters() -> None:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f466"
    assert shown(text(family * 3), 30.0) == [family] * 3
    cut = shown(text("a" * 50), advance("a" * 10) + 0.2)
    assert cut == ["a" * 10] * 5


def test_a_cluster_wider_than_the_line_overflows_and_nothing_is_lost() -> None:
    assert shown(text("wide"), 0.0) == list("wide")
    assert "".join(shown(text("some words here"), 5.0)) == "some words here"


def test_a_wrapped_line_fits_to_the_last_twentieth_of_a_pixel() -> None:
    width = lay("hello hello").lines[0].width
    assert len(lay("hello hello", width).lines) == 1
    assert len(lay("hello hello", width - 0.5).lines) == 2


# --- alignment --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("align", "share"), [(TextAlign.LEFT, 0.0), (TextAlign.CENTER, 0.5), (TextAlign.RIGHT, 1.0)])
def test_alignment_ignores_the_space_and_the_spacing_at_the_end(align: TextAlign, share: float) -> None:
    (line,) = lay(text("abc  ", style(letter_spacing=3.0), align=align), 200.0).lines
    (bare,) = lay(text("abc", style(letter_spacing=3.0)), 200.0).lines
    assert line.width == bare.width
    assert line.left == pytest.approx(share * (200.0 - bare.width))


@pytest.mark.parametrize("end", ["\n", "\u2028", "\r\n"])
def test_a_space_before_a_newline_counts_and_one_at_a_wrap_or_at_the_end_hangs(end: str) -> None:
    bare = lay(text("ab")).lines[0].width
    lines = lay(text(f"ab {end}ab ", align=TextAlign.CENTER)).lines
    assert [line.width for line in lines] == [pytest.approx(bare + advance(" ")), bare]
    assert lay(text("ab ab"), bare + 1).lines[0].width == bare


def test_centred_text_may_stick_out_on_both_sides() -> None:
    (line,) = lay(text("abc", align=TextAlign.CENTER, auto_resize=AutoResize.WIDTH_AND_HEIGHT), 1.0).lines
    assert line.left == pytest.approx((1.0 - line.width) / 2)


def test_justified_lines_fill_the_width_except_a_paragraphs_last() -> None:
    content = text("aa bb cc dd ee ff gg hh\nii jj", align=TextAlign.JUSTIFIED)
    width = advance("aa bb cc dd") + 15
    lines = lay(content, width).lines
    assert [line.width == pytest.approx(width) for line in lines] == [True, False, False]


def test_leftward_text_is_placed_from_the_right() -> None:
    layout = lay(text("\u05d0\u05d1\u05d2"))
    (run,) = layout.runs
    single = [lay(text(letter)).runs[0].glyphs[0] for letter in "\u05d2\u05d1\u05d0"]
    assert list(run.glyphs) == single
    xs = [x for x, _ in run.positions]
    assert xs == sorted(xs)


def test_mixed_directions_share_a_line() -> None:
    layout = lay(text("ab \u05d0\u05d1 cd"))
    (line,) = layout.lines
    hebrew = next(run for run in layout.runs if "Hebrew" in run.typeface.getFamilyName())
    latin = next(run for run in layout.runs if run is not hebrew)
    assert min(x for x, _ in latin.positions) == 0.0
    assert all(advance("ab") < x < line.width - advance("cd") for x, _ in hebrew.positions)


def test_arabic_letters_join_across_a_change_of_style() -> None:
    plain, other = style("Noto Sans Arabic"), style("Noto Sans Arabic", size=20.5)
    joined = lay(text("\u0633\u0633", plain)).runs[0].glyphs
    split = [glyph for run in lay(runs(("\u0633", plain), ("\u0633", other))).runs for glyph in run.glyphs]
    assert sorted(split) == sorted(joined)
    assert len(set(joined)) == 2


# --- paragraphs and lists ---------------------------------------------------------------------------------------------


def test_paragraphs_are_spaced_and_moved_in() -> None:
    lines = lay(
        text("aa aa aa\nb", style(line_height=PIXELS_30), paragraph_spacing=10.0, paragraph_indent=25.0), 70.0
    ).lines
    assert [line.left for line in lines] == [25.0, 0.0, 25.0]
    assert [line.top for line in lines] == [0.0, 30.0, 70.0]


def test_a_list_has_markers_before_its_text() -> None:
    items = (TextLine(ListType.ORDERED, 1), TextLine(ListType.ORDERED, 1), TextLine())
    plain = lay(text("a\nb\nc"))
    listed = lay(text("a\nb\nc", lines=items))
    assert [line.left for line in listed.lines] == [30.0, 30.0, 0.0]
    assert sum(len(run.glyphs) for run in listed.runs) == sum(len(run.glyphs) for run in plain.runs) + 4
    assert min(x for run in listed.runs for x, _ in run.positions) >= 0.0


def test_list_items_have_a_spacing_of_their_own() -> None:
    items = (TextLine(ListType.UNORDERED, 1), TextLine(ListType.UNORDERED, 1), TextLine())
    content = text("a\nb\nc", style(line_height=PIXELS_30), lines=items, list_spacing=3.0, paragraph_spacing=20.0)
    assert [line.top for line in lay(content).lines] == [0.0, 33.0, 83.0]


# --- truncation -------------------------------------------------------------------------------------------------------


def test_a_text_is_cut_to_its_lines_with_an_ellipsis() -> None:
    content = text("one two three four five six", ellipsis=True, max_lines=2)
    width = advance("one two thr")
    layout = lay(content, width)
    assert layout.truncated
    assert len(layout.lines) == 2
    assert layout.lines[1].width <= width + 0.05
    dots = lay("\u2026").runs[0].glyphs[0]
    assert layout.runs[0].glyphs[-1] == dots


def test_a_text_is_cut_to_its_box() -> None:
    content = text("a\nb\nc\nd", style(line_height=PIXELS_30), auto_resize=AutoResize.TRUNCATE, ellipsis=True)
    assert [len(lay(content, 100.0, height).lines) for height in (10.0, 60.0, 89.0, 120.0)] == [1, 2, 2, 4]
    assert [lay(content, 100.0, height).truncated for height in (60.0, 120.0)] == [True, False]


def test_a_text_that_fits_gets_no_ellipsis() -> None:
    content = text("one", ellipsis=True, max_lines=1)
    assert lay(content).runs[0].glyphs == lay("one").runs[0].glyphs


def test_without_truncation_everything_is_shown_however_small_the_box() -> None:
    assert len(lay(text("a\nb\nc"), 100.0, 1.0).lines) == 3


# --- fonts and warnings -----------------------------------------------------------------------------------------------


def test_a_substitution_is_a_warning_once() -> None:
    look = style("Helvetica Neue", weight=700)
    warnings = lay(runs(("a", look), ("b", replace(look, size=9.0)), ("c\nd", look))).warnings
    assert warnings == (("font-substituted", "Helvetica Neue 700 -> Liberation Sans 700"),)


def test_a_character_that_no_font_has_is_a_warning_and_a_box() -> None:
    layout = lay("a\U0010fffdb")
    assert layout.warnings == (("glyph-missing", "U+10FFFD"),)
    assert layout.runs[0].glyphs[1] == 0


@pytest.mark.parametrize(
    "cluster",
    [
        "\U0001f600",
        "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
        "\U0001f44d\U0001f3fd",
        "\U0001f1e9\U0001f1ea",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
    ],
)
def test_an_emoji_is_one_glyph_in_colour(cluster: str) -> None:
    layout = lay(cluster)
    (run,) = layout.runs
    assert run.colour_glyphs
    assert len([glyph for glyph in run.glyphs if run.typeface.getBounds() and glyph > 1]) == 1
    assert layout.lines[0].width == lay("\U0001f600").lines[0].width
    assert layout.warnings == ()


@pytest.mark.parametrize(
    "characters",
    ["\ud800", "a\udfff\ud800", "\x00\x01\x7f", "\ufeff", "\u200b\u200d", "\ufffe", "\t\t", "\u202e\u2066\u2069"],
)
def test_odd_characters_break_nothing(characters: str) -> None:
    lay(characters, 10.0)


@pytest.mark.parametrize("size", [0.0, 1e-30, 1e6])
@pytest.mark.parametrize("spacing", [0.0, -1e5, 1e5])
def test_odd_numbers_break_nothing(size: float, spacing: float) -> None:
    content = text("some words\nand more", style(size=size, letter_spacing=spacing), align=TextAlign.JUSTIFIED)
    for width in (0.0, 50.0, 1e7):
        assert len(lay(content, width, 0.0).lines) >= 2


def test_a_text_of_too_many_lines_is_cut_and_says_so() -> None:
    layout = lay("\n" * (MAX_TEXT_LINES + 5))
    assert len(layout.lines) == MAX_TEXT_LINES
    assert layout.warnings[-1][0] == "text-cut"


# --- the result -------------------------------------------------------------------------------------------------------


def test_the_same_text_gives_the_same_places() -> None:
    content = runs(("Hello ", style()), ("w\u00f6rld \u4e2d\U0001f600", style("Poppins", weight=600)))
    one, other = (layout_text(content, 80.0, 50.0, provider()) for _ in range(2))
    assert [(run.glyphs, run.positions) for run in one.runs] == [(run.glyphs, run.positions) for run in other.runs]
    assert one.lines == other.lines


def test_runs_are_gathered_by_face_size_and_paint() -> None:
    look = style()
    layout = lay(runs(("one\n", look), ("more", look), ("two", style(weight=700)), ("\nthree", look)))
    assert [len(run.glyphs) for run in layout.runs] == [7, 3, 5]
    assert all(run.size == 20.0 and run.fills is look.fills for run in (layout.runs[0], layout.runs[2]))


def test_runs_come_in_the_order_of_reading() -> None:
    plain, bold = style("Inter", size=12.0), style("Inter", size=12.0, weight=700.0)
    content = runs(("One ", plain), ("two", bold), (" three\nfour ", plain), ("five", bold))
    layout = layout_text(content, 500.0, 60.0, provider())
    assert ["".join(run.characters) for run in layout.runs] == ["One ", "two", " threefour ", "five"]
