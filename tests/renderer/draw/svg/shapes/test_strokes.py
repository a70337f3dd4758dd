from __future__ import annotations

from renderer.displaylist import Band, Cut
from renderer.scene import GradientKind, StrokeCap, StrokeJoin
from tests.renderer.draw.drawing import BLUE, box, fill, polygon, rounded, solid
from tests.renderer.draw.svg.document import name, names, referred, root, shown
from tests.renderer.draw.svg.lists import STAR, drawn, gradient, pen

RING = fill(Band(box(10, 10, 40, 40), box(14, 14, 32, 32)), pen=pen(box(12, 12, 36, 36), 4))
LINE = polygon((10, 50), (90, 50))


def test_a_pen_draws_what_it_can() -> None:
    (rect,) = shown(root(RING))
    assert (name(rect), rect.get("stroke"), rect.get("stroke-width"), rect.get("fill")) == ("rect", "#f00", "4", None)


def test_an_area_is_filled_where_strokes_are_not_to_be_simplified() -> None:
    (path,) = shown(root(RING, simplify_stroke=False))
    assert (name(path), path.get("stroke"), path.get("fill")) == ("path", None, "#f00")


def test_attributes_of_a_pen() -> None:
    said = drawn(pen(LINE, 3, StrokeJoin.ROUND, cap=StrokeCap.ROUND, dashes=(4.0, 2.5)))
    (path,) = shown(root(said))
    assert {key: path.get(key) for key in path.attrib if key.startswith("stroke")} == {
        "stroke": "#f00",
        "stroke-width": "3",
        "stroke-linejoin": "round",
        "stroke-linecap": "round",
        "stroke-dasharray": "4 2.5",
    }


def test_what_is_so_anyway_is_not_said() -> None:
    (path,) = shown(root(drawn(pen(LINE, 1))))
    assert path.attrib.keys() == {"d", "stroke"}


def test_a_miter_limit_of_its_own() -> None:
    sharp, flat = (drawn(pen(STAR, 2, join, miter_limit=8.0)) for join in (StrokeJoin.MITER, StrokeJoin.BEVEL))
    one, other = shown(root(sharp, flat))
    assert (one.get("stroke-miterlimit"), other.get("stroke-miterlimit")) == ("8", None)


def test_a_pen_can_have_a_gradient() -> None:
    whole = root(drawn(pen(STAR, 2), gradient(GradientKind.LINEAR, opacity=0.5)))
    (path,) = shown(whole)
    assert name(referred(path, "stroke", whole)) == "linearGradient"
    assert path.get("stroke-opacity") == ".5"


def test_a_pen_cannot_have_a_picture() -> None:
    assert names(root(drawn(pen(STAR, 2), gradient(GradientKind.ANGULAR)))) == ["image"]


def test_an_inside_stroke_is_clipped() -> None:
    whole = root(drawn(pen(STAR, 2), cut=Cut(STAR, inside=True)))
    (path,) = shown(whole)
    assert path.get("stroke") is not None
    assert [name(each) for each in referred(path, "clip-path", whole)] == ["path"]


def test_an_outside_stroke_is_masked() -> None:
    whole = root(drawn(pen(STAR, 2), solid(BLUE), cut=Cut(STAR, inside=False)))
    (path,) = shown(whole)
    white, black = referred(path, "mask", whole)
    assert (name(white), white.get("fill"), name(black), black.get("fill")) == ("rect", "#fff", "path", "#000")


def test_outside_of_a_box_needs_no_mask() -> None:
    whole = root(fill(box(10, 10, 80, 80), cut=Cut(rounded(box(20, 20), 4), inside=False)))
    (clip,) = referred(shown(whole)[0], "clip-path", whole)
    assert clip.get("clip-rule") == "evenodd"


def test_dashes_of_an_ellipse_begin_where_its_path_does() -> None:
    oval = rounded(box(10, 10, 60, 60), 30)
    assert names(root(drawn(pen(oval, 2)), drawn(pen(oval, 2, dashes=(4.0, 4.0))))) == ["circle", "path"]
