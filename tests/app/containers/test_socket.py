"""Several pictures over a real socket: a server process, real workers, and clients that leave."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.app.containers.reading import content_of, parts_of
from tests.app.documents import document, frame, node, size_of_png
from tests.app.fakes import JSON
from tests.app.test_server import Running, running

COUNT = 200
QUERY = "path=cpu&" + "&".join(f"node=2:{number}" for number in range(COUNT))


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--paths", "cpu", "--workers", "1") as it:
        yield it


def slow_document() -> bytes:
    """Takes some seconds to draw, node by node: wide blurs."""
    blur = [{"type": "LAYER_BLUR", "radius": 60, "visible": True}]
    nodes = [node(id=f"2:{number}", box=(0, 0, 900, 900), effects=blur) for number in range(COUNT)]
    return document(frame(*nodes, width=1000, height=1000))


@contextlib.contextmanager
def streaming(server: Running, query: str = QUERY) -> Iterator[httpx.Response]:
    address = f"{server.url}/v1/render?{query}"
    with httpx.stream("POST", address, content=slow_document(), headers=JSON, timeout=60) as response:
        assert response.status_code == 200
        yield response


def state_of(server: Running) -> tuple[int, int]:
    said = httpx.get(f"{server.url}/readyz").json()
    return said["running"], said["waiting"]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def first_part(pieces: Iterator[bytes]) -> bytes:
    body = b""
    while b"IEND" not in body:
        body += next(pieces)
    return body


def test_pictures_come_one_by_one(server: Running) -> None:
    with streaming(server, "path=cpu&node=2:1&node=2:2&node=2:3") as response:
        pieces = response.iter_raw()
        body = first_part(pieces)
        assert state_of(server) == (1, 0)  # it still draws
        body += b"".join(pieces)
    parts = parts_of(response.headers["content-type"], body)
    assert [size_of_png(content_of(part))[0] > 900 for part in parts] == [True, True, True]


def test_a_client_that_hangs_up_ends_its_order_and_leaves_nothing(server: Running) -> None:
    def descriptors() -> int:
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))

    server.post()
    before = descriptors()
    with streaming(server) as response:
        pieces = response.iter_raw()
        first_part(pieces)
        assert state_of(server) == (1, 0)
    wait_for(lambda: state_of(server) == (0, 0))
    assert server.post().status_code == 200
    wait_for(lambda: descriptors() <= before)
    lines = [line for line in server.lines if line["event"] == "render" and line["verdict"] == "request-aborted"]
    assert len(lines) == 1
    assert isinstance(lines[0]["outputs"], int)
    assert lines[0]["outputs"] < COUNT
    assert not [line for line in server.lines if line["level"] == "error"]
