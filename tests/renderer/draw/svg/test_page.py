from __future__ import annotations

import pytest

from renderer.displaylist import Blur, InnerShadowFilter, Pop, PushClip, ShadowFilter
from renderer.geometry import IDENTITY, Colour, Point
from renderer.scene import BlendMode, MaskKind
from tests.renderer.draw.drawing import BLUE, box, circle, clipped, fill, solid
from tests.renderer.draw.svg.document import SVG, name, names, only, referred, root, shown
from tests.renderer.draw.svg.lists import STAR, group, masked

MULTIPLIED = fill(box(5, 5), solid(BLUE, 1.0, BlendMode.MULTIPLY))


def test_a_group_has_opacity_and_blend_mode() -> None:
    outer, _ = shown(root(group(0.5, BlendMode.SCREEN), fill(box()), Pop()))
    assert outer.attrib == {"opacity": ".5", "style": "mix-blend-mode:screen"}


def test_a_group_that_changes_nothing_is_not_written() -> None:
    assert names(root(group(), fill(box()), fill(STAR), Pop())) == ["rect", "path"]


def test_a_group_isolates_what_blends_in_it() -> None:
    outer, *_ = shown(root(group(), fill(box()), MULTIPLIED, Pop()))
    assert outer.get("style") == "isolation:isolate"


@pytest.mark.parametrize("changes", [(0.5, BlendMode.NORMAL), (1.0, BlendMode.MULTIPLY)])
def test_a_group_that_isolates_anyway_does_not_say_so(changes: tuple[float, BlendMode]) -> None:
    outer, *_ = shown(root(group(*changes), MULTIPLIED, Pop()))
    assert "isolation" not in outer.get("style", "")


def test_a_picture_in_which_something_blends_is_isolated_from_the_page_around_it() -> None:
    assert root(MULTIPLIED).get("style") == "isolation:isolate"
    assert root(group(), MULTIPLIED, Pop()).get("style") is None


def test_linear_dodge_has_a_stand_in_for_engines_that_do_not_know_it() -> None:
    outer, rect = shown(root(fill(box(), solid(BLUE, 1.0, BlendMode.LINEAR_DODGE))))
    assert (outer.get("style"), rect.get("style")) == ("mix-blend-mode:plus-lighter", "mix-blend-mode:screen")


@pytest.mark.parametrize(
    "mode", [mode for mode in BlendMode if not mode.is_plain and mode is not BlendMode.LINEAR_BURN]
)
def test_every_mode_that_css_has_is_named(mode: BlendMode) -> None:
    element = shown(root(fill(box(), solid(BLUE, 1.0, mode))))[0]
    css = "plus-lighter" if mode is BlendMode.LINEAR_DODGE else mode.name.lower().replace("_", "-")
    assert element.get("style") == f"mix-blend-mode:{css}"


# --- clips ------------------------------------------------------------------------------------------------------------


def test_a_clip_is_around_what_is_in_it() -> None:
    whole = root(*clipped(circle(0, 0), fill(box()), fill(STAR)))
    assert names(whole) == ["g", "rect", "path"]
    assert [name(each) for each in referred(shown(whole)[0], "clip-path", whole)] == ["circle"]


def test_a_clip_that_cuts_nothing_off_is_left_out() -> None:
    assert names(root(*clipped(box(-5, 0, 200, 100), fill(box())))) == ["rect"]


def test_equal_clips_are_defined_once() -> None:
    whole = root(*clipped(STAR, fill(box())), *clipped(STAR, fill(box(5, 5))))
    assert len(list(whole.iter(f"{SVG}clipPath"))) == 1


def test_what_blends_in_a_clip_is_clipped_alone_so_that_it_blends_with_what_lies_below() -> None:
    whole = root(fill(box()), *clipped(STAR, fill(box()), fill(box()), MULTIPLIED, fill(box())))
    below, first, *_ = list(whole)
    assert [name(each) for each in whole if name(each) != "defs"] == ["rect", "g", "g", "g"]
    assert len(first) == 2
    assert below.get("clip-path") is None
    blending = list(whole)[2]
    assert blending.attrib.keys() == {"clip-path", "style"}


def test_a_clip_in_a_clip_in_which_something_blends_is_of_both() -> None:
    whole = root(*clipped(STAR, *clipped(circle(0, 0), MULTIPLIED)))
    blending = shown(whole)[0]
    inner = referred(blending, "clip-path", whole)
    assert name(inner[0]) == "circle"
    assert name(referred(inner, "clip-path", whole)[0]) == "path"


def test_an_empty_area_clips_everything_away() -> None:
    whole = root(PushClip(box(0, 0, 0, 0), IDENTITY, box()), fill(box()), Pop())
    assert list(referred(shown(whole)[0], "clip-path", whole)) == []


# --- masks ------------------------------------------------------------------------------------------------------------


def test_a_mask_by_luminance() -> None:
    whole = root(*masked(MaskKind.LUMINANCE, fill(circle(0, 0)), fill(box())))
    outer, inner = shown(whole)
    mask = referred(outer, "mask", whole)
    assert name(inner) == "rect"
    assert (mask.get("style"), [name(each) for each in mask]) == (None, ["circle"])


@pytest.mark.parametrize("kind", [MaskKind.ALPHA, MaskKind.VECTOR])
def test_a_mask_by_alpha_is_right_by_luminance_too(kind: MaskKind) -> None:
    whole = root(*masked(kind, fill(circle(0, 0)), fill(box())))
    mask = referred(shown(whole)[0], "mask", whole)
    assert mask.get("style") == "mask-type:alpha"
    (white,) = mask
    matrix = only(referred(white, "filter", whole), "feColorMatrix")
    assert matrix.get("values") == "0 0 0 0 1 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0"


def test_regions_say_where_they_begin() -> None:
    """What is not said of a mask's or a filter's region is a tenth of the picture off."""
    whole = root(*masked(MaskKind.ALPHA, fill(box(1, 1, 30, 30)), fill(box())))
    regions = [element for element in whole.iter() if name(element) in ("mask", "filter")]
    assert len(regions) == 2
    assert all(element.get("x") == element.get("y") == "0" for element in regions)


# --- filters ----------------------------------------------------------------------------------------------------------

DROP = ShadowFilter(Point(4, 6), 3.0, Colour(0, 0, 0, 0.5))
DARK = InnerShadowFilter(Point(1, 2), 2.0, BLUE)


def _filter(*filters: ShadowFilter | InnerShadowFilter | Blur) -> list[str]:
    whole = root(group(1.0, BlendMode.NORMAL, *filters), fill(box()), Pop())
    made = referred(shown(whole)[0], "filter", whole)
    assert made.get("filterUnits") == "userSpaceOnUse"
    return [name(each) for each in made]


def test_a_blur() -> None:
    assert _filter(Blur(3.0)) == ["feGaussianBlur"]


def test_a_shadow_has_what_casts_it_cut_out() -> None:
    assert _filter(DROP) == ["feOffset", "feGaussianBlur", "feComposite", "feColorMatrix", "feMerge"]


def test_a_shadow_that_is_seen_through_it_has_not() -> None:
    behind = ShadowFilter(DROP.offset, DROP.sigma, DROP.colour, behind=True)
    assert _filter(behind) == ["feOffset", "feGaussianBlur", "feColorMatrix", "feMerge"]


def test_a_hard_shadow_is_not_blurred() -> None:
    assert "feGaussianBlur" not in _filter(ShadowFilter(Point(4, 6), 0.0, DROP.colour))


def test_filters_follow_one_another() -> None:
    whole = root(group(1.0, BlendMode.NORMAL, DROP, DARK, Blur(2.0)), fill(box()), Pop())
    made = only(whole, "filter")
    results = [each.get("result") for each in made if each.get("result")]
    assert len(results) == len(set(results))
    used = [each.get("in") for each in made.iter() if each.get("in")]
    assert set(used) <= {*results, "SourceAlpha", "SourceGraphic"}
    assert made[-1].get("in") in results  # the blur takes all that the shadows made


def test_the_region_of_a_filter_holds_what_it_moves() -> None:
    whole = root(group(1.0, BlendMode.NORMAL, DROP), fill(box()), Pop())
    made = only(whole, "filter")
    assert float(made.attrib["x"]) < 0
    assert float(made.attrib["x"]) + float(made.attrib["width"]) > 100
