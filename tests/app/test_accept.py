from __future__ import annotations

import pytest

from app.accept import chosen
from app.problems import ProblemError
from renderer.formats import ImageFormat

OFFERS = [each.media_type for each in ImageFormat]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
IMAGE_ELEMENT = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "image/png"),
        (" , ", "image/png"),
        ("*/*", "image/png"),
        ("image/*", "image/png"),
        ("image/svg+xml", "image/svg+xml"),
        ("application/pdf", "application/pdf"),
        ("application/*", "application/pdf"),
        ("IMAGE/WebP", "image/webp"),
        ("image/svg+xml;charset=utf-8", "image/svg+xml"),
        # the highest weight, and of equals the first in our order
        ("image/webp;q=0.5, image/avif;q=0.9", "image/avif"),
        ("image/svg+xml, application/pdf, image/jpeg", "image/jpeg"),
        ("image/svg+xml ; q=0.9 , application/pdf;q=0.900", "application/pdf"),
        ("image/png;q=0.001, application/pdf;q=0.002", "application/pdf"),
        (BROWSER, "image/webp"),
        (IMAGE_ELEMENT, "image/png"),
        # the most specific range says it
        ("image/png;q=0.1, image/*;q=0.5, */*;q=0.3", "image/jpeg"),
        ("image/*;q=0, */*", "application/pdf"),
        ("image/png;q=0, image/*", "image/jpeg"),
        ("text/html, application/json, */*;q=0.1", "image/png"),
        # what is no weight is none
        ("image/png;q=1.5, image/webp;q=0.1", "image/webp"),
        ("image/png;q=nan, image/webp;q=0.1", "image/webp"),
        ("image/png;q=, image/webp;q=0.1", "image/webp"),
    ],
)
def test_the_best_of_what_a_client_accepts(accept: str, media_type: str) -> None:
    assert chosen([accept], OFFERS) == media_type


def test_without_the_header_anything_will_do() -> None:
    assert chosen([], OFFERS) == OFFERS[0]


def test_several_lines_are_one_list() -> None:
    assert chosen(["text/html", "image/webp;q=0.2", "image/avif;q=0.3"], OFFERS) == "image/avif"


@pytest.mark.parametrize("accept", ["text/html", "*/*;q=0", "image/bmp, image/png;q=0.0000", "png", "*", "image/"])
def test_when_nothing_is_accepted_what_there_is_is_named(accept: str) -> None:
    with pytest.raises(ProblemError) as refused:
        chosen([accept], OFFERS)
    assert (refused.value.code, refused.value.kind.status) == ("not-acceptable", 406)
    assert all(offer in refused.value.detail for offer in OFFERS)
    assert refused.value.headers == {"Vary": "Accept"}


def test_a_header_of_many_ranges_is_read_once() -> None:
    assert chosen([",".join(f"text/x-{number}" for number in range(5000)), "image/svg+xml"], OFFERS) == "image/svg+xml"
