"""What is logged and counted of a request for several pictures."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from sandbox.client.forkserver import ForkServerGoneError
from sandbox.job import Verdict
from tests.app.fakes import House, completed, house, picture_of, refusal, report

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _every_line_is_logged() -> None:
    """Whatever a command in this process has silenced before."""
    structlog.reset_defaults()


THREE = "?node=1:2&node=1:3&node=1:4"


def only_the_first_is_there(number: int, asked: dict[str, Any]) -> tuple[bytes, bytes]:
    if number:
        return refusal("node-not-found"), b""
    return report(node=asked["node"], warnings=[{"code": "w", "detail": ""}], warnings_dropped=2), b"12345"


async def samples(it: House, name: str) -> dict[str, float]:
    """By labels, those of the counter or of a histogram's count."""
    text = (await it.client.get("/metrics")).text
    lines = (line.rpartition(" ") for line in text.splitlines() if line.startswith(f"renderserver_{name}{{"))
    return {labels.partition("{")[2].rstrip("}"): float(value) for labels, _, value in lines}


async def test_one_line_for_all_and_a_count_for_each() -> None:
    async with house() as it:
        it.cpu.make = only_the_first_is_there
        with capture_logs() as logs:
            await it.post(b"{} ", query=THREE)
        (line,) = [each for each in logs if each["event"] == "render"]
        counts = await samples(it, "renders_total")
        timed = await samples(it, "render_seconds_count")
    expected = {
        "verdict": "ok",
        "path": "cpu",
        "outputs": 3,
        "failed": 2,
        "failures": {"node-not-found": 2},
        "format": "png",
        "bytes": 5,
        "warnings": 3,
        "body_bytes": 3,
        "log_level": "warning",
    }
    assert {name: line[name] for name in expected} == expected
    assert counts == {'path="cpu",verdict="ok"': 1, 'path="cpu",verdict="node-not-found"': 2}
    assert timed == {'path="cpu"': 3}


async def test_where_nothing_fails_nothing_is_said_of_it() -> None:
    async with house() as it:
        it.cpu.make = picture_of
        with capture_logs() as logs:
            await it.post(query=THREE)
    (line,) = [each for each in logs if each["event"] == "render"]
    assert (line["log_level"], line["outputs"], line["failed"]) == ("info", 3, 0)
    assert "failures" not in line
    assert "detail" not in line


async def test_a_request_that_fails_as_a_whole_is_one() -> None:
    async with house() as it:
        it.cpu.outcome = ForkServerGoneError("gone")
        with capture_logs() as logs:
            await it.post(query=THREE)
        counts = await samples(it, "renders_total")
    (line,) = [each for each in logs if each["event"] == "render"]
    assert (line["verdict"], "outputs" in line) == ("fork-server-gone", False)
    assert counts == {'path="cpu",verdict="fork-server-gone"': 1}


async def test_the_one_picture_of_a_container_that_fails_is_counted_once() -> None:
    async with house() as it:
        it.cpu.count, it.cpu.make = 1, lambda number, asked: (refusal("exports-none"), b"")
        await it.post(query="?export=true")
        counts = await samples(it, "renders_total")
        timed = await samples(it, "render_seconds_count")
    assert sum(counts.values()) == 1
    assert timed == {'path="cpu"': 1}


async def test_each_worker_that_the_filter_kills_is_counted() -> None:
    """It takes one output with it, and the next worker the next one."""
    async with house() as it:
        it.cpu.count = 3
        it.cpu.outcome = completed(verdict=Verdict.KILLED, signal="SIGSYS", syscall="socket", stage="draw")
        it.cpu.make = picture_of
        it.cpu.stops_before = 2
        with capture_logs() as logs:
            await it.post(query=THREE)
        violations = await samples(it, "violations_total")
        counts = await samples(it, "renders_total")
    (line,) = [each for each in logs if each["event"] == "render"]
    assert violations == {'syscall="socket"': 1}
    assert counts == {'path="cpu",verdict="ok"': 2, 'path="cpu",verdict="worker-killed"': 1}
    assert (line["signal"], line["syscall"]) == ("SIGSYS", "socket")
