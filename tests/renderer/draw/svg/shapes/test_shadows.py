from __future__ import annotations

import pytest

from renderer.geometry import Matrix
from renderer.scene import BlendMode
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import box, codes, rounded, shadow
from tests.renderer.draw.svg.document import name, names, only, referred, root, shown, svg
from tests.renderer.draw.svg.lists import STAR, inner
from tests.renderer.draw.svg.lists import shadow as blurred

CARD = rounded(box(20, 20), 8)


def test_a_shadow_is_the_area_moved_and_blurred() -> None:
    whole = root(shadow(CARD, 3, 5, sigma=4))
    (rect,) = shown(whole)
    assert (rect.get("x"), rect.get("y"), rect.get("fill")) == ("23", "25", "#000")
    blur = referred(rect, "filter", whole)
    assert blur.get("color-interpolation-filters") == "sRGB"
    assert only(blur, "feGaussianBlur").get("stdDeviation") == "4"


def test_the_region_of_a_blur_holds_it() -> None:
    whole = root(shadow(CARD, 0, 0, sigma=4))
    blur = only(whole, "filter")
    left, width = float(blur.attrib["x"]), float(blur.attrib["width"])
    assert left <= 20 - 12
    assert left + width >= 60 + 12


def test_a_hard_shadow_has_no_filter() -> None:
    (rect,) = shown(root(shadow(CARD, 3, 5)))
    assert rect.get("filter") is None


@pytest.mark.parametrize(("spread", "x", "width", "rx"), [(3, "17", "46", "11"), (-3, "23", "34", "5")])
def test_a_box_grows_by_the_spread(spread: float, x: str, width: str, rx: str) -> None:
    (rect,) = shown(root(shadow(CARD, spread=spread)))
    assert (rect.get("x"), rect.get("width"), rect.get("rx")) == (x, width, rx)


def test_a_shadow_that_shrinks_to_nothing_is_none() -> None:
    assert shown(root(shadow(CARD, spread=-30))) == []


@pytest.mark.parametrize(
    ("opaque", "behind", "cut"), [(True, False, False), (False, True, False), (False, False, True)]
)
def test_what_is_translucent_is_cut_out_of_its_shadow(opaque: bool, behind: bool, cut: bool) -> None:
    outer = shown(root(shadow(CARD, 3, 5, opaque=opaque, behind=behind)))[0]
    assert ("clip-path" in outer.attrib) is cut


def test_the_shadow_of_a_path_grows_by_a_pen() -> None:
    (path,) = shown(root(blurred(STAR, spread=3)))
    assert (path.get("stroke-width"), path.get("opacity"), path.get("fill-opacity")) == ("6", ".6", None)


def test_the_shadow_of_a_path_shrinks_by_a_mask() -> None:
    whole = root(blurred(STAR, spread=-3))
    group, path = shown(whole)
    assert name(group) == "g"
    assert "filter" in group.attrib
    (eraser,) = referred(path, "mask", whole)
    assert (eraser.get("fill"), eraser.get("stroke"), eraser.get("stroke-width")) == ("#fff", "#000", "6")


def test_an_inner_shadow_stays_inside() -> None:
    whole = root(inner(CARD))
    group_or_path = shown(whole)[0]
    assert name(referred(group_or_path, "clip-path", whole)[0]) == "rect"


def test_an_inner_shadow_of_a_path_has_its_hole_by_a_mask() -> None:
    assert names(root(inner(STAR, spread=2))) == ["g", "g", "rect"]


def test_a_shadow_blends() -> None:
    outer, rect = shown(root(shadow(CARD, 3, 5, sigma=2, blend=BlendMode.MULTIPLY)))
    assert outer.get("style") == "mix-blend-mode:multiply"
    assert "filter" in rect.attrib


def test_a_linear_burn_of_a_shadow_is_approximated() -> None:
    warnings = Warnings(10)
    text = svg(shadow(CARD, 3, 5, blend=BlendMode.LINEAR_BURN), warnings=warnings)
    assert "color-burn" in text
    assert codes(warnings) == ["blend-mode-approximated"]


def test_offsets_are_along_the_page_however_the_area_is_turned() -> None:
    plain, moved = (
        shown(root(shadow(box(0, 0, 10, 10), *offset, matrix=Matrix.rotation(0.5))))[0].attrib["transform"].split()
        for offset in ((0, 0), (3, 5))
    )
    assert plain[:4] == moved[:4]
    assert moved[4:] == ["3", "5)"]
