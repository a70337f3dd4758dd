from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from renderer.displaylist import DisplayList, Pop, Span
from renderer.draw.svg import write_svg
from renderer.geometry import Colour, Matrix, PathData, Rect
from renderer.options import SvgOptions
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import WHITE, box, fill, listed
from tests.renderer.draw.svg.document import HREF, SVG, ids, name, read, references, root, shown, svg, written
from tests.renderer.draw.svg.lists import LISTS, group
from tests.renderer.draw.svg.words import text

ROOT = Path(__file__).parents[4]
# What a picture is made of. Anything else would need a reason, and a look at what it can do to who opens it.
ELEMENTS = {
    *("svg", "title", "defs", "g", "use", "rect", "circle", "ellipse", "path", "image", "text", "tspan"),
    *("clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop", "filter"),
    *("feGaussianBlur", "feOffset", "feColorMatrix", "feComposite", "feMerge", "feMergeNode"),
}
_NUMBER = re.compile(r"^[-\d. ]+$")
_BAD_NUMBER = re.compile(r"[eE]|nan|inf|-\.?$|\.$|(^|[^\d])0\d")


def test_the_root_is_as_large_as_the_picture() -> None:
    whole = root(fill(box()), bounds=Rect(10, 20, 50, 30), scale=2.0)
    assert (whole.get("width"), whole.get("height"), whole.get("viewBox")) == ("100", "60", "0 0 50 30")
    assert whole.get("fill") == "none"


def test_a_fraction_of_a_pixel_is_in_the_view() -> None:
    listed = DisplayList(Rect(0, 0, 33.4, 10), 0.3, None, ())
    made = write_svg(listed, width=11, height=3, scale=0.3, options=SvgOptions(), warnings=Warnings(1))
    assert read(made.decode()).get("viewBox") == "0 0 36.666667 10"


def test_the_background_is_a_rectangle_behind_all() -> None:
    first, second = shown(root(fill(box()), background=Colour(0.2, 0.4, 0.6, 0.5)))
    assert first.attrib == {"width": "100%", "height": "100%", "fill": "#369", "fill-opacity": ".5"}
    assert second.get("fill") == "#f00"


def test_a_title_is_text() -> None:
    whole = root(title="a < b & \x07c")
    assert [(name(child), child.text) for child in whole] == [("title", "a < b & \ufffdc")]


@pytest.mark.parametrize("background", [None, WHITE], ids=["clear", "white"])
@pytest.mark.parametrize("name_", LISTS)
@pytest.mark.parametrize("named", [False, True])
def test_what_is_written_is_whole_and_safe(name_: str, named: bool, background: Colour | None) -> None:
    spans = tuple(Span(f"1:{at}", "layer", at, at + 1) for at in range(len(LISTS[name_])))
    whole = replace(listed(*LISTS[name_], spans=spans), background=background)
    _check(written(whole, include_id=named, include_node_id=named, simplify_stroke=not named))


def test_text_is_whole_and_safe() -> None:
    words = text("Hello 😀 שלום\n<script>", width=400)
    for outline_text in (True, False):
        _check(written(words, outline_text=outline_text))


def _check(content: str) -> None:
    whole = read(content)
    assert {name(element) for element in whole.iter()} <= ELEMENTS
    assert all(element.tag.startswith(SVG) for element in whole.iter())
    assert len(ids(whole)) == len(set(ids(whole)))
    assert set(references(whole)) <= set(ids(whole))
    for element in whole.iter():
        for key, value in element.attrib.items():
            _check_attribute(key, value)


def _check_attribute(key: str, value: str) -> None:
    assert not key.lower().startswith("on")
    if key == HREF:
        assert value.startswith(("#", "data:image/png;base64,", "data:image/jpeg;base64,"))
    elif _NUMBER.match(value):
        assert not any(_BAD_NUMBER.search(number) for number in value.split()), (key, value)
    elif key == "d":
        assert not re.search(r"nan|inf|e", value)
    else:
        assert "http" not in value
        assert "url(" not in value.replace("url(#", "")


def test_numbers_that_are_none_break_nothing() -> None:
    odd = Rect(float("nan"), 5, float("inf"), 5), PathData(b"\x00\x01", b"\x00\x00\xc0\x7f" * 4)
    _check(svg(*[fill(area) for area in odd], fill(box(), matrix=Matrix(float("nan"), 0, 0, 1, 0, 0))))


def test_groups_in_groups_are_written_without_recursion() -> None:
    deep = 5000
    content = svg(*[group(0.5)] * deep, fill(box()), *[Pop()] * deep)
    assert content.count("<g ") == content.count("</g>") == deep


@pytest.mark.parametrize("more", [{}, {"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"}])
def test_the_same_picture_is_the_same_bytes_elsewhere(more: dict[str, str]) -> None:
    assert _digest({"PYTHONHASHSEED": "0"}) == _digest({"PYTHONHASHSEED": "1"} | more)


def _digest(environment: dict[str, str]) -> str:
    """Of everything, in a process of its own."""
    program = (
        "import hashlib; from tests.renderer.draw.svg.test_write import everything;"
        "print(hashlib.sha256(everything()).hexdigest())"
    )
    command = [sys.executable, "-c", program]
    made = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=True)
    assert len(made.stdout) == 65
    return made.stdout


def everything() -> bytes:
    """All lists and a text, as SVG."""
    words = text("Hello 😀 שלום")
    pictures = [svg(*commands, background=WHITE) for commands in LISTS.values()]
    return "\n".join([*pictures, written(words), written(words, outline_text=False)]).encode()
