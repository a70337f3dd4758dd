"""One waiting worker of every launcher, seen from outside: what the host's /proc says holds it, side by side."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.service.specs import configure
from app.settings import Settings
from sandbox.client.forkserver import ForkServer
from sandbox.exceptions import SandboxError
from sandbox.launchers import NAMES
from sandbox.mechanisms.processes import descendants_of
from sandbox.spec import NATIVE, WorkerSpec
from sandbox.workers import echo

_SETS: Final = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


@dataclass(frozen=True, slots=True)
class Portrait:
    """``rows``: subject and what is so; empty where ``refused`` says why there is no worker."""

    launcher: str
    rows: tuple[tuple[str, str], ...] = ()
    refused: str = ""


async def portraits(settings: Settings) -> AsyncIterator[Portrait]:
    """The fork server's own worker first, then each launcher's, one after the other."""
    for name in (NATIVE, *NAMES):
        chosen = configure(settings.model_copy(update={"launcher": name}), "gpu")
        # What holds a worker does not depend on what it does.
        yield await _portrait(replace(chosen, entry=echo.ENTRY, entry_options={}, pool=1, workers=1))


async def _portrait(spec: WorkerSpec) -> Portrait:
    server, started = ForkServer(spec), time.monotonic()
    try:
        await server.start()
    except SandboxError as error:
        await server.stop(0)
        return Portrait(spec.launcher, refused=str(error))
    ready_s = time.monotonic() - started
    try:
        rows = [("ready after", f"{ready_s:.1f} s"), ("layers read back", ", ".join(server.layers))]
        return Portrait(spec.launcher, (*rows, *await _look_at_one(server)))
    finally:
        await server.stop(0)


async def _look_at_one(server: ForkServer) -> list[tuple[str, str]]:
    """The worker that waits: of what the fork server has started, the one that is locked. One that is being replaced
    may go while it is looked at. Raises TimeoutError."""
    for _ in range(2400):
        for pid in descendants_of(server.pid or 0):
            with contextlib.suppress(OSError, KeyError):
                if _status(pid)["Seccomp"] == "2":
                    return _look(pid)
        await asyncio.sleep(0.05)
    raise TimeoutError("no worker waits")


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _look(pid: int) -> list[tuple[str, str]]:
    status = _status(pid)
    return [
        ("started by", _starter(int(status["PPid"]))),
        ("uid, as the host sees it", status["Uid"].split()[0]),
        ("uid map (inside, outside, count)", _one_line(f"/proc/{pid}/uid_map")),
        ("own namespaces", ", ".join(_own_namespaces(pid))),
        ("capabilities", "none in any set" if not any(int(status[name], 16) for name in _SETS) else "HELD"),
        ("no_new_privs", {"1": "yes"}.get(status["NoNewPrivs"], "NO")),
        ("seccomp filters", status.get("Seccomp_filters", "?")),
        ("cgroup (memory)", _memory_cgroup(pid)),
        ("mounts", _mounts(pid)),
        ("open files, processes at most", ", ".join(_limits(pid))),
    ]


def _starter(pid: int) -> str:
    status = _status(pid)
    return f"{status.get('Name', '?')}, uid {status.get('Uid', '?').split()[0]}"


def _one_line(path: str) -> str:
    return "; ".join(" ".join(line.split()) for line in Path(path).read_text().splitlines())


def _own_namespaces(pid: int) -> list[str]:
    names = sorted(path.name for path in Path("/proc/self/ns").iterdir() if not path.name.endswith("_for_children"))
    return [name for name in names if _inode(pid, name) != _inode("self", name)]


def _inode(pid: int | str, name: str) -> int:
    return Path(f"/proc/{pid}/ns/{name}").stat().st_ino


def _memory_cgroup(pid: int) -> str:
    lines = [line.split(":", 2) for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines()]
    found = [path for _, controllers, path in lines if controllers == "" or "memory" in controllers.split(",")]
    return next(
        (path.rpartition("renderserver")[2] or path for path in found if "renderserver" in path), "none of ours"
    )


def _mounts(pid: int) -> str:
    fields = [line.split() for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    writable = sorted({place for _, _, _, _, place, options, *_ in fields if "rw" in options.split(",")})
    return f"{len(fields)}, writable: {' '.join(writable) or 'none'}"


def _limits(pid: int) -> list[str]:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return [line.split()[-2] for line in lines if line.startswith(("Max open files", "Max processes"))]
