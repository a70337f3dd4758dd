from __future__ import annotations

from renderer.displaylist import Band
from renderer.geometry import Matrix, PathData, Rect
from renderer.geometry.corners import fitting
from tests.renderer.draw.drawing import box, circle, fill, polygon, rounded
from tests.renderer.draw.svg.document import name, names, only, root, shown
from tests.renderer.draw.svg.lists import STAR, TURNED


def test_a_rectangle() -> None:
    (rect,) = shown(root(fill(box(10.5, 20, 30, 40))))
    assert rect.attrib == {"x": "10.5", "y": "20", "width": "30", "height": "40", "fill": "#f00"}


def test_coordinates_begin_at_the_top_left_of_what_is_shown() -> None:
    (rect,) = shown(root(fill(box(110, 220), matrix=Matrix.translation(5, 5)), bounds=Rect(100, 200, 50, 60)))
    assert (rect.get("x"), rect.get("y")) == ("15", "25")


def test_edges_that_meet_still_do_once_they_are_rounded() -> None:
    left, right = shown(root(fill(box(0, 0, 10.33349, 5)), fill(box(10.33349, 0, 10.33349, 5))))
    assert left.get("width") == right.get("x") == "10.333"
    assert right.get("width") == "10.334"


def test_round_corners_of_one_radius() -> None:
    (rect,) = shown(root(fill(rounded(box(0, 0, 40, 20), 6))))
    assert (name(rect), rect.get("rx"), rect.get("ry")) == ("rect", "6", None)


def test_round_corners_of_several_radii_are_a_path() -> None:
    area = fitting(box(0, 0, 40, 20), (6.0, 6.0, 0.0, 0.0, 6.0, 6.0, 6.0, 6.0))
    assert names(root(fill(area))) == ["path"]


def test_circles_and_ellipses() -> None:
    round_, oval = shown(root(fill(circle(10, 10, 20)), fill(fitting(box(0, 0, 40, 20), (20.0, 10.0) * 4))))
    assert (name(round_), round_.get("cx"), round_.get("cy"), round_.get("r")) == ("circle", "20", "20", "10")
    assert (name(oval), oval.get("rx"), oval.get("ry")) == ("ellipse", "20", "10")


def test_a_band_has_a_hole() -> None:
    (path,) = shown(root(fill(Band(box(0, 0, 40, 40), box(5, 5, 30, 30)))))
    assert (path.get("fill-rule"), path.get("d")) == ("evenodd", "M0 0h40v40h-40zm5 5h30v30h-30z")


def test_a_band_without_a_hole_is_whole() -> None:
    (path,) = shown(root(fill(Band(box(0, 0, 40, 40), None))))
    assert path.get("d") == "M0 0h40v40h-40z"


def test_the_winding_rule_is_kept() -> None:
    one, other = shown(root(fill(STAR), fill(PathData(STAR.verbs, STAR.points, even_odd=True))))
    assert (one.get("fill-rule"), other.get("fill-rule")) == (None, "evenodd")


def test_what_is_turned_has_a_transform() -> None:
    (rect,) = shown(root(fill(box(0, 0, 10, 10), matrix=TURNED), bounds=Rect(10, 0, 50, 50)))
    assert rect.get("transform") == "matrix(.825336 .564642 -.564642 .825336 40 8)"
    assert rect.get("x") is None


def test_an_area_of_no_size_is_left_out() -> None:
    flat = polygon((0, 0), (10, 0))
    assert shown(root(fill(box(0, 0, 0, 10)), fill(flat), fill(PathData(b"", b"")))) == []


def test_a_picture_without_content_is_still_one() -> None:
    whole = root(title="nothing")
    assert [name(child) for child in whole] == ["title"]
    assert only(whole, "title").text == "nothing"
