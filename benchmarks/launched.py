"""The real worker through every launcher that is installed: from a request that finds no worker waiting to its picture.

What differs is who starts the worker, and that a launched one loads Python, Skia and the fonts by itself, where a fork
has them. With a pool the request pays for none of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from benchmarks.documents import screen
from benchmarks.fleet import configuration, fleet, header
from benchmarks.sampling import Collected, Effort, interleave
from sandbox.launchers import NAMES
from sandbox.launchers.registry import LAUNCHERS, absent
from sandbox.spec import NATIVE

_REST_S: Final = 0.3


def collect(effort: Effort) -> Collected:
    missing = {name: why.detail for name in NAMES if (why := absent(LAUNCHERS[name])) is not None}
    usual = replace(configuration("gpu"), pool=0)
    wanted = {named(name): replace(usual, launcher=name) for name in (NATIVE, *NAMES) if name not in missing}
    document, head = screen(), header(scale=1)
    with fleet(wanted) as started:
        candidates = {name: partial(started.render, name, head, document, rest_s=_REST_S) for name in wanted}
        return Collected(interleave(candidates, effort), absent=missing)


def named(launcher: str) -> str:
    return f"{launcher}: picture of a cold worker"
