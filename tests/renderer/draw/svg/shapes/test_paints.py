from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from renderer.displaylist import ColourAdjustment, GradientPaint, ImagePaint
from renderer.geometry import Colour, Matrix
from renderer.scene import BlendMode, GradientKind, GradientStop
from tests.renderer.draw.drawing import BLUE, GREEN, RED, box, circle, fill, polygon, solid
from tests.renderer.draw.svg.document import HREF, SVG, by_id, name, names, only, referred, root, shown, svg
from tests.renderer.draw.svg.lists import STAR, TURNED, gradient, image

LINEAR, RADIAL = GradientKind.LINEAR, GradientKind.RADIAL


def test_opacity_is_said_where_there_is_less_than_all() -> None:
    faint, whole = shown(root(fill(box(), solid(RED, 0.25)), fill(box(), solid(RED))))
    assert (faint.get("fill-opacity"), whole.get("fill-opacity")) == (".25", None)


def test_what_is_clear_or_covered_is_left_out() -> None:
    (rect,) = shown(root(fill(box(), solid(RED), solid(BLUE), solid(GREEN, 0.0))))
    assert rect.get("fill") == "#00f"


def test_even_colours_that_lie_on_one_another_are_one() -> None:
    (rect,) = shown(root(fill(box(), solid(RED, 0.5), solid(BLUE, 0.5))))
    assert (rect.get("fill"), rect.get("fill-opacity")) == ("#50a", ".75")


def test_colours_that_blend_are_painted_one_by_one() -> None:
    paints = solid(RED), solid(BLUE, 1.0, BlendMode.MULTIPLY)
    first, second = shown(root(fill(box(), *paints)))
    assert (first.get("style"), second.get("style")) == (None, "mix-blend-mode:multiply")


def test_a_long_path_with_several_paints_is_said_once() -> None:
    long = fill(polygon(*[(x, (x * 37) % 100) for x in range(60)]), solid(RED), gradient(LINEAR))
    text = svg(long)
    whole = root(long)
    assert names(whole) == ["use", "use"]
    assert text.count(" d=") == 1
    assert name(by_id(whole, shown(whole)[0].attrib[HREF][1:])) == "path"


# --- gradients --------------------------------------------------------------------------------------------------------


def test_a_linear_gradient_needs_no_transform_however_it_is_skewed() -> None:
    whole = root(fill(box(10, 10), gradient(LINEAR, Matrix(60, 0, 40, 50, 10, 20)), matrix=Matrix.translation(5, 0)))
    server = only(whole, "linearGradient")
    assert server.attrib.keys() == {"id", "x1", "y1", "x2", "y2", "gradientUnits"}
    x1, y1, x2, y2 = (float(server.attrib[key]) for key in ("x1", "y1", "x2", "y2"))
    across, down = x2 - x1, y2 - y1
    assert (x1, y1) == (15, 20)
    assert across * 60 == pytest.approx(across**2 + down**2)  # the end of the ramp lies at its place on it
    assert across * 40 + down * 50 == pytest.approx(0, abs=1e-3)  # and no colour changes along the second vector


def test_stops() -> None:
    stops = GradientStop(0.0, RED), GradientStop(1 / 3, Colour(0, 0, 0, 0.5)), GradientStop(1.0, BLUE)
    whole = root(fill(box(), GradientPaint(LINEAR, Matrix.scaling(40, 40), stops, 0.5)))
    (rect,) = shown(whole)
    server = referred(rect, "fill", whole)
    assert rect.get("fill-opacity") == ".5"
    assert [stop.attrib for stop in server] == [
        {"offset": "0", "stop-color": "#f00"},
        {"offset": ".33333", "stop-color": "#000", "stop-opacity": ".5"},
        {"offset": "1", "stop-color": "#00f"},
    ]


@pytest.mark.parametrize("matrix", [Matrix(30, 40, -40, 30, 50, 50), Matrix(30, 40, 40, -30, 50, 50)])
def test_a_round_radial_gradient_has_a_radius(matrix: Matrix) -> None:
    server = only(root(fill(box(), gradient(RADIAL, matrix))), "radialGradient")
    assert (server.get("cx"), server.get("cy"), server.get("r")) == ("50", "50", "50")


def test_an_oval_radial_gradient_has_a_transform() -> None:
    server = only(root(fill(box(), gradient(RADIAL, Matrix(30, 0, 0, 20, 50, 50)))), "radialGradient")
    assert server.get("gradientTransform") == "matrix(30 0 0 20 50 50)"


def test_equal_gradients_are_defined_once() -> None:
    whole = root(fill(box(), gradient(LINEAR)), fill(box(20, 20), gradient(LINEAR)))
    assert len(list(whole.iter(f"{SVG}linearGradient"))) == 1
    assert len({each.get("fill") for each in shown(whole)}) == 1


@pytest.mark.parametrize("kind", [GradientKind.ANGULAR, GradientKind.DIAMOND])
def test_a_gradient_that_svg_has_not_is_a_picture_in_the_shape(kind: GradientKind) -> None:
    whole = root(fill(circle(10, 10, 40), gradient(kind, opacity=0.5)))
    (picture,) = shown(whole)
    assert (name(picture), picture.get("opacity")) == ("image", ".5")
    assert [name(each) for each in referred(picture, "clip-path", whole)] == ["circle"]
    pixels = _pixels(picture.attrib[HREF])
    assert pixels.size == (2 * int(picture.attrib["width"]), 2 * int(picture.attrib["height"]))
    assert {float(picture.attrib[key]) for key in ("x", "y")} <= {8.0, 9.0, 10.0}


# --- images -----------------------------------------------------------------------------------------------------------


def test_an_image_is_embedded_once() -> None:
    paint = ImagePaint(image(), Matrix.scaling(2, 2))
    whole = root(fill(box(), paint), fill(box(50, 50), paint))
    assert len(list(whole.iter(f"{SVG}image"))) == 1
    assert names(whole) == ["g", "use"] * 2


def test_an_image_lies_in_its_place() -> None:
    whole = root(fill(box(5, 5, 20, 20), ImagePaint(image(), Matrix(2, 0, 0, 3, 1, 2)), matrix=TURNED))
    use = shown(whole)[-1]
    made = TURNED @ Matrix(2, 0, 0, 3, 1, 2)
    assert use.attrib["transform"].startswith(f"matrix({made.a:.6f}".rstrip("0").replace("(0.", "(."))


@pytest.mark.parametrize(
    ("opaque", "kind", "stored"), [(True, "PNG", "PNG"), (True, "JPEG", "JPEG"), (False, "WEBP", "PNG")]
)
def test_only_an_opaque_jpeg_is_stored_as_one(opaque: bool, kind: str, stored: str) -> None:
    paint = ImagePaint(image(opaque=opaque, kind=kind), Matrix.scaling(2, 2))
    embedded = _embedded(paint)
    assert (embedded.format, embedded.mode) == (stored, "RGB" if opaque else "RGBA")


def test_colours_of_an_embedded_image_are_adjusted() -> None:
    inverted = ColourAdjustment((-1, 0, 0, 0, 1, 0, -1, 0, 0, 1, 0, 0, -1, 0, 1, 0, 0, 0, 1, 0))
    plain, changed = (_embedded(ImagePaint(image(), Matrix.scaling(2, 2), adjustment=how)) for how in (None, inverted))
    (first, other) = (each.convert("RGB").getpixel((20, 3)) for each in (plain, changed))
    assert [255 - value for value in first] == pytest.approx(list(other), abs=1)  # type: ignore[union-attr, arg-type]


def test_an_image_that_is_shown_small_is_embedded_small() -> None:
    small, large = (_embedded(ImagePaint(image(side=512), Matrix.scaling(size, size))) for size in (0.02, 0.2))
    assert (small.size, large.size) == ((128, 128), (512, 512))


def test_the_largest_use_of_an_image_decides() -> None:
    shared = image(side=512)
    uses = [fill(box(), ImagePaint(shared, Matrix.scaling(size, size))) for size in (0.01, 0.2, 0.05)]
    assert _pixels(only(root(*uses), "image").attrib[HREF]).size == (512, 512)


def test_tiles_are_a_pattern() -> None:
    whole = root(fill(STAR, ImagePaint(image(), Matrix.scaling(0.5, 0.5), repeats=True, opacity=0.5)))
    (path,) = shown(whole)
    pattern = referred(path, "fill", whole)
    assert path.get("fill-opacity") == ".5"
    assert (pattern.get("width"), pattern.get("patternTransform")) == ("24", "matrix(.5 0 0 .5 0 0)")


def _embedded(paint: ImagePaint) -> Image.Image:
    return _pixels(only(root(fill(box(), paint)), "image").attrib[HREF])


def _pixels(address: str) -> Image.Image:
    head, _, content = address.partition(",")
    assert head in ("data:image/png;base64", "data:image/jpeg;base64")
    return Image.open(io.BytesIO(base64.b64decode(content, validate=True)))
