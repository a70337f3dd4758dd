"""Files, mounts and /proc: probes 1, 2, 4 to 11, 15, 16, 47 and 48."""

from __future__ import annotations

import contextlib
import errno
import os
import struct
from typing import Final

from sandbox.attack.bait import SECRET
from sandbox.attack.kernel import NOTES, NUMBERS, address, buffer, call
from sandbox.attack.probe import AttackFacts, Attempt

_HERE: Final = -100
_OPEN_TREE_CLONE: Final = 1
_MS_RDONLY_OFF_BIND_REMOUNT: Final = 32 | 4096
_DIRECTORY: Final = os.O_DIRECTORY
_EXPECTED_DEVICES: Final = frozenset({"null", "zero", "urandom"})
_DRIVERS: Final = ("dri", "nvidia")
_ENOUGH_DESCRIPTORS: Final = 400


def _open(path: str, flags: int = os.O_RDONLY, at: int = _HERE, mode: int = 0o666) -> int:
    return call("openat", at, path.encode(), flags, mode)


def _content(path: str) -> bytes:
    return _read(_open(path))


def _read(fd: int) -> bytes:
    NOTES.note("read", NUMBERS["read"], (fd,))
    return os.read(fd, 4096)


# --- 1, 2 -------------------------------------------------------------------------------------------------------------


def read_canary(facts: AttackFacts) -> object:
    return SECRET in _content(facts.canary)


def read_shadow(facts: AttackFacts) -> object:
    return len(_content(facts.shadow))


def through_a_link(facts: AttackFacts) -> object:
    place = "/tmp/link-to-the-canary"
    call("symlinkat", facts.canary.encode(), _HERE, place.encode())
    return SECRET in _content(place)


# --- 3 ----------------------------------------------------------------------------------------------------------------


def climb(_: AttackFacts) -> object:
    """From every descriptor there is: one directory among them is enough."""
    trouble = OSError(errno.EBADF, "no descriptor")
    for fd in range(64):
        try:
            return 1 + _open("..", _DIRECTORY, fd)
        except OSError as error:
            trouble = error if error.errno != errno.EBADF else trouble
    raise trouble


# --- 4 ----------------------------------------------------------------------------------------------------------------


def make_in(folder: str) -> Attempt:
    return lambda _: 1 + _open(f"{folder}/escape", os.O_CREAT | os.O_WRONLY)


def overwrite(_: AttackFacts) -> object:
    return call("write", _open("/fonts/file", os.O_RDWR), b"changed!!", 9)


# --- 5 to 8: mounts ---------------------------------------------------------------------------------------------------


def remount(facts: AttackFacts) -> object:
    call("mount", 0, facts.readonly.encode(), 0, _MS_RDONLY_OFF_BIND_REMOUNT, 0)
    return "read-write"


def unmount(facts: AttackFacts) -> object:
    call("umount2", facts.masking.encode(), 2)
    return "unmounted"


def mount(_: AttackFacts) -> object:
    call("mount", b"none", b"/tmp", b"tmpfs", 0, 0)
    return "mounted"


def fsopen(_: AttackFacts) -> object:
    return 1 + call("fsopen", b"tmpfs", 0)


def open_tree(_: AttackFacts) -> object:
    return 1 + call("open_tree", _HERE, b"/", _OPEN_TREE_CLONE)


def move_mount(facts: AttackFacts) -> object:
    call("move_mount", _HERE, facts.masking.encode(), _HERE, b"/usr", 0)
    return "moved"


def mount_setattr(facts: AttackFacts) -> object:
    given = buffer(32)
    struct.pack_into("4Q", given, 0, 0, 1, 0, 0)  # attr_clr: MOUNT_ATTR_RDONLY
    call("mount_setattr", _HERE, facts.readonly.encode(), 0, address(given), 32)
    return "read-write"


def pivot_root(facts: AttackFacts) -> object:
    place = facts.masking.encode()
    call("pivot_root", place, place)
    return "another root"


def chroot(facts: AttackFacts) -> object:
    call("chroot", facts.masking.encode())
    return "another root"


# --- 9, 10, 11 --------------------------------------------------------------------------------------------------------


def open_by_handle(facts: AttackFacts) -> object:
    """No path: the folder's own number, as the host knows it."""
    raw = bytes.fromhex(facts.handle)
    given = buffer(8 + len(raw))
    struct.pack_into(f"Ii{len(raw)}s", given, 0, len(raw), facts.handle_type, raw)
    fd = call("open_by_handle_at", facts.handle_fd, address(given), _DIRECTORY)
    return SECRET in _read(_open("canary", at=fd))


def make_device(_: AttackFacts) -> object:
    call("mknodat", _HERE, b"/tmp/disk", 0o60666, os.makedev(7, 0))
    return "a block device"


def list_devices(_: AttackFacts) -> object:
    """Everything there that no renderer needs."""
    fd = _open("/dev", _DIRECTORY)
    NOTES.note("getdents64", NUMBERS["getdents64"])
    names = set(os.listdir(fd)) - _EXPECTED_DEVICES
    strange = sorted(name for name in names if not name.startswith(_DRIVERS))
    if not strange:
        raise OSError(errno.ENOENT, "nothing but the expected devices")
    return strange


def loot(facts: AttackFacts) -> object:
    """Whatever belongs to the neighbour: what it is known to have in /tmp (refused is not the same as not there), and
    everybody's descriptors. In the control, ``amount`` 1, the attacker plays the neighbour too, there being one place.
    """
    if facts.amount == 1:
        os.write(_open(f"/tmp/{facts.neighbour}", os.O_CREAT | os.O_WRONLY), SECRET)
    found = False
    with contextlib.suppress(FileNotFoundError):
        os.close(_open(f"/tmp/{facts.neighbour}", os.O_RDONLY))
        found = True
    with contextlib.suppress(FileNotFoundError):
        known = {"1", str(os.getpid())}  # the first of its own namespace, who is itself unless a tool stayed there
        found = found or any(name.isdigit() and name not in known for name in os.listdir(_open("/proc", _DIRECTORY)))
    if not found:
        raise OSError(errno.ENOENT, "nothing of the neighbour's")
    return "something of the neighbour's"


# --- 15, 16: never written to, only opened ----------------------------------------------------------------------------


def open_for_writing(path: str) -> Attempt:
    def attempt(facts: AttackFacts) -> object:
        fd = _open(path.replace("/proc", facts.proc, 1), os.O_WRONLY)
        os.close(fd)
        return "could be written to"

    return attempt


def read_environment(facts: AttackFacts) -> object:
    return SECRET in _content(f"{facts.proc}/{facts.victim}/environ")


def read_root(facts: AttackFacts) -> object:
    return SECRET in _content(f"{facts.proc}/{facts.victim}/root{facts.canary}")


# --- 47, 48 -----------------------------------------------------------------------------------------------------------


def fill_tmp(facts: AttackFacts) -> object:
    fd = _open("/tmp/full", os.O_CREAT | os.O_WRONLY)
    return _write_on(fd, facts.amount)


def write_on(facts: AttackFacts) -> object:
    """To the one place where a worker may write."""
    return _write_on(facts.output_fd, facts.amount)


def _write_on(fd: int, amount: int) -> int:
    chunk, written = bytes(1 << 20), 0
    while written < amount:
        written += call("write", fd, chunk, len(chunk))
    return written


def cut_huge(facts: AttackFacts) -> object:
    call("ftruncate", facts.output_fd, 1 << 40)
    return "a file of a tebibyte"


def flood_descriptors(_: AttackFacts) -> object:
    """As many as there are of a descriptor that every process has."""
    count = 0
    while count < _ENOUGH_DESCRIPTORS:
        call("fcntl", 4, 1030, 0)  # F_DUPFD_CLOEXEC
        count += 1
    return count


def duplicate(_: AttackFacts) -> object:
    for _number in range(_ENOUGH_DESCRIPTORS):
        call("dup", 4)
    return "a descriptor"
