from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest

from app.report import MAX_REPORT_BYTES
from renderer.formats import ImageFormat
from sandbox.client.forkserver import ForkServerGoneError
from sandbox.job import Outcome, Verdict
from tests.app.fakes import LAYERS, PICTURE, FakeServer, completed, house, problem, refusal, report

pytestmark = pytest.mark.anyio


async def ask(outcome: Outcome | Exception, status: int, code: str) -> dict[str, Any]:
    async with house() as it:
        it.cpu.outcome = outcome
        response = await it.post()
        said = problem(response, status, code)
        if isinstance(outcome, Outcome):
            assert response.headers["render-path"] == "cpu"
            assert set(said["timings"]) >= {"queue", "sandbox"}
        return said


def ended(verdict: Verdict, **changes: Any) -> Outcome:
    return completed(verdict=verdict, report=b"", output=b"", exit_status=None, stage="draw", **changes)


async def test_a_picture_with_everything_said_about_it() -> None:
    warnings = [{"code": "image-missing", "node": "1:2", "detail": 'no "x"'}, {"code": "mask-ignored", "detail": "é"}]
    async with house() as it:
        it.cpu.outcome = completed(report=report(warnings=warnings, warnings_dropped=3))
        response = await it.post(headers={"Content-Type": "application/json", "Request-Id": "mine-1"})
    assert response.content == PICTURE
    etag = hashlib.blake2b(PICTURE, digest_size=20).hexdigest()
    expected = {
        "content-type": "image/png",
        "etag": f'"{etag}"',
        "render-path": "cpu",
        "render-device": '"Fake";api="none";software=?1',
        "render-size": "10x20",
        "render-warnings": r'5, image-missing;node="1:2";detail="no \"x\"", mask-ignored;detail="?", more;count=3',
        "sandbox-layers": ", ".join(LAYERS),
        "x-content-type-options": "nosniff",
        "content-disposition": 'inline; filename="render.png"',
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "no-store",
        "vary": "Accept",
        "request-id": "mine-1",
    }
    assert {name: response.headers[name] for name in expected} == expected
    timing = dict(item.split(";dur=") for item in response.headers["server-timing"].split(", "))
    assert list(timing) == ["queue", "sandbox", "parse", "draw", "read", "encode"]
    assert float(timing["sandbox"]) == pytest.approx(8.0 - 6.5)


@pytest.mark.parametrize("image_format", ImageFormat)
async def test_a_picture_is_named_typed_and_shut_in_by_its_format(image_format: ImageFormat) -> None:
    content = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    async with house() as it:
        it.cpu.outcome = completed(report=report(media_type=image_format.media_type), output=content)
        response = await it.post(query=f"?format={image_format.value}")
    assert response.content == content  # passed on as it is, never looked into
    assert response.headers["content-type"] == image_format.media_type
    assert response.headers["content-disposition"] == f'inline; filename="render.{image_format.value}"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert response.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


async def test_an_svg_keeps_its_style_and_what_lies_in_it_and_gets_nothing_else() -> None:
    async with house() as it:
        it.cpu.outcome = completed(report=report(media_type="image/svg+xml"))
        response = await it.post(query="?format=svg")
    assert response.headers["content-security-policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    )


async def test_a_worker_that_makes_another_format_is_not_believed() -> None:
    async with house() as it:
        it.cpu.outcome = completed(report=report(media_type="image/svg+xml"))
        problem(await it.post(query="?format=pdf"), 502, "worker-answer-invalid")


async def test_a_request_id_that_is_not_sane_is_replaced() -> None:
    async with house() as it:
        response = await it.post(headers={"Content-Type": "application/json", "Request-Id": "a b\tc"})
    assert response.headers["request-id"] != "a b\tc"
    assert len(response.headers["request-id"]) == 32


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("document-invalid", "The document cannot be read"),
        ("document-not-json", "The document cannot be read"),
        ("node-not-found", "The document has no such node"),
        ("image-invalid", "An image cannot be decoded"),
        ("limit-exceeded", "The document breaks a limit"),
        ("limit-nodes", "The document breaks a limit"),
        ("option-invalid", "An option is not valid"),
        ("something-new", "The document cannot be rendered"),
        # Codes that are the front end's own to give: a worker that uses one does not get its status.
        ("worker-killed", "The document cannot be rendered"),
        ("sandbox-unavailable", "The document cannot be rendered"),
        ("overloaded", "The document cannot be rendered"),
    ],
)
async def test_a_refusal_by_the_renderer_is_always_422(code: str, title: str) -> None:
    said = await ask(completed(output=b"", report=refusal(code, "Why.", field="document.x", stage="parse")), 422, code)
    assert (said["title"], said["detail"], said["field"], said["stage"]) == (title, "Why.", "document.x", "parse")


async def test_a_bug_in_the_renderer_is_500_and_says_nothing_of_it() -> None:
    said = await ask(completed(output=b"", report=refusal("internal", "KeyError")), 500, "internal")
    assert "KeyError" not in said["detail"]


@pytest.mark.parametrize(
    ("verdict", "setting"),
    [
        (Verdict.LIMIT_WALL, "RENDERSERVER_WALL_S"),
        (Verdict.LIMIT_CPU, "RENDERSERVER_CPU_S"),
        (Verdict.LIMIT_MEMORY, "RENDERSERVER_MEMORY_BYTES"),
        (Verdict.LIMIT_OUTPUT, "RENDERSERVER_OUTPUT_BYTES"),
    ],
)
async def test_a_worker_stopped_by_a_limit_names_the_setting(verdict: Verdict, setting: str) -> None:
    said = await ask(ended(verdict, signal="SIGKILL"), 422, verdict.value)
    assert setting in said["detail"]
    assert said["stage"] == "draw"


async def test_a_renderer_out_of_memory_is_the_memory_limit() -> None:
    said = await ask(completed(output=b"", report=refusal("limit-memory", "")), 422, "limit-memory")
    assert "RENDERSERVER_MEMORY_BYTES" in said["detail"]


async def test_a_worker_killed_by_the_filter() -> None:
    said = await ask(ended(Verdict.KILLED, signal="SIGSYS", syscall="socket"), 502, "worker-killed")
    assert (said["signal"], said["syscall"], said["stage"]) == ("SIGSYS", "socket", "draw")
    assert "socket" in said["detail"]


async def test_a_worker_that_crashed() -> None:
    said = await ask(ended(Verdict.KILLED, signal="SIGSEGV"), 502, "worker-killed")
    assert said["signal"] == "SIGSEGV"
    assert "syscall" not in said


async def test_a_layer_that_was_not_in_force_names_the_layer_alone() -> None:
    outcome = ended(Verdict.REFUSED, refused_layer="landlock", detail="landlock: see /sys/kernel/security")
    said = await ask(outcome, 503, "sandbox-unavailable")
    assert said["layer"] == "landlock"


async def test_a_fork_server_that_dies_is_one_problem() -> None:
    await ask(ForkServerGoneError("gone"), 503, "fork-server-gone")


@pytest.mark.parametrize(
    "outcome",
    [
        completed(report=b""),
        completed(report=b"{}"),
        completed(report=b"not json"),
        completed(report=b"[" * 100_000),
        completed(report=b" " * (MAX_REPORT_BYTES + 1)),
        completed(report=report(width="10")),
        completed(report=report(width=0)),
        completed(report=report(extra=1)),
        completed(report=report(timings_ms={"parse": -1})),
        completed(report=report(timings_ms={"<script>": 1})),
        completed(report=report(**{"<script>": 1})),
        completed(report=report(device={"name": "x", "software": "no", "api": ""})),
        completed(report=report(warnings=[{"code": "a b\r\nSet-Cookie: x", "detail": ""}])),
        completed(report=report(warnings=[{"code": "w", "detail": ""}] * 1001)),
        completed(report=report(media_type="text/html")),
        completed(report=report(), output=b""),
        completed(report=refusal("Not-Kebab")),
    ],
    ids=range(17),
)
async def test_a_report_that_cannot_be_trusted_is_not_passed_on(outcome: Outcome) -> None:
    async with house() as it:
        it.cpu.outcome = outcome
        response = await it.post()
        problem(response, 502, "worker-answer-invalid")
        assert "script" not in response.text
        assert "Set-Cookie" not in response.text


async def test_what_a_worker_writes_cannot_break_a_header_or_a_line() -> None:
    nasty = "a\r\nSet-Cookie: x=1\x00\x1b[2J\u202eb"
    warnings = [{"code": "w", "node": nasty, "detail": nasty}]
    async with house() as it:
        device = {"name": nasty, "software": False, "api": nasty}
        it.cpu.outcome = completed(report=report(warnings=warnings, device=device))
        response = await it.post()
        it.cpu.outcome = completed(output=b"", report=refusal("w", nasty, field=nasty))
        said = problem(await it.post(), 422, "w")
    assert response.status_code == 200
    assert "set-cookie" not in response.headers
    assert response.headers["render-device"] == '"a  Set-Cookie: x=1[2Jb";api="a  Set-Cookie: x=1[2Jb";software=?0'
    assert said["detail"] == said["field"] == "a  Set-Cookie: x=1[2Jb"


async def test_many_warnings_are_bounded_in_the_header_and_counted() -> None:
    warnings = [{"code": "image-missing", "node": f"{i}:1", "detail": "x" * 300} for i in range(500)]
    async with house() as it:
        it.cpu.outcome = completed(report=report(warnings=warnings, warnings_dropped=7))
        header = (await it.post()).headers["render-warnings"]
    assert len(header) <= 4096
    members = header.split(", ")
    assert members[0] == "507"
    assert members[-1] == f"more;count={507 - (len(members) - 2)}"


async def test_a_path_that_could_not_be_locked_is_refused_and_the_other_serves() -> None:
    def break_gpu(servers: dict[str, FakeServer]) -> None:
        servers["gpu"].refuses = True

    async with house(break_gpu) as it:
        said = problem(await it.post(query="?path=gpu"), 503, "sandbox-unavailable")
        assert said["layer"] == "cgroup"
        assert "delegate it" in said["detail"]
        automatic = await it.post(query="?path=auto")
        assert automatic.headers["render-path"] == "cpu"
        ready = await it.client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["paths"]["gpu"]["missing"]["layer"] == "cgroup"


@pytest.mark.parametrize(("software", "path"), [(True, "cpu"), (False, "gpu")])
async def test_auto_takes_the_gpu_only_where_it_is_hardware(software: bool, path: str) -> None:
    def plug_in(servers: dict[str, FakeServer]) -> None:
        servers["gpu"].device = {"name": "card", "software": software, "api": "GLES"}

    async with house(plug_in) as it:
        assert (await it.post()).headers["render-path"] == path


async def test_a_path_that_is_switched_off() -> None:
    async with house(paths="cpu") as it:
        said = problem(await it.post(query="?path=gpu"), 503, "path-unavailable")
    assert "RENDERSERVER_PATHS" in said["detail"]


async def test_our_own_bug_is_500_without_a_trace() -> None:
    async with house() as it:
        it.cpu.outcome = RuntimeError("/srv/secret")
        problem(await it.post(), 500, "internal")
        assert it.app.state.shared.backends.paths["cpu"].slots.running == 0


async def test_out_of_descriptors_is_overload() -> None:
    async with house() as it:
        it.cpu.outcome = OSError(24, "Too many open files")
        problem(await it.post(), 429, "overloaded")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/render", 405, "method-not-allowed"),
        ("PUT", "/v1/render", 405, "method-not-allowed"),
        ("GET", "/nothing", 404, "not-found"),
        ("POST", "/v1/render/", 404, "not-found"),
        ("GET", "/%00/..%2f..%2fetc/passwd", 404, "not-found"),
    ],
)
async def test_an_address_that_is_not_a_call(method: str, path: str, status: int, code: str) -> None:
    async with house() as it:
        problem(await it.client.request(method, path), status, code)


async def test_a_client_that_leaves_while_it_waits_is_not_rendered() -> None:
    async with house() as it:
        it.cpu.gate.clear()
        first = asyncio.create_task(it.post())
        slots = it.app.state.shared.backends.paths["cpu"].slots
        await _until(lambda: slots.running == 1)
        second = asyncio.create_task(it.post())
        await _until(lambda: slots.waiting == 1)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        it.cpu.gate.set()
        await first
        assert len(it.cpu.seen) == 1
        assert it.app.state.shared.admission.in_flight == 0


async def _until(condition: Any) -> None:
    async with asyncio.timeout(2):
        while not condition():
            await asyncio.sleep(0.001)
