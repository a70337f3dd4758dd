"""Taking more than a render may have: probes 44, 45, 46 and 50. Each stops by itself at a bound, sandbox or not."""

from __future__ import annotations

import ctypes
import itertools
import os
import time
from collections.abc import Callable

from sandbox.attack.kernel import NOTES, NUMBERS
from sandbox.attack.probe import AttackFacts


def hoard(facts: AttackFacts) -> object:
    """Memory that is written to, a mebibyte at a time."""
    kept = [bytearray(b"x") * (1 << 20) for _ in range(facts.amount >> 20)]
    return len(kept)


def clock() -> Callable[[], float]:
    """Seconds since some moment. Under the strict filter there may be none to read; then a turn is taken for half a
    microsecond."""
    try:
        time.perf_counter()
    except OSError:
        turns = itertools.count()
        return lambda: next(turns) * 5e-7
    return time.perf_counter


def spin(facts: AttackFacts) -> object:
    now = clock()
    until = now() + facts.seconds
    while now() < until:
        pass
    return "still here"


def wait_for_input(facts: AttackFacts) -> object:
    """Reads what never comes. A CPU worker's input is a file: there it reads the end of it, for ever."""
    now = clock()
    until = now() + facts.seconds
    NOTES.note("read", NUMBERS["read"])
    while now() < until:
        os.read(3, 1)
    return "still here"


def crash(_: AttackFacts) -> object:
    ctypes.string_at(8)
    return "survived"
