"""Getting power back: probes 18, 19, 23 and 24."""

from __future__ import annotations

import ctypes
import struct
from typing import Final

from sandbox.attack.kernel import address, call
from sandbox.attack.probe import AttackFacts

_VERSION_3: Final = 0x20080522
_SET_FILTER, _NEW_LISTENER = 1, 8
_ALLOW_ALL: Final = struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)
_ADDR_NO_RANDOMIZE, _READ_IMPLIES_EXEC = 0x0040000, 0x0400000


def become_root(_: AttackFacts) -> object:
    call("setresuid", 0, 0, 0)
    return "root"


def become_root_group(_: AttackFacts) -> object:
    call("setresgid", 0, 0, 0)
    return "root's group"


def raise_capabilities(_: AttackFacts) -> object:
    """All 41 of them into all three sets."""
    header = ctypes.create_string_buffer(struct.pack("Ii", _VERSION_3, 0))
    data = ctypes.create_string_buffer(struct.pack("6I", *(0xFFFFFFFF,) * 3, *(0x1FF,) * 3))
    call("capset", address(header), address(data))
    return "all of them"


def listen_to_filter(_: AttackFacts) -> object:
    """A second filter whose verdicts the attacker gives himself."""
    program = ctypes.create_string_buffer(_ALLOW_ALL)
    given = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 1, address(program)))
    return 1 + call("seccomp", _SET_FILTER, _NEW_LISTENER, address(given))


def personality(_: AttackFacts) -> object:
    call("personality", _ADDR_NO_RANDOMIZE | _READ_IMPLIES_EXEC)
    return "every page is executable"
