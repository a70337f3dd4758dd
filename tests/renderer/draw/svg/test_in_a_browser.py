"""The same as in :mod:`test_rendered_back`, in a real Chromium; and text that is text."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from renderer.geometry import Colour
from renderer.pixels import Pixels
from tests.app.browser import chromium
from tests.renderer.draw.drawing import WHITE, draw
from tests.renderer.draw.svg.document import read as parsed
from tests.renderer.draw.svg.document import svg, written
from tests.renderer.draw.svg.likeness import LEAST, similarity
from tests.renderer.draw.svg.lists import LISTS
from tests.renderer.draw.svg.scenes import ZOOM, documents, draw_scene, read
from tests.renderer.draw.svg.words import text
from tests.renderer.lower.drawing import FONTS

_SELECTED: Final = """() => {
    const range = document.createRange(), selection = getSelection();
    range.selectNodeContents(document.querySelector('svg'));
    selection.removeAllRanges();
    selection.addRange(range);
    return selection.toString();
}"""
_PLACES: Final = """() => {
    const text = document.querySelector('text');
    return Array.from({length: text.getNumberOfChars()}, (_, at) => text.getStartPositionOfChar(at).x);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as it:
        yield it


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(device_scale_factor=ZOOM)
    yield page
    page.close()


def drawn(content: str, page: Page) -> Pixels:
    whole = parsed(content)
    width, height = int(whole.attrib["width"]), int(whole.attrib["height"])
    page.set_viewport_size({"width": width, "height": height})
    address = f"data:image/svg+xml;base64,{base64.b64encode(content.encode()).decode()}"
    page.set_content(f'<body style="margin:0"><img style="display:block" src="{address}">')
    page.evaluate("document.querySelector('img').decode()")
    return read(page.screenshot(omit_background=True))


@pytest.mark.parametrize("background", [None, WHITE], ids=["clear", "white"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_looks_as_it_does_here(name: str, background: Colour | None, page: Page) -> None:
    ours = draw(*LISTS[name], background=background, scale=ZOOM)
    assert similarity(ours, drawn(svg(*LISTS[name], background=background), page)) >= LEAST


@pytest.mark.parametrize("name", documents())
def test_a_scene_looks_as_it_does_here(name: str, page: Page) -> None:
    scene = draw_scene(name)
    assert similarity(scene.picture, drawn(scene.svg, page)) >= LEAST


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "characters",
    [
        "Hello, world",
        "Hello שלום, עולם! ab",
        "مرحبا بالعالم 123 (جيد)",
        "a  b\nsecond line",
        "नमस्ते 😀x👩‍👩‍👧 é",
        "<b>&amp;",
    ],
)
def test_text_is_selected_as_it_was_written(characters: str, page: Page) -> None:
    page.set_content(written(text(characters, width=1000), outline_text=False))
    assert page.evaluate(_SELECTED) == characters.replace("\n", " ")


def test_every_character_is_where_it_was_laid_out(page: Page) -> None:
    content = written(text("Hello, wide world", width=1000), outline_text=False)
    wanted = [float(x) for span in parsed(content).iter() if "x" in span.attrib for x in span.attrib["x"].split()]
    page.set_content(content)
    assert page.evaluate(_PLACES) == pytest.approx(wanted, abs=0.01)


def test_live_text_looks_like_its_outlines_in_the_same_font(page: Page) -> None:
    font = base64.b64encode((FONTS / "inter" / "Inter-roman.var.ttf").read_bytes()).decode()
    face = f"@font-face {{ font-family: Inter; font-weight: 100 900; src: url(data:font/ttf;base64,{font}) }}"
    listed = text("Hello\nworld", size=24)
    outlined, live = (_inline(written(listed, outline_text=outline), face, page) for outline in (True, False))
    assert similarity(outlined, live) >= 0.95


def _inline(content: str, style: str, page: Page) -> Pixels:
    page.set_viewport_size({"width": 100, "height": 100})
    page.set_content(f"<style>{style} body {{ margin: 0 }} svg {{ display: block }}</style>{content}")
    page.evaluate("document.fonts.ready")
    return read(page.screenshot())
