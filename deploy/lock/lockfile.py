"""requirements*.txt: each package with its version, its marker and the hashes of its wheels, whose names stand below.

The names are comments to pip and uv. They say what a hash is of, so that a lock can be checked without an index, and
read by a person. No address is in it: where packages come from is the machine's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

from packaging.markers import Marker
from packaging.tags import Tag
from packaging.utils import parse_wheel_filename

from deploy.lock.targets import GLIBC, MACHINES, MINORS

HEADER: Final = f"""\
# Made by `./run lock`: every wheel for CPython 3.{MINORS[0]} to 3.{MINORS[-1]} on {" and ".join(MACHINES)}, glibc \
{GLIBC[0]}.{GLIBC[1]} or newer.
# Below a package stand the names of the wheels that its hashes are of, in the same order.
"""
_ENTRY: Final = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\\n]+?))?"
    r"(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n(?P<wheels>(?:    # \S+\.whl\n)+)"
)


class LockfileError(Exception):
    """A text is not such a file; the message names the line."""


@dataclass(frozen=True, slots=True, order=True)
class Wheel:
    """One file of a release. ``sha256``: in hexadecimal digits."""

    name: str
    sha256: str

    @property
    def tags(self) -> frozenset[Tag]:
        return _tags(self.name)

    @property
    def is_pure(self) -> bool:
        return any(tag.platform == "any" for tag in self.tags)


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of a package, for the machines that ``marker`` holds on (PEP 508; empty: on all)."""

    name: str
    version: str
    marker: str
    wheels: tuple[Wheel, ...]

    def applies(self, environment: Mapping[str, str]) -> bool:
        return not self.marker or _marker(self.marker).evaluate(dict(environment))


_marker: Final = cache(Marker)


@cache
def _tags(wheel: str) -> frozenset[Tag]:
    return parse_wheel_filename(wheel)[3]


def written(pins: Iterable[Pin]) -> str:
    return HEADER + "".join(_entry(pin) for pin in sorted(pins, key=lambda pin: (pin.name, pin.version)))


def _entry(pin: Pin) -> str:
    wheels = sorted(pin.wheels)
    lines = [f"{pin.name}=={pin.version}" + (f" ; {pin.marker}" if pin.marker else "")]
    lines += [f"    --hash=sha256:{wheel.sha256}" for wheel in wheels]
    return " \\\n".join(lines) + "\n" + "".join(f"    # {wheel.name}\n" for wheel in wheels)


def read(text: str) -> list[Pin]:
    """The pins of such a file. Raises LockfileError."""
    return [_pin(number, entry) for number, entry in _entries(text)]


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """Line number (from 1) and text of each entry: a line that is not indented, and the indented ones below it."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    heads = [number for number, line in lines if not line.startswith(" ")]
    for head, group in groupby(lines, key=lambda item: max((head for head in heads if head <= item[0]), default=0)):
        yield head, "".join(f"{line}\n" for _, line in group)


def _pin(number: int, entry: str) -> Pin:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise LockfileError(
            f"line {number}: not a pinned package with hashes and the names of their wheels: {entry[:80]!r}"
        )
    hashes = re.findall(r"sha256:(\w+)", found["hashes"])
    names = re.findall(r"# (\S+)", found["wheels"])
    if len(hashes) != len(names):
        raise LockfileError(f"line {number}: {found['name']} has {len(hashes)} hashes and {len(names)} names of wheels")
    wheels = tuple(Wheel(name, sha256) for name, sha256 in zip(names, hashes, strict=True))
    return Pin(found["name"], found["version"], found["marker"] or "", wheels)
