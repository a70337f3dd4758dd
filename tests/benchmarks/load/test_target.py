"""Loopback unless a host is named twice."""

from __future__ import annotations

import pytest

from benchmarks.load.target import Target, TargetError, check_url


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://127.9.9.9", "https://127.9.9.9"),
    ],
)
def test_this_machine_may_be_loaded(url: str, clean: str) -> None:
    assert check_url(url) == clean


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com:8000",
        "http://192.168.0.1",
        "http://0.0.0.0:8000",
        "http://[::ffff:8.8.8.8]:80",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://2130706433:8000",
    ],
)
def test_no_other_machine_may(url: str) -> None:
    with pytest.raises(TargetError, match="--allow-remote"):
        check_url(url)


def test_the_one_that_is_named_may_and_no_other() -> None:
    assert check_url("http://render.internal:8000", allow_remote="render.internal") == "http://render.internal:8000"
    assert check_url("http://RENDER.internal", allow_remote="Render.Internal") == "http://render.internal"
    with pytest.raises(TargetError, match="other"):
        check_url("http://other.internal", allow_remote="render.internal")


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8000",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:port",
        "http://127.0.0.1:99999",
        "http://user:secret@127.0.0.1",
        "http://127.0.0.1/v1/render",
        "http://127.0.0.1?path=cpu",
        "http://127.0.0.1@example.com",
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(TargetError):
        check_url(url, allow_remote="example.com" if "@example" in url else None)


def test_the_call_is_the_renders() -> None:
    assert Target("a", "http://127.0.0.1:1", "path=gpu").render_url == "http://127.0.0.1:1/v1/render?path=gpu"
