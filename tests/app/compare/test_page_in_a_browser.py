"""The report's views, in a real browser where there is one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from app.compare.page import Figure, Report, ReportedDocument, Shot, write
from tests.app.browser import chromium


def _png(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 120), colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    shots = (
        Shot("cpu", _png("red")),
        Shot("gpu", _png("blue")),
        Shot("reference", _png("green")),
        Shot("difference cpu – gpu", _png("white"), of=("cpu", "gpu")),
        Shot("difference reference – cpu", _png("black"), of=("reference", "cpu")),
    )
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(write(Report("Report", ("One.",), (ReportedDocument("doc", (Figure("SSIM", "1.0"),), shots),))))
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 900, "height": 700})
        said: list[str] = []
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.goto(path.as_uri())
        yield opened
    assert said == [], "its own policy or script is at odds with it"


def _shown(page: Page) -> list[str | None]:
    figures = page.locator("figure:visible").all()
    return [figure.get_attribute("data-name") for figure in figures]


def test_side_by_side_shows_every_picture_and_one_difference(page: Page) -> None:
    page.get_by_role("button", name="side by side").click()
    assert sorted(map(str, _shown(page))) == ["cpu", "difference cpu – gpu", "gpu", "reference"]


def test_the_slider_moves_by_key_and_by_pointer(page: Page) -> None:
    page.get_by_role("button", name="slider").click()
    over = page.locator(".over")
    page.locator(".stage").focus()
    page.keyboard.press("ArrowLeft")
    assert over.evaluate("e => e.style.getPropertyValue('--at')") == "48%"
    box = page.locator(".handle").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 60)
    page.mouse.up()
    assert over.evaluate("e => parseFloat(e.style.getPropertyValue('--at'))") == pytest.approx(25, abs=1)
    assert _shown(page) == ["cpu", "gpu"]


def test_flicker_takes_turns_and_another_pair_can_be_picked(page: Page) -> None:
    page.get_by_role("button", name="reference – cpu").click()
    page.get_by_role("button", name="flicker").click()
    label = page.locator(".handle")
    seen = {label.get_attribute("data-label")}
    page.wait_for_function("first => document.querySelector('.handle').dataset.label !== first", arg=next(iter(seen)))
    assert seen | {label.get_attribute("data-label")} == {"reference", "cpu"}


def test_the_difference_alone_and_zoomed_to_pixels(page: Page) -> None:
    page.get_by_role("button", name="cpu – gpu").click()
    page.get_by_role("button", name="difference").click()
    assert _shown(page) == ["difference cpu – gpu"]
    page.get_by_role("button", name="4×").click()
    box = page.locator("figure:visible img").bounding_box()
    assert box is not None
    assert box["width"] == 800
    page.get_by_role("button", name="4×").click()
