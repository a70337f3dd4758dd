from __future__ import annotations

import pytest

from renderer.scene import GradientKind, SolidFill
from tests.renderer.draw.svg.document import HREF, SVG, name, names, read, referred, shown, written
from tests.renderer.draw.svg.words import text
from tests.renderer.lower.drawing import BLUE, gradient, solid


def _paths(whole: object) -> list[str]:
    return [each.attrib["d"] for each in shown(whole) if name(each) == "path"]  # type: ignore[arg-type]


def test_a_line_of_a_run_is_one_path() -> None:
    assert names(read(written(text("Hello\nworld")))) == ["path", "path"]


def test_a_glyph_is_the_same_wherever_it_is() -> None:
    (path,) = _paths(read(written(text("oo", letter_spacing=3.0))))
    first, second = path[1:].split("M")
    assert first.partition("q")[2] == second.partition("q")[2]


def test_spaces_paint_nothing() -> None:
    assert names(read(written(text("   ")))) == []


def test_glyphs_are_painted_like_areas() -> None:
    whole = read(written(text("Hi", gradient(GradientKind.LINEAR, (0, 0), (1, 0), (0, 1)), solid(BLUE, 0.5))))
    below, above = shown(whole)
    assert name(referred(below, "fill", whole)) == "linearGradient"
    assert (above.get("fill"), above.get("fill-opacity")) == ("#00f", ".5")


def test_a_gradient_that_svg_has_not_is_seen_through_the_glyphs() -> None:
    whole = read(written(text("Hi", gradient(GradientKind.ANGULAR, (0.5, 0.5), (1, 0.5), (0.5, 1)))))
    (picture,) = shown(whole)
    assert name(picture) == "image"
    assert [name(each) for each in referred(picture, "clip-path", whole)] == ["path"]


def test_a_bolder_style_than_the_font_has_makes_bolder_glyphs() -> None:
    plain, bold = (_paths(read(written(text("l", family="Jost", weight=weight)))) for weight in (400.0, 900.0))
    assert plain != bold


# --- emoji ------------------------------------------------------------------------------------------------------------


def test_an_emoji_is_a_picture_of_which_there_is_one() -> None:
    whole = read(written(text("😀😀")))
    uses = [each for each in shown(whole) if name(each) == "use"]
    assert len(uses) == 2
    assert len({use.get(HREF) for use in uses}) == 1
    assert len(list(whole.iter(f"{SVG}image"))) == 1


def test_an_emoji_has_the_opacity_of_its_fill_and_no_colour() -> None:
    whole = read(written(text("😀", SolidFill(BLUE, 0.5))))
    assert names(whole) == ["g", "use"]
    assert shown(whole)[0].get("opacity") == ".5"
    assert "#00f" not in written(text("😀", SolidFill(BLUE, 0.5)))


@pytest.mark.parametrize(("size", "pixels"), [(6.0, 32), (16.0, 64), (60.0, 256), (900.0, 256)])
def test_emoji_have_pictures_of_a_few_sizes(size: float, pixels: int) -> None:
    (picture,) = read(written(text("😀", size=size, width=2000))).iter(f"{SVG}image")
    assert pixels < float(picture.attrib["width"]) < 1.6 * pixels
