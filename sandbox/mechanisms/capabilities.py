"""What power has it: none. capabilities(7), user_namespaces(7), PR_SET_NO_NEW_PRIVS (prctl(2)).

All five sets are emptied (bounding first: dropping from it needs CAP_SETPCAP, which goes last), the securebits are
locked so that uid 0 means nothing, and no_new_privs makes execve unable to give anything back.
"""

from __future__ import annotations

import errno
import os
from typing import Final

from sandbox.exceptions import LayerFailedError, SyscallError, layer
from sandbox.mechanisms import syscalls

LAYER: Final = "capabilities"
NO_NEW_PRIVS_LAYER: Final = "no-new-privs"

# NOROOT, NO_SETUID_FIXUP, KEEP_CAPS (only its lock), NO_CAP_AMBIENT_RAISE, each with its lock bit above it.
SECUREBITS: Final = 0b11_10_11_11
_SETPCAP: Final = 8


def become(uid: int, gid: int) -> None:
    """From root to an ordinary user, for good: no groups, no capability, nothing in the bounding set.

    Leaves the process dumpable again, because a non-dumpable one owns its own ``/proc/self`` files no more and could
    not write its uid map. Does nothing when the process is not root; then it already is an ordinary user.
    """
    if os.geteuid() != 0:
        return
    with layer(LAYER):
        _empty_bounding_set()
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        set_dumpable()


def drop_all() -> None:
    """Empty all five sets and lock the securebits; the caller must hold CAP_SETPCAP or have an empty bounding set.

    Raises LayerFailedError otherwise: an unprivileged process gets there through a user namespace of its own.
    """
    with layer(LAYER):
        if _holds(_SETPCAP):
            syscalls.prctl(syscalls.PR_SET_SECUREBITS, SECUREBITS)
            _empty_bounding_set()
        elif not bounding_set_is_empty():
            hint = "enter a user namespace first, or start as root"
            raise LayerFailedError(LAYER, "the bounding set cannot be emptied without CAP_SETPCAP", hint, errno.EPERM)
        syscalls.prctl(syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL)
        syscalls.capset(0, 0, 0)


def no_new_privs() -> None:
    """From now on execve cannot grant privileges; also what lets an ordinary user install a seccomp filter."""
    with layer(NO_NEW_PRIVS_LAYER):
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)


def set_dumpable() -> None:
    """Own ``/proc/self`` again after a change of uid."""
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)


def bounding_set_is_empty() -> bool:
    return not any(syscalls.prctl(syscalls.PR_CAPBSET_READ, number) for number in range(LAST_CAPABILITY + 1))


def _holds(capability: int) -> bool:
    effective, _, _ = syscalls.capget()
    return bool(effective >> capability & 1)


def _empty_bounding_set() -> None:
    syscalls.capbset_drop(LAST_CAPABILITY)


def _last_capability() -> int:
    """Highest capability this kernel knows: the last number PR_CAPBSET_READ does not refuse."""
    number = 0
    while True:
        try:
            syscalls.prctl(syscalls.PR_CAPBSET_READ, number)
        except SyscallError:
            return number - 1
        number += 1


LAST_CAPABILITY: Final = _last_capability()
