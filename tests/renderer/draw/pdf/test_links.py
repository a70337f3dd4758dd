from __future__ import annotations

import pytest

from renderer.displaylist import Link
from renderer.geometry import Rect
from tests.renderer.draw.drawing import fill
from tests.renderer.draw.pdf.files import having, opened, write

HERE = Rect(10, 20, 30, 40)


def _links(*links: Link, **more: float) -> list[tuple[str, tuple[float, ...]]]:
    found = opened(write(fill(HERE), links=links, **more))[0].get_links()  # type: ignore[arg-type]
    return [(link["uri"], tuple(link["from"])) for link in found]


def test_a_link_is_where_it_is_seen_and_leads_where_it_says() -> None:
    assert _links(Link(HERE, "https://example.org/a?b=c#d"), scale=2.0) == [
        ("https://example.org/a?b=c#d", (20, 40, 80, 120))
    ]


def test_a_link_shows_no_border() -> None:
    assert having(write(links=(Link(HERE, "mailto:a@example.org"),)), "/Border[0 0 0]", "/S/URI")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a", "//a", "", "https:" + "x" * 9999]
)
def test_other_addresses_lead_nowhere(url: str) -> None:
    assert _links(Link(HERE, url)) == []


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://example.org/(a)\\b", "https://example.org/(a)%5Cb"),
        ("https://example.org/ä b", "https://example.org/%C3%A4%20b"),
        ("https://example.org/)>>endobj", "https://example.org/)%3E%3Eendobj"),
        ("HTTPS://example.org/\n\x00", "HTTPS://example.org/%0A%00"),
        ("https://example.org/100%25", "https://example.org/100%25"),
        ("https://example.org/\ud800", "https://example.org/?"),
    ],
)
def test_an_address_leaves_the_file_whole(url: str, written: str) -> None:
    assert [found for found, _ in _links(Link(HERE, url))] == [written]


def test_a_link_is_cut_at_the_edge_of_the_page_and_gone_beyond_it() -> None:
    away = Link(Rect(200, 200, 9, 9), "https://example.org/")
    assert _links(Link(Rect(90, 90, 50, 50), "https://example.org/"), away) == [
        ("https://example.org/", (90, 90, 100, 100))
    ]
