from __future__ import annotations

import base64
import hashlib
import re

from app.compare.page import Figure, Report, ReportedDocument, Shot, write

EVIL = "<script>alert(1)</script>'\"&"


def _page(*entries: ReportedDocument, skipped: tuple[str, ...] = ()) -> str:
    return write(Report("Title", ("Summary.",), entries, skipped))


def _entry(title: str = "doc") -> ReportedDocument:
    shots = (Shot("cpu", b"one"), Shot("gpu", b"two"), Shot("difference", b"three", of=("cpu", "gpu")))
    return ReportedDocument(title, (Figure("SSIM", "0.99", "good"),), shots, ("A note.",))


def test_nothing_comes_from_elsewhere() -> None:
    page = _page(_entry())
    sources = re.findall(r"(?:src|href)=['\"]?([^'\" >]+)", page)
    assert sources
    assert all(source.startswith(("data:", "#")) for source in sources)
    assert "http:" not in page
    assert "https:" not in page
    assert "@import" not in page


def test_every_picture_is_in_it_once() -> None:
    page = _page(_entry())
    for body in (b"one", b"two", b"three"):
        assert page.count(base64.b64encode(body).decode()) == 1


def test_its_policy_lets_through_its_own_style_and_script_alone() -> None:
    page = _page(_entry())
    policy = re.search(r"Content-Security-Policy content=\"([^\"]+)\"", page)
    assert policy is not None
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]


def test_what_a_document_is_called_cannot_write_into_the_page() -> None:
    entry = ReportedDocument(EVIL, (Figure(EVIL, EVIL),), (Shot(EVIL, b"x", of=(EVIL, EVIL)),), (EVIL,))
    page = _page(entry, skipped=(EVIL,))
    assert page.count("<script>") == 1
    assert "alert(1)</script>" not in page
    assert not re.search(r"data-(?:name|of)='[^']*<", page)


def test_what_is_not_in_it_is_said() -> None:
    assert "other: no reference" in _page(_entry(), skipped=("other: no reference",))
    assert "Nothing could be compared" in _page()
