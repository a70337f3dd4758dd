"""How much of the per-process resources: setrlimit(2), read back from outside as ``/proc/<pid>/limits`` (proc(5)).

Not with prlimit(2): that asks for CAP_SYS_RESOURCE as soon as the ids differ, and the file is open to everybody.
"""

from __future__ import annotations

import math
import os
import re
import resource
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sandbox.exceptions import LayerNotInForceError, layer

LAYER: Final = "rlimits"
_NUMBERS: Final = {
    name[len("RLIMIT_") :]: getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")
}
_TABLE_BYTES: Final = 16 * 1024  # it has sixteen lines of eighty characters
_ROW: Final = re.compile(r"^(Max .*?) {2,}\S+ +(\S+)", re.MULTILINE)
"""Title and hard limit."""
_TITLES: Final = {
    "AS": "Max address space",
    "CORE": "Max core file size",
    "CPU": "Max cpu time",
    "DATA": "Max data size",
    "FSIZE": "Max file size",
    "MEMLOCK": "Max locked memory",
    "MSGQUEUE": "Max msgqueue size",
    "NOFILE": "Max open files",
    "NPROC": "Max processes",
    "SIGPENDING": "Max pending signals",
    "STACK": "Max stack size",
}


@dataclass(frozen=True, slots=True)
class RLimit:
    """Soft and hard are the same value: a worker has nothing to raise. ``name`` without its ``RLIMIT_``."""

    name: str
    value: int


def apply(limits: Iterable[RLimit]) -> None:
    """Set soft and hard to the same value; one that is lower already stays (raising it would need power)."""
    with layer(LAYER):
        for limit in limits:
            _lower(_NUMBERS[limit.name], limit.value)


def verify(pid: int, limits: Iterable[RLimit], proc_fd: int) -> None:
    """Raises LayerNotInForceError naming the first limit that ``pid`` (a zombie will do) does not have."""
    with layer(LAYER):
        fd = os.open(f"{pid}/limits", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc_fd)
        try:
            table = os.read(fd, _TABLE_BYTES).decode()
        finally:
            os.close(fd)
    hard_limits = dict(_ROW.findall(table))
    for limit in limits:
        hard = hard_limits.get(_TITLES[limit.name], "not shown")
        if not hard.isdecimal() or int(hard) > limit.value:
            raise LayerNotInForceError(LAYER, f"RLIMIT_{limit.name} is {hard}, not {limit.value}")


def allow_cpu_s(pid: int, seconds: float) -> None:
    """Let a running process come to so many seconds of processor time in all before SIGXCPU ends it, where its hard
    limit allows them. Raises ProcessLookupError; PermissionError where its ids are not ours."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_CPU)
    # Below the hard limit: at that one the signal is SIGKILL, which tells nothing.
    soft = math.ceil(seconds) if hard == resource.RLIM_INFINITY else min(math.ceil(seconds), hard - 1)
    resource.prlimit(pid, resource.RLIMIT_CPU, (max(1, soft), hard))


def _lower(number: int, value: int) -> None:
    hard = resource.getrlimit(number)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(number, (value, value))
