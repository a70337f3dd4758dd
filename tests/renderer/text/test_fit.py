"""A stand-in takes the room that the text's own font took."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from renderer.geometry import Rect
from renderer.scene import (
    AutoResize,
    LineHeight,
    LineHeightUnit,
    ListType,
    TextAlign,
    TextBlock,
    TextDecoration,
    TextLine,
    TextStyle,
)
from renderer.text import GlyphRun, TextLayout
from renderer.text.fit import NARROWEST, WIDEST
from renderer.text.outlines import font_of
from tests.renderer.text.words import lay, runs, shown, style, text

HIGH = LineHeight(LineHeightUnit.PIXELS, 24.0)
# As wide as Liberation Sans, which stands in for it, wherever nothing says otherwise.
MISSING = style("Helvetica Neue", line_height=HIGH)
PRESENT = style("Liberation Sans", line_height=HIGH)
LABEL = "Continue reading"
PARAGRAPH = "the quick brown fox jumps over the lazy dog and runs away"


def natural(characters: str, look: TextStyle = PRESENT) -> float:
    return max(line.width for line in lay(text(characters, look)).lines)


def stretch(content: TextBlock, width: float, height: float) -> float:
    (found,) = {run.stretch for run in lay(content, width, height).runs}
    return found


def missing(characters: str, **more: Any) -> TextBlock:
    return text(characters, MISSING, **more)


def ink_of(layout: TextLayout) -> Rect:
    """Of the outlines that are drawn."""
    boxes = [box for run in layout.runs for box in glyph_boxes(run)]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return Rect(left, top, max(box[2] for box in boxes) - left, max(box[3] for box in boxes) - top)


def glyph_boxes(run: GlyphRun) -> list[tuple[float, float, float, float]]:
    font = font_of(run)
    boxes = []
    for glyph, (x, y) in zip(run.glyphs, run.positions, strict=True):
        bounds = font.getPath(glyph).getBounds()
        if not bounds.isEmpty():
            boxes.append((x + bounds.left(), y + bounds.top(), x + bounds.right(), y + bounds.bottom()))
    return boxes


def moved(ink: Rect, right: float, down: float) -> Rect:
    return replace(ink, x=ink.x + right, y=ink.y + down)


# --- boxes that tell how many lines there were ------------------------------------------------------------------------


@pytest.mark.parametrize("resize", [AutoResize.NONE, AutoResize.HEIGHT])
def test_a_label_that_was_one_line_stays_one(resize: AutoResize) -> None:
    room = natural(LABEL) * 0.95
    assert len(lay(text(LABEL, PRESENT, auto_resize=resize), room, 24.0).lines) == 2
    (line,) = lay(missing(LABEL, auto_resize=resize), room, 24.0).lines
    assert line.width == pytest.approx(room, abs=0.01)


def test_a_box_lower_than_its_line_still_has_one() -> None:
    assert len(lay(missing(LABEL), natural(LABEL) * 0.95, 17.0).lines) == 1


def test_a_fixed_box_with_room_for_the_lines_tells_nothing() -> None:
    assert stretch(missing(LABEL), natural(LABEL) * 0.95, 48.0) == 1.0


def test_a_label_that_fits_is_not_widened_to_its_fixed_box() -> None:
    assert stretch(missing(LABEL), natural(LABEL) * 1.1, 24.0) == 1.0


def test_what_would_have_to_be_too_narrow_is_left_alone() -> None:
    width = natural(LABEL) * (NARROWEST - 0.05)
    assert stretch(missing(LABEL), width, 24.0) == 1.0
    assert len(lay(missing(LABEL), width, 24.0).lines) == 2


def test_explicit_newlines_are_lines_of_their_own() -> None:
    characters = f"{LABEL}\nAgain"
    room = natural(LABEL) * 0.95
    assert shown(missing(characters, auto_resize=AutoResize.HEIGHT), room, 48.0) == [f"{LABEL}", "Again"]
    assert shown(missing(characters), room, 24.0) == [f"{LABEL}", "Again"]


def test_paragraph_spacing_is_no_line() -> None:
    room = natural(LABEL) * 0.95
    content = missing(f"{LABEL}\nAgain", auto_resize=AutoResize.HEIGHT, paragraph_spacing=24.0)
    assert len(lay(content, room, 72.0).lines) == 2


@pytest.mark.parametrize(("lines", "part"), [(2, 0.5), (3, 0.55)])
def test_a_wrapped_text_gets_as_many_lines_as_its_box_has(lines: int, part: float) -> None:
    """Condensed where at its own width the stand-in needs a line more, widened where it needs one less."""
    width = natural(PARAGRAPH) * part
    content = missing(PARAGRAPH, auto_resize=AutoResize.HEIGHT)
    assert len(lay(text(PARAGRAPH, PRESENT), width, 999.0).lines) != lines
    assert len(lay(content, width, lines * 24.0).lines) == lines
    assert NARROWEST <= stretch(content, width, lines * 24.0) <= WIDEST


def test_a_count_of_lines_that_cannot_be_had_changes_nothing() -> None:
    content = missing(PARAGRAPH, auto_resize=AutoResize.HEIGHT)
    assert stretch(content, natural(PARAGRAPH) / 3, 240.0) == 1.0


def test_lines_of_several_heights_tell_no_count() -> None:
    tall = replace(MISSING, line_height=replace(HIGH, value=60.0))
    content = runs((f"{LABEL} ", MISSING), (LABEL, tall), auto_resize=AutoResize.HEIGHT)
    assert stretch(content, natural(LABEL), 84.0) == 1.0


# --- boxes that grew with their text ----------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_box_that_grew_with_its_text_is_as_wide_as_it(factor: float) -> None:
    width = float(round(natural(LABEL) * factor))
    (line,) = lay(missing(LABEL, auto_resize=AutoResize.WIDTH_AND_HEIGHT), width, 24.0).lines
    assert width - 1.0 <= line.width <= width


def test_a_width_that_rounds_up_to_the_box_is_right_already() -> None:
    width = natural(LABEL) + 0.9
    assert stretch(missing(LABEL, auto_resize=AutoResize.WIDTH_AND_HEIGHT), width, 24.0) == 1.0


@pytest.mark.parametrize(("factor", "bound"), [(0.5, NARROWEST), (2.0, WIDEST)])
def test_letters_are_never_narrower_or_wider_than_bounds(factor: float, bound: float) -> None:
    content = missing(LABEL, auto_resize=AutoResize.WIDTH_AND_HEIGHT)
    assert stretch(content, natural(LABEL) * factor, 24.0) == bound


def test_the_widest_of_several_lines_decides() -> None:
    width = float(round(natural(LABEL) * 0.9))
    content = missing(f"a\n{LABEL}\nbc", auto_resize=AutoResize.WIDTH_AND_HEIGHT)
    assert max(line.width for line in lay(content, width, 72.0).lines) == pytest.approx(width - 0.5)


def test_letter_spacing_is_not_stretched() -> None:
    spaced = replace(MISSING, letter_spacing=4.0, features=(("kern", 0),))
    width = float(round(natural(LABEL, replace(PRESENT, letter_spacing=4.0, features=(("kern", 0),))) * 0.9))
    layout = lay(text(LABEL, spaced, auto_resize=AutoResize.WIDTH_AND_HEIGHT), width, 24.0)
    gaps = (len(LABEL) - 1) * 4.0
    letters = natural(LABEL, replace(PRESENT, features=(("kern", 0),)))
    assert layout.lines[0].width == pytest.approx(width - 0.5)
    assert layout.runs[0].stretch == pytest.approx((width - 0.5 - gaps) / letters, abs=0.002)


# --- ink --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.87, 1.12])
def test_ink_tells_the_width_also_where_the_box_does_not(factor: float) -> None:
    ink = ink_of(lay(text(LABEL, PRESENT), 500.0, 24.0))
    theirs = replace(ink, width=ink.width * factor)
    got = ink_of(lay(missing(LABEL, ink=theirs), 500.0, 24.0))
    assert [got.x, got.width] == pytest.approx([theirs.x, theirs.width], abs=0.05)


def test_ink_of_one_line_keeps_a_label_one_line() -> None:
    ink = ink_of(lay(text(LABEL, PRESENT), 500.0, 24.0))
    room = natural(LABEL) * 0.9
    content = missing(LABEL, ink=replace(ink, width=room - 2.0))
    assert len(lay(content, room, 200.0).lines) == 1


def test_glyphs_are_moved_to_the_ink_by_whole_pixels_down() -> None:
    ink = ink_of(lay(text(LABEL, PRESENT), 500.0, 24.0))
    got = ink_of(lay(missing(LABEL, ink=moved(ink, 0.75, 1.7)), 500.0, 24.0))
    assert [got.x, got.y] == pytest.approx([ink.x + 0.75, ink.y + 2.0], abs=0.02)


@pytest.mark.parametrize(("right", "down"), [(40.0, 0.0), (0.0, 40.0)])
def test_ink_far_away_moves_nothing(right: float, down: float) -> None:
    ink = ink_of(lay(text(LABEL, PRESENT), 500.0, 24.0))
    got = ink_of(lay(missing(LABEL, ink=moved(ink, right, down)), 500.0, 24.0))
    assert [got.x, got.y] == pytest.approx([ink.x, ink.y], abs=0.02)


def test_another_version_of_its_own_font_is_moved_down_to_the_ink_and_never_sideways() -> None:
    own = text(LABEL, PRESENT)
    ink = ink_of(lay(own, 500.0, 24.0))
    other = style("Liberation Sans", line_height=HIGH, font_line_height=1.3)
    told = lay(text(LABEL, other, ink=moved(ink, 0.75, 1.0)), 500.0, 24.0)
    got = ink_of(told)
    assert [got.x, got.y] == pytest.approx([ink.x, ink.y + 1.0], abs=0.02)
    assert [code for code, _ in told.warnings] == ["font-version-differs"]
    assert {run.stretch for run in told.runs} == {1.0}


def test_ink_that_a_frame_has_cut_is_not_believed() -> None:
    ink = ink_of(lay(text(LABEL, PRESENT), 500.0, 24.0))
    low = missing(LABEL, ink=replace(ink, height=ink.height / 2))
    assert ink_of(lay(low, 500.0, 24.0)).y == pytest.approx(ink.y, abs=0.02)
    width = natural(LABEL)
    narrow = missing(LABEL, ink=replace(ink, width=ink.width * 0.85), auto_resize=AutoResize.WIDTH_AND_HEIGHT)
    assert stretch(narrow, width, 24.0) == 1.0
    assert stretch(missing(LABEL, ink=replace(ink, width=ink.width / 2)), 500.0, 24.0) == 1.0


def test_a_wrapped_text_breaks_where_the_ink_says() -> None:
    """Two words fewer on a line, or a condensed line as wide: the one that changes the letters less."""
    width = natural(PARAGRAPH) * 0.6
    own = lay(text(PARAGRAPH, PRESENT), width, 48.0)
    content = missing(PARAGRAPH, ink=ink_of(own))
    assert [line.end for line in lay(content, width, 48.0).lines] == [line.end for line in own.lines]
    assert stretch(content, width, 48.0) == pytest.approx(1.0, abs=0.02)


def test_empty_lines_leave_no_ink_but_are_lines() -> None:
    characters = f"\n{PARAGRAPH}\n"
    width = natural(PARAGRAPH) * 0.6
    own = lay(text(characters, PRESENT), width, 96.0)
    content = missing(characters, ink=ink_of(own))
    assert len(lay(content, width, 96.0).lines) == len(own.lines) == 4


# --- never ------------------------------------------------------------------------------------------------------------


def test_a_text_in_its_own_font_is_never_fitted() -> None:
    ink = Rect(3.0, 2.0, natural(LABEL) * 0.9, 15.0)
    width = float(round(natural(LABEL) * 0.9))
    for resize in (AutoResize.NONE, AutoResize.HEIGHT, AutoResize.WIDTH_AND_HEIGHT):
        plain = lay(text(LABEL, PRESENT, auto_resize=resize), width, 24.0)
        told = lay(text(LABEL, PRESENT, auto_resize=resize, ink=ink), width, 24.0)
        assert plain.lines == told.lines
        assert [run.positions for run in plain.runs] == [run.positions for run in told.runs]
        assert {run.stretch for run in told.runs} == {1.0}


def test_only_the_stand_in_is_stretched_beside_a_font_that_is_there() -> None:
    width = float(round((natural(LABEL) + natural("abc", style("Inter"))) * 0.95))
    content = runs((LABEL, MISSING), ("abc", style("Inter")), auto_resize=AutoResize.WIDTH_AND_HEIGHT)
    layout = lay(content, width, 30.0)
    stood_in, present = layout.runs
    assert stood_in.stretch < 1.0
    assert present.stretch == 1.0
    assert layout.lines[0].width == pytest.approx(width - 0.5)


def test_emoji_and_missing_glyphs_tell_no_width() -> None:
    for characters in ("\U0001f600", "\U0010fffd"):
        content = missing(characters, auto_resize=AutoResize.WIDTH_AND_HEIGHT)
        assert stretch(content, 60.0, 24.0) == 1.0


def test_ink_of_underlines_or_bullets_tells_nothing() -> None:
    ink = replace(ink_of(lay(text(LABEL, PRESENT), 500.0, 24.0)), width=natural(LABEL) * 0.9)
    underlined = replace(MISSING, decoration=TextDecoration.UNDERLINE)
    assert stretch(text(LABEL, underlined, ink=ink), 500.0, 24.0) == 1.0
    bullet = TextLine(ListType.UNORDERED, 1)
    assert {run.stretch for run in lay(missing(LABEL, ink=ink, lines=(bullet,)), 500.0, 24.0).runs} == {1.0}
    assert stretch(missing(LABEL, ink=ink, lines=(TextLine(),)), 500.0, 24.0) < 1.0


def test_a_long_text_is_not_worth_the_time() -> None:
    for characters in (f"{LABEL} " * 100, f"{LABEL}\n" * 101):
        width = natural(LABEL) * 0.9
        assert stretch(missing(characters, auto_resize=AutoResize.WIDTH_AND_HEIGHT), width, 24.0) == 1.0


def test_a_text_that_figma_may_have_cut_is_not_fitted() -> None:
    room = natural(LABEL) * 0.95
    assert stretch(missing(LABEL, auto_resize=AutoResize.TRUNCATE), room, 24.0) == 1.0
    assert stretch(missing(LABEL, ellipsis=True, max_lines=1), room, 24.0) == 1.0


# --- what is drawn ----------------------------------------------------------------------------------------------------


def test_the_drawn_glyphs_are_as_much_narrower_as_their_advances() -> None:
    width = float(round(natural("HHHHHH") * 0.85))
    (run,) = lay(missing("HHHHHH", auto_resize=AutoResize.WIDTH_AND_HEIGHT), width, 24.0).runs
    (plain,) = lay(text("HHHHHH", PRESENT)).runs
    step = run.positions[1][0] - run.positions[0][0]
    plain_step = plain.positions[1][0] - plain.positions[0][0]
    (left, top, right, bottom), (plain_left, plain_top, plain_right, plain_bottom) = (
        glyph_boxes(each)[0] for each in (run, plain)
    )
    assert step / plain_step == pytest.approx(run.stretch)
    assert (right - left) / (plain_right - plain_left) == pytest.approx(run.stretch, abs=0.01)
    assert bottom - top == pytest.approx(plain_bottom - plain_top)


def test_underlines_are_as_long_as_the_fitted_line() -> None:
    width = float(round(natural(LABEL) * 0.9))
    underlined = replace(MISSING, decoration=TextDecoration.UNDERLINE)
    layout = lay(text(LABEL, underlined, auto_resize=AutoResize.WIDTH_AND_HEIGHT), width, 24.0)
    (decoration,) = layout.decorations
    assert decoration.rect.width == pytest.approx(layout.lines[0].width)
    assert decoration.rect.width == pytest.approx(width - 0.5)


@pytest.mark.parametrize("align", [TextAlign.CENTER, TextAlign.RIGHT])
def test_fitted_lines_are_aligned_by_their_fitted_width(align: TextAlign) -> None:
    content = missing(LABEL, align=align)
    room = natural(LABEL) * 0.9
    (line,) = lay(content, room, 24.0).lines
    assert [line.left, line.width] == pytest.approx([0.0, room], abs=0.01)


def test_lists_are_fitted_within_their_indentation() -> None:
    plain = lay(text(LABEL, PRESENT, lines=(TextLine(indentation=1),)), 500.0, 24.0).lines[0]
    room = plain.left + plain.width * 0.95
    assert len(lay(missing(LABEL, lines=(TextLine(indentation=1),)), room, 24.0).lines) == 1


def test_the_warning_is_the_same_fitted_or_not() -> None:
    expected = (("font-substituted", "Helvetica Neue 400 -> Liberation Sans 400"),)
    assert lay(missing(LABEL), 500.0, 24.0).warnings == expected
    assert lay(missing(LABEL), natural(LABEL) * 0.95, 24.0).warnings == expected
