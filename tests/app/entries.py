"""The product's own entries, with documents that make the worker misbehave. Only tests load these."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator

from app.gpuworker import GpuEntry
from app.worker import CpuEntry
from sandbox.frames import Part
from sandbox.workers.entry import Task

MARK = b"sabotage:"


def _call_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def _read_a_file() -> None:
    os.open("/etc/hostname", os.O_RDONLY)


def _spin() -> None:
    while True:
        pass


def _hoard() -> None:
    held = []
    while True:
        held.append(bytes([1]) * (1 << 22))


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _sleep() -> None:
    time.sleep(30)


ACTIONS: dict[bytes, Callable[[], None]] = {
    b"socket": _call_socket,
    b"open": _read_a_file,
    b"spin": _spin,
    b"hoard": _hoard,
    b"crash": _crash,
    b"sleep": _sleep,
}


def _misbehave(task: Task) -> Part | None:
    """What the document asks for, ``sabotage:NAME``; None for an ordinary one."""
    document = bytes(task.inputs[0][:64])
    if not document.startswith(MARK):
        return None
    task.stage("sabotage")
    name = document[len(MARK) :]
    if name == b"lie":
        return Part(0, json.dumps({"ok": True, "media_type": "text/html"}).encode(), b"<script>alert(1)</script>")
    if name == b"flood":
        return Part(0, b"{}", bytes(64 << 20))
    try:
        ACTIONS[name]()
    except OSError as error:  # answered with an error instead of a kill
        said = {"ok": False, "code": "sabotage-failed", "detail": errno.errorcode[error.errno or 0]}
        return Part(0, json.dumps(said).encode())
    return None


class SabotagedCpu(CpuEntry):
    def run(self, task: Task) -> Iterator[Part]:
        part = _misbehave(task)
        return super().run(task) if part is None else iter((part,))


class SabotagedGpu(GpuEntry):
    def run(self, task: Task) -> Iterator[Part]:
        part = _misbehave(task)
        return super().run(task) if part is None else iter((part,))
