"""The kernel's classic BPF machine, as far as seccomp lets a filter use it (net/core/filter.c, seccomp_filter.rst).

Lets a test ask a compiled filter about every call there is, without making one.
"""

from __future__ import annotations

import platform
import struct
from collections.abc import Callable
from dataclasses import dataclass

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[platform.machine()]
AUDIT_ARCH_I386 = 0x40000003
KILL_PROCESS, ERRNO, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000

_LD_ABS, _RET, _AND, _JA = 0x20, 0x06, 0x54, 0x05
_JUMPS: dict[int, Callable[[int, int], bool]] = {
    0x15: lambda a, k: a == k,
    0x25: lambda a, k: a > k,
    0x35: lambda a, k: a >= k,
    0x45: lambda a, k: bool(a & k),
}


@dataclass(frozen=True)
class Verdict:
    """``action`` is one of the three above; ``errno`` is set for ERRNO."""

    action: int
    errno: int = 0


def judge(program: bytes, number: int, *arguments: int, arch: int = AUDIT_ARCH) -> Verdict:
    """What the filter says about one call; arguments left out are 0."""
    six = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<iIQ6Q", _signed(number), arch, 0, *(value & (1 << 64) - 1 for value in six))
    code = list(struct.iter_unpack("<HBBI", program))
    accumulator, at = 0, 0
    while True:
        operation, if_true, if_false, operand = code[at]
        at += 1
        if operation == _LD_ABS:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif operation == _AND:
            accumulator &= operand
        elif operation == _JA:
            at += operand
        elif operation == _RET:
            return _verdict(operand)
        else:
            at += if_true if _JUMPS[operation](accumulator, operand) else if_false


def _verdict(value: int) -> Verdict:
    if value & 0xFFFF0000 == ERRNO:
        return Verdict(ERRNO, value & 0xFFFF)
    return Verdict(value)


def _signed(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number
