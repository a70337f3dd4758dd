"""Which processes there are, and what they are doing: the host's /proc, read from outside (proc(5))."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def children_of(pid: int) -> list[int]:
    """Of all its threads: a tool in Go forks from any of them. None where it is gone, which it may be at any moment."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found


def descendants_of(pid: int) -> list[int]:
    """Between a fork server and a launched worker there is a tool."""
    return [one for child in children_of(pid) for one in (child, *descendants_of(child))]


def state_of(pid: int) -> str:
    """One letter, see proc(5); empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""
