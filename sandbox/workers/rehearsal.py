"""Find out which files a GPU worker needs, by letting one get ready outside the mount tree.

The modules it imports on the way are imported by the fork server too: the tree holds no Python.

A GL driver is a dozen libraries that differ from host to host. A child of the fork server, without privilege and with
nothing untrusted in reach, makes its GL context as a worker would; the files that are mapped into it then are the files
that the read-only tree will hold, and no other.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from sandbox.exceptions import SandboxError
from sandbox.mechanisms import capabilities
from sandbox.workers.entry import Entry

# What GL drivers drive their hardware through: DRM, and NVIDIA's own nodes.
_NODES = ("dri/card*", "dri/renderD*", "nvidia[0-9]*", "nvidiactl", "nvidia-uvm", "nvidia-modeset")


@dataclass(frozen=True, slots=True)
class Needs:
    """``files``: absolute paths, sorted; ``devices``: character devices of the driver; ``software``: it draws on the
    processor, and compiles machine code for that; ``forkable``: it is nothing but memory then, no device and no thread,
    so a process that has it can be forked and both go on."""

    files: tuple[str, ...]
    devices: tuple[str, ...]
    software: bool
    forkable: bool


def rehearse(entry: Entry, *, uid: int, gid: int) -> Needs:
    """Raises SandboxError('gpu-device') where no GL context can be made on this host."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        _rehearse(entry, write_end, uid=uid, gid=gid)
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    answer: dict[str, Any] = json.loads(said) if said else {"error": "the process died"}
    if "error" in answer:
        raise SandboxError("gpu-device", f"no GL context could be made: {answer['error']}")
    for name in answer["modules"]:
        importlib.import_module(name)
    software = bool(answer["device"].get("software", True))
    devices = () if software else device_nodes()
    return Needs(tuple(answer["files"]), devices, software, forkable=software and answer["threads"] == 1)


def device_nodes() -> tuple[str, ...]:
    """The GPU's nodes on this host."""
    found: Iterable[Path] = (path for pattern in _NODES for path in Path("/dev").glob(pattern))
    return tuple(sorted(str(path) for path in found if path.is_char_device()))


def _rehearse(entry: Entry, write_end: int, *, uid: int, gid: int) -> NoReturn:
    try:
        capabilities.become(uid, gid)
        known = set(sys.modules)
        device = entry.probe()
        modules = [name for name in sys.modules if name not in known]
        threads = len(os.listdir("/proc/self/task"))
        answer: dict[str, object] = {"files": mapped_files(), "modules": modules, "device": device, "threads": threads}
    except Exception as error:  # noqa: BLE001 - whatever a driver's bindings raise: the operator has to read it
        answer = {"error": f"{type(error).__name__}: {error}"[:2000]}
    os.write(write_end, json.dumps(answer).encode())
    os._exit(0)


def mapped_files() -> list[str]:
    """The regular files in ``/proc/self/maps``, in order and once each."""
    with open("/proc/self/maps") as maps:
        paths = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if "/" in line}
    return sorted(path for path in paths if os.path.isfile(path))
