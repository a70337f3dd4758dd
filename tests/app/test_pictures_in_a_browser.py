"""A picture opened as a document of its own, in a real Chromium, under the headers that it is answered with."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, Route

from app import headers
from renderer.formats import ImageFormat
from tests.app.browser import chromium
from tests.app.documents import png

ADDRESS = "http://renderserver.invalid/picture"
XHTML = "http://www.w3.org/1999/xhtml"
GREEN, BLUE, WHITE = (0, 128, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as it:
        yield it


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 120, "height": 40})
    yield page
    page.close()


def svg(content: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40">{content}</svg>'.encode()


def opened(page: Page, body: bytes, image_format: ImageFormat = ImageFormat.SVG) -> list[str]:
    """All that the browser asked anybody for, besides the picture itself."""
    asked: list[str] = []

    def answer(route: Route, request: Request) -> None:
        if request.url == ADDRESS:
            route.fulfill(body=body, content_type=image_format.media_type, headers=headers.security(image_format))
        else:
            asked.append(request.url)
            route.abort()

    page.route("**/*", answer)
    page.goto(ADDRESS)
    page.wait_for_timeout(300)
    return asked


def colours(page: Page) -> list[object]:
    """In the middle of each third."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return [image.getpixel((x, 20)) for x in (20, 60, 100)]


def test_an_svg_is_seen_with_its_style_and_the_images_in_it(page: Page) -> None:
    image = base64.b64encode(png()).decode()
    content = (
        '<style>.green { fill: #008000 }</style><rect class="green" width="40" height="40"/>'
        '<rect x="40" width="40" height="40" style="fill: #0000ff"/><rect x="80" width="40" height="40"/>'
        f'<image x="80" width="40" height="40" href="data:image/png;base64,{image}"/>'
    )
    assert opened(page, svg(content)) == []
    assert colours(page) == [GREEN, BLUE, WHITE]


@pytest.mark.parametrize(
    "content",
    [
        "<script>document.documentElement.dataset.ran = 1; fetch('/ran')</script>",
        "<rect width='9' height='9' onclick='fetch(1)'><animate attributeName='x' onbegin='fetch(\"/ran\")'/></rect>",
        "<image width='9' height='9' href='/outside.png' onerror='fetch(\"/ran\")'/>",
        "<image width='9' height='9' href='http://elsewhere.invalid/outside.png'/>",
        "<style>@import url(/a.css); .a { fill: url(/a.svg#a) }</style><rect class='a' width='9' height='9'/>",
        "<style>@font-face { font-family: a; src: url(/outside.woff2) }</style><text style='font-family: a'>a</text>",
        "<use href='/outside.svg#a'/>",
        f"<foreignObject width='9' height='9'><iframe xmlns='{XHTML}' src='/frame'/></foreignObject>",
        f"<foreignObject width='9' height='9'><img xmlns='{XHTML}' src='/outside.png'/></foreignObject>",
    ],
    ids=["script", "event", "error", "elsewhere", "stylesheet", "font", "use", "frame", "foreign-image"],
)
def test_whatever_a_worker_wrote_nothing_of_it_runs_or_asks_for_more(page: Page, content: str) -> None:
    asked = opened(page, svg(f"<rect width='120' height='40' fill='#008000'/>{content}"))
    assert asked == []
    assert page.evaluate("[document.documentElement.dataset.ran ?? null, self.origin]") == [None, "null"]
    assert colours(page)[2] == GREEN


def test_the_headers_are_what_holds_it(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them the same picture does run, so that the tests above would notice."""
    monkeypatch.setattr(headers, "security", lambda _image_format: {})
    asked = opened(page, svg("<script>fetch('/ran')</script><image width='9' height='9' href='/outside.png'/>"))
    assert {address.rpartition("/")[2] for address in asked} >= {"ran", "outside.png"}


def test_a_picture_of_pixels_is_still_seen(page: Page) -> None:
    assert opened(page, png(), ImageFormat.PNG) == []
    assert page.evaluate("document.images[0].naturalWidth") == 4
