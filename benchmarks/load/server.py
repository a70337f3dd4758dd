"""Servers of our own to load, on the loopback address, each with its own settings; and whether one can be loaded."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from app.settings import flag_name
from benchmarks.load.processes import table, usage
from benchmarks.load.target import Target, TargetError

_START_S: Final = 60.0
_STOP_S: Final = 40.0
_QUIET_S: Final = 1.0
_QUIET_SHARE: Final = 0.05
_PATIENCE_S: Final = 45.0
# Straight to the server: no proxy, whatever the environment says.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class ServerError(RuntimeError):
    """A server that did not start, or does not answer."""


@contextmanager
def own_server(name: str, settings: Mapping[str, str], query: str) -> Iterator[Target]:
    """A server with these settings on top of the environment's. Raises ServerError."""
    flags = [part for key, value in settings.items() for part in _flag(key, value)]
    fixed = ("--host", "127.0.0.1", "--port", "0", "--log-format", "json", "--log-level", "info")
    command = [sys.executable, "-P", "-m", "app", "serve", *flags, *fixed]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        log = _Log(process)
        try:
            url = log.address()
            readiness(url)
            yield Target(name, url, query, process.pid)
        finally:
            _stop(process)


def _flag(key: str, value: str) -> tuple[str, ...]:
    return (flag_name(key),) if value == "true" else (flag_name(key), value)


class _Log:
    """What the server says; read to the end, or it would block on a full pipe."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(ValueError):  # closed under us: the server has ended
            for line in self._process.stderr or ():
                self._lines.append(line)
                del self._lines[:-200]

    def address(self) -> str:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            for line in list(self._lines):
                if line.startswith("{") and json.loads(line)["event"] == "starting":
                    return str(json.loads(line)["address"])
            time.sleep(0.02)
        time.sleep(0.1)
        raise ServerError("the server did not start: " + " ".join(line.strip() for line in self._lines[-10:]))


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()


def readiness(url: str) -> dict[str, Any]:
    """What ``/readyz`` says, once it says that the server is ready. Raises ServerError."""
    deadline = time.monotonic() + _START_S
    why: object = "no answer"
    while time.monotonic() < deadline:
        try:
            with _open(f"{url}/readyz", timeout=5) as answer:
                said: dict[str, Any] = json.load(answer)
                return said
        except urllib.error.HTTPError as error:  # not ready yet
            error.close()
            why = error
        except (OSError, ValueError) as error:
            why = error
            if "refused" not in str(error):
                break
        time.sleep(0.1)
    raise ServerError(f"{url} is no server that is ready: {why}")


def try_out(target: Target, documents: Mapping[str, bytes]) -> str:
    """Post each document once; the layers that were in force. Raises TargetError for one that is not drawn: a load test
    of refusals would measure something else."""
    layers = ""
    for name, body in documents.items():
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(target.render_url, data=body, headers=headers)  # noqa: S310 - the URL was checked
        try:
            with _open(request, timeout=60) as answer:
                layers = answer.headers.get("Sandbox-Layers") or ""
        except urllib.error.HTTPError as error:
            with error:
                raise TargetError(f"{target.name} does not draw {name}: {error.code} {_detail(error)}") from None
        except OSError as error:
            raise ServerError(f"{target.url} does not answer: {error}") from None
    return layers


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read(8192))["detail"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


def wait_until_quiet(pid: int) -> None:
    """A server that has just started is still compiling ahead: until its processes do nothing for a second."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        before = usage(pid, table(), time.time())
        time.sleep(_QUIET_S)
        after = usage(pid, table(), time.time())
        if before is None or after is None or after.cpu_s - before.cpu_s < _QUIET_SHARE * _QUIET_S:
            return
