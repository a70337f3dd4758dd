"""The real server process over a real socket: start, stop, and clients that do not behave."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.app.documents import document, frame, node, size_of_png
from tests.app.fakes import JSON, problem
from tests.host import alive

ROOT = Path(__file__).resolve().parents[2]


class Running:
    """A server in a process of its own, on a free port."""

    def __init__(self, *flags: str) -> None:
        command = [sys.executable, "-m", "app", "serve", "--port", "0", "--log-format", "json", *flags]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        self.lines: list[dict[str, object]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.url = str(self.wait_for("starting")["address"])
            self._wait_until_up()
        except BaseException:
            self.close()
            raise

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line) if line.startswith("{") else {"event": line})

    def wait_for(self, event: str) -> dict[str, object]:
        deadline = time.monotonic() + 30
        while True:
            has_ended = not self._reader.is_alive()
            for line in list(self.lines):
                if line["event"] == event:
                    return line
            if has_ended or time.monotonic() > deadline:
                raise TimeoutError(f"{event}: {self.lines}")
            time.sleep(0.01)

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{self.url}/healthz")
                return
            time.sleep(0.02)
        raise TimeoutError(self.lines)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").split(":")
        return host, int(port)

    def post(self, body: bytes = b"", query: str = "path=cpu") -> httpx.Response:
        return httpx.post(f"{self.url}/v1/render?{query}", content=body or document(), headers=JSON, timeout=60)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._reader.join(5)
            assert self.process.stderr is not None
            self.process.stderr.close()


@contextlib.contextmanager
def running(*flags: str) -> Iterator[Running]:
    server = Running(*flags)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--paths", "cpu", "--max-body-bytes", "1000000", "--upload-timeout-s", "1") as it:
        yield it


def raw(server: Running, request: bytes, *, timeout_s: float = 10) -> bytes:
    """What the server says to these bytes until it closes, or until nothing more comes."""
    with socket.create_connection(server.address, timeout=timeout_s) as connection:
        connection.sendall(request)
        answer = b""
        with contextlib.suppress(TimeoutError):
            while chunk := connection.recv(65536):
                answer += chunk
                if b"\r\n\r\n" in answer and b"}" in answer:
                    return answer
        return answer


def test_a_picture_over_a_real_socket(server: Running) -> None:
    response = server.post()
    assert response.status_code == 200, response.text
    assert size_of_png(response.content) == (40, 30)
    assert "server" not in response.headers


def test_an_oversized_body_is_answered_though_the_client_goes_on_sending(server: Running) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 100_000

    response = httpx.post(f"{server.url}/v1/render", content=endless(), headers=JSON, timeout=30)
    problem(response, 413, "body-too-large")


def test_an_announced_oversized_body_need_not_be_sent_at_all(server: Running) -> None:
    head = "POST /v1/render HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n"
    answer = raw(server, f"{head}Expect: 100-continue\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer


def test_a_body_that_stops_half_way_is_408(server: Running) -> None:
    head = "POST /v1/render HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    assert raw(server, head.encode()).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/render HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/render HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_http_is_400_and_the_server_goes_on(server: Running, request_: bytes) -> None:
    assert raw(server, request_, timeout_s=3)[9:12] in (b"400", b"")
    assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_what_is_no_http_is_told_so_as_a_problem(server: Running) -> None:
    head, _, body = raw(server, b"\0\0\0\0\r\n\r\n", timeout_s=3).partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["code"] == "request-invalid"


@pytest.mark.parametrize("line", [b"X: " + b"a" * 2_000_000, b"X: 1\r\n" * 300_000])
def test_a_header_without_end_is_refused(server: Running, line: bytes) -> None:
    answer = refused_in_full(server, b"POST /v1/render HTTP/1.1\r\nHost: x\r\n" + line)
    assert answer[:12] in (b"HTTP/1.1 431", b"")


def test_trailers_without_end_are_refused(server: Running) -> None:
    head = (
        b"POST /v1/render HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    answer = refused_in_full(server, head + b"1\r\n{\r\n0\r\nX: " + b"a" * 2_000_000)
    assert answer[:12] in (b"HTTP/1.1 431", b"")


def refused_in_full(server: Running, request: bytes) -> bytes:
    """The answer, or nothing where the connection was reset before it could be read; a TimeoutError if neither."""
    with socket.create_connection(server.address, timeout=5) as connection, contextlib.suppress(ConnectionError):
        for start in range(0, len(request), 50_000):
            connection.sendall(request[start : start + 50_000])
        return connection.recv(65536)
    return b""


def test_a_client_that_hangs_up_leaves_nothing_behind(server: Running) -> None:
    def descriptors() -> int:
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))

    server.post()
    before = descriptors()
    head = "POST /v1/render HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    for _ in range(5):
        with socket.create_connection(server.address) as connection:
            connection.sendall(head.encode())
    time.sleep(1.5)
    assert server.post().status_code == 200
    deadline = time.monotonic() + 5
    while descriptors() > before and time.monotonic() < deadline:
        time.sleep(0.02)  # the last connection closes a moment after its answer
    assert descriptors() <= before


def slow_document(blurs: int = 25) -> bytes:
    """With 25 takes a good second to draw: many wide blurs."""
    blur = [{"type": "LAYER_BLUR", "radius": 60, "visible": True}]
    return document(frame(*(node(box=(0, 0, 900, 900), effects=blur) for _ in range(blurs)), width=1000, height=1000))


def test_sigterm_finishes_what_is_in_flight_and_refuses_what_is_new() -> None:
    with running("--paths", "cpu", "--workers", "1") as server, httpx.Client(base_url=server.url) as kept:
        assert kept.get("/healthz").status_code == 200
        answers: list[httpx.Response] = []
        threads = [threading.Thread(target=lambda: answers.append(server.post(slow_document()))) for _ in range(2)]
        for thread in threads:
            thread.start()
        _await(lambda: kept.get("/readyz").json()["waiting"] == 1)
        server.process.send_signal(signal.SIGTERM)
        _await(lambda: kept.get("/readyz").json()["draining"])
        problem(server.post(), 503, "draining")
        for thread in threads:
            thread.join(30)
        assert [answer.status_code for answer in answers] == [200, 200]
        assert server.process.wait(10) == 0
    assert {"event": "stopped", "level": "info"}.items() <= server.lines[-1].items()


def _await(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_second_signal_ends_it_at_once_and_no_worker_stays() -> None:
    with running("--paths", "cpu", "--workers", "1") as server:
        thread = threading.Thread(target=_swallow, args=(server,))
        thread.start()
        _await(lambda: httpx.get(f"{server.url}/readyz").json()["running"] == 1)
        children = _descendants(server.process.pid)
        assert children
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(5)
        thread.join(15)
    _await(lambda: not any(map(alive, children)))


def _swallow(server: Running) -> None:
    with contextlib.suppress(httpx.TransportError):
        server.post(slow_document(400))


def _descendants(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                child = int(stat.parent.name)
                found += [child, *_descendants(child)]
    return found


def test_a_port_in_use_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Cannot listen on 127.0.0.1 port {port}: Address already in use.\n"


def test_render_needs_no_server(tmp_path: Path) -> None:
    source, target = tmp_path / "d.json", tmp_path / "d.png"
    source.write_bytes(document())
    done = _cli("render", str(source), str(target), "--path", "cpu", "--scale", "2")
    assert done.returncode == 0, done.stderr
    assert size_of_png(target.read_bytes()) == (80, 60)
    assert b"80x60" in done.stderr
    assert b"seccomp" in done.stderr
    piped = _cli("render", "-", "-", "--path", "cpu", "--quiet", "--scale", "2", stdin=document())
    assert (piped.stdout, piped.stderr) == (target.read_bytes(), b"")


def test_a_path_and_a_launcher_that_write_no_vector_format_are_refused() -> None:
    for flags, sentence in ((["--path", "gpu"], b"--path: pdf"), (["--launcher", "nsjail"], b"--launcher: it starts")):
        done = _cli("render", "-", "out.pdf", *flags, stdin=document())
        assert (done.returncode, done.stdout) == (2, b"")
        assert sentence in done.stderr


def test_render_takes_the_format_from_the_suffix(tmp_path: Path) -> None:
    for name, magic in (("a.JPEG", b"\xff\xd8"), ("b.webp", b"RIFF")):
        done = _cli("render", "-", "--out", str(tmp_path / name), "--path", "cpu", "-q", stdin=document())
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).read_bytes().startswith(magic)


def test_render_writes_vector_formats_with_their_options(tmp_path: Path) -> None:
    pdf, svg, named = tmp_path / "x.pdf", tmp_path / "x.svg", tmp_path / "y.svg"
    for flags in (["-o", str(pdf)], [str(svg)], ["-o", str(named), "--svg-include-node-id"]):
        done = _cli("render", "-", *flags, "-q", stdin=document())
        assert done.returncode == 0, done.stderr
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert b"<svg" in svg.read_bytes()
    assert b'data-node-id="1:2"' in named.read_bytes()
    assert b"data-node-id" not in svg.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "sentence"),
    [
        (["-", "-"], b"{", 1, b"cannot be read"),
        (["-", "-"], b"", 1, b"empty"),
        (["-", "-", "--node", "9:9"], document(), 1, b"The document has no node 9:9. Copy"),
        (["{folder}/a.fig", "-"], b"", 1, b"A .fig file cannot be drawn yet. Send JSON of Figma's REST API for it"),
        (["-", "a.png", "--format", "svg"], document(), 2, b"--format: svg would go into .png; end OUT in .svg"),
        (["-", "out.bmp"], document(), 2, b"No picture format ends in .bmp. Use --format png|jpg|webp|avif|pdf|svg,"),
        (["-", "-", "--format", "bmp"], document(), 2, b"--format"),
        (["-"], document(), 2, b"OUT, or --out OUT"),
        (["-", "a.png", "--out", "b.png"], document(), 2, b"OUT is given twice"),
        (["-", "-", "--svg-include-id"], document(), 2, b"--svg-include-id: belongs to svg; ask for format=svg"),
        (["-", "-", "--scale", "2", "--width", "9"], document(), 2, b"--scale: scale excludes width"),
        (["-", "-", "--scale", "9"], document(), 2, b"--scale"),
        (["{folder}/gone.json", "-"], b"", 1, b"Cannot read {folder}/gone.json"),
        (["-", "{folder}/gone/out.png"], document(), 1, b"Cannot write {folder}/gone/out.png"),
    ],
)
def test_render_says_what_is_wrong(
    arguments: list[str], stdin: bytes, status: int, sentence: bytes, tmp_path: Path
) -> None:
    given = [argument.replace("{folder}", str(tmp_path)) for argument in arguments]
    done = _cli("render", *given, "--path", "cpu", stdin=stdin)
    assert done.returncode == status, done.stderr
    assert sentence.replace(b"{folder}", bytes(tmp_path)) in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_a_node_that_is_not_there_is_said_once() -> None:
    done = _cli("render", "-", "-", "--node", "9:9", "--path", "cpu", stdin=document())
    assert done.stderr.count(b"The document has no") == 1


def test_a_format_by_name_goes_into_any_file_but_another_formats(tmp_path: Path) -> None:
    for name in ("x.jpeg", "x.picture", "x"):
        done = _cli("render", "-", str(tmp_path / name), "--format", "jpg", "--path", "cpu", "-q", stdin=document())
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(("flags", "kind"), [((), "Scene"), (("--lowered", "--scale", "2"), "DisplayList")])
def test_what_a_document_comes_down_to_is_printed(flags: tuple[str, ...], kind: str) -> None:
    done = _cli("scene", "-", *flags, stdin=document())
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode()
    assert said.startswith(f"{kind} bounds=")
    assert ("FillArea" in said) is (kind == "DisplayList")
    assert _cli("scene", "-", *flags, stdin=document()).stdout == done.stdout


def test_a_scene_of_what_is_no_document_is_refused() -> None:
    done = _cli("scene", "-", stdin=b"{}")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"document-invalid" in done.stderr


def _cli(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, timeout=60, check=False)
