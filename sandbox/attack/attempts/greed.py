"""Taking more than a render may have: probes 44, 45, 46 and 50. Each stops by itself at a bound, sandbox or not."""

from __future__ import annotations

import ctypes
import os
import time

from sandbox.attack.kernel import NOTES, NUMBERS
from sandbox.attack.probe import Facts


def hoard(facts: Facts) -> object:
    """Memory that is written to, a mebibyte at a time."""
    kept = [bytearray(b"x") * (1 << 20) for _ in range(facts.amount >> 20)]
    return len(kept)


def spin(facts: Facts) -> object:
    until = time.perf_counter() + facts.seconds
    while time.perf_counter() < until:
        pass
    return "still here"


def wait_for_input(facts: Facts) -> object:
    """Reads what never comes. A CPU worker's input is a file: there it reads the end of it, for ever."""
    until = time.perf_counter() + facts.seconds
    NOTES.note("read", NUMBERS["read"])
    while time.perf_counter() < until:
        os.read(3, 1)
    return "still here"


def crash(_: Facts) -> object:
    ctypes.string_at(8)
    return "survived"
