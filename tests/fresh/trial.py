"""What the README says, typed on a bare system: ``./run serve``, a picture on each path, ``./run doctor``; and
``./run test`` where the whole is wanted."""

from __future__ import annotations

import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from subprocess import Popen
from typing import Final

from tests.fresh import picture
from tests.fresh.disk import used_bytes
from tests.fresh.inside import NEVER, Inside, stop
from tests.fresh.jail import PROJECT
from tests.fresh.result import Sizes, Step

_READY_S: Final = 1800.0
_RENDER_S: Final = 120.0
_DOCTOR_S: Final = 300.0
_TEST_S: Final = 3 * 3600.0
_LOOK_S: Final = 0.1
_SAID_LINES: Final = 25
# Nothing of ours goes through a proxy: the server is on this machine.
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def serve(inside: Inside) -> Iterator[Step]:
    """From the bare system to a picture on each path, and an end as an operator makes it."""
    port = _free_port()
    began = time.monotonic()
    with inside.started("serve", ["./run", "serve", "--port", str(port)]) as process:
        yield _set_up(inside, process, began)
        ready = _ready(inside, process, f"http://127.0.0.1:{port}", began)
        yield ready
        if not ready.wrong:
            for path in ("cpu", "gpu"):
                yield _render(f"http://127.0.0.1:{port}", path, began)
            asked = time.monotonic()
            status = stop(process)
            wrong = "" if status == 0 else f"after SIGTERM it ended with {_status(status)}, not 0"
            yield Step("stop", time.monotonic() - asked, wrong, said=_last(inside.said("serve")) if wrong else "")


def doctor(inside: Inside) -> Step:
    return _command(inside, "doctor", _DOCTOR_S)


def test(inside: Inside) -> Step:
    """The complete suite; its note is pytest's closing line."""
    step = _command(inside, "test", _TEST_S)
    closing = [line.strip("= ") for line in step.said.splitlines() if re.search(r"\d+ (passed|failed|error)", line)]
    return Step(step.name, step.seconds, step.wrong, closing[-1] if closing else "", step.said)


def sizes(root: Path, bare: int, project: int) -> Sizes:
    """``bare`` and ``project``: bytes of the system as it was, and of the clean copy."""
    home = root / PROJECT.lstrip("/")
    places = [home / ".venv", home / ".cache", root / "root/.cache", root]
    environment, own_cache, user_cache, rest = used_bytes(places)
    return Sizes(bare, rest - bare - project, environment, own_cache + user_cache)


def _command(inside: Inside, name: str, limit_s: float) -> Step:
    began = time.monotonic()
    status = inside.run(name, ["./run", name], limit_s)
    wrong = "" if status == 0 else f"ended with {_status(status)}, not 0"
    return Step(name, time.monotonic() - began, wrong, said=_last(inside.said(name)))


def _status(status: int) -> str:
    return "no status: it did not end in time" if status == NEVER else f"status {status}"


def _last(said: str) -> str:
    return "\n".join(said.rstrip().splitlines()[-_SAID_LINES:])


# --- the server -------------------------------------------------------------------------------------------------------


def _set_up(inside: Inside, process: Popen[bytes], began: float) -> Step:
    """./run writes .venv/.ready when everything is there."""
    stamp = inside.root / PROJECT.lstrip("/") / ".venv/.ready"
    while process.poll() is None and not stamp.exists() and time.monotonic() < began + _READY_S:
        time.sleep(_LOOK_S)
    seconds = time.monotonic() - began
    if stamp.exists():
        return Step("set-up", seconds)
    return Step("set-up", seconds, _why(process), said=_last(inside.said("serve")))


def _ready(inside: Inside, process: Popen[bytes], server: str, began: float) -> Step:
    while process.poll() is None and time.monotonic() < began + _READY_S:
        if _asked(f"{server}/readyz").status == HTTPStatus.OK:
            return Step("ready", time.monotonic() - began)
        time.sleep(_LOOK_S)
    return Step("ready", time.monotonic() - began, _why(process), said=_last(inside.said("serve")))


def _why(process: Popen[bytes]) -> str:
    status = process.poll()
    return f"not within {_READY_S:.0f} s" if status is None else f"it ended with status {status}"


def _render(server: str, path: str, began: float) -> Step:
    """Its note: who drew it, in how long, and the layers of the sandbox that the kernel had in force."""
    asked = time.monotonic()
    answer = _asked(f"{server}/v1/render?path={path}&{picture.QUERY}", picture.split())
    seconds, took = time.monotonic() - began, time.monotonic() - asked
    if answer.status != HTTPStatus.OK:
        return Step(path, seconds, f"status {answer.status}: {answer.body[:500].decode(errors='replace')}")
    wrong = picture.wrong(answer.body)
    if answer.headers.get("render-path") != path:
        wrong = wrong or f"drawn on the path {answer.headers.get('render-path')}"
    device, layers = answer.headers.get("render-device", ""), answer.headers.get("sandbox-layers", "")
    return Step(path, seconds, wrong, f"in {took:.2f} s by {device}; {layers}")


def _asked(url: str, document: bytes | None = None) -> Answer:
    """Status 0 where nobody answers."""
    request = urllib.request.Request(url, document, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    try:
        with _DIRECT.open(request, timeout=_RENDER_S) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, {}, error.read())
    except OSError as error:
        return Answer(0, {}, str(error).encode())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
