"""Which objects: Landlock, the LSM an ordinary process may put on itself (landlock(7), kernel docs userspace-api).

The highest ABI the kernel has is used and everything it can handle is handled: all file-system rights, TCP (ABI 4),
abstract unix sockets and signals (ABI 6). What is then not named in the policy is denied. A kernel without Landlock is
reported as such (ABI 0); a kernel with it that refuses is an error.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from dataclasses import dataclass
from typing import Final

from sandbox.exceptions import LayerFailedError, LayerNotInForceError, SyscallError, layer
from sandbox.mechanisms import syscalls

LAYER: Final = "landlock"
_VERSION: Final = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_READ: Final = _READ_FILE | _READ_DIR
_WRITE: Final = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_DEVICE: Final = _READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL_DEV
_ON_FILES: Final = _READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL_DEV | 1

_FS_RIGHTS_BY_ABI: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET_RIGHTS: Final = 0b11  # bind and connect TCP
_SCOPES: Final = 0b11  # abstract unix sockets, signals


@dataclass(frozen=True, slots=True)
class LandlockPolicy:
    """Which objects, for the LSM: everything not named here is denied.

    ``read``: files and trees that may be read; beside them a worker may read what its tree holds, which is named file
    by file. ``write``: trees that may be read, written, filled and emptied. ``devices``: nodes that may be read,
    written and driven with ioctl. ``listed``: folders whose names may be seen, and no more. All TCP, all abstract
    sockets and all signals out of the sandbox are denied where the ABI knows them.
    """

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handled:
    """What a ruleset of one ABI can deny, as the kernel's bit sets."""

    filesystem: int
    network: int
    scopes: int


def abi() -> int:
    """The kernel's Landlock ABI; 0 where it is not built in or not enabled."""
    try:
        return syscalls.landlock_create_ruleset(None, 0, _VERSION)
    except SyscallError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP):
            return 0
        raise LayerFailedError(LAYER, str(error), error.hint, error.errno) from error


def handled(version: int) -> Handled:
    """Everything that ABI ``version`` can deny."""
    bits = _FS_RIGHTS_BY_ABI[min(version, max(_FS_RIGHTS_BY_ABI))]
    return Handled((1 << bits) - 1, _NET_RIGHTS if version >= 4 else 0, _SCOPES if version >= 6 else 0)


def ruleset(policy: LandlockPolicy, version: int) -> int:
    """A descriptor of the policy's rules, for :func:`enforce` here or in a fork. A rule holds a file or directory
    itself and not its path; paths that do not exist or cannot be reached are left out (nothing is granted for them).
    Raises LayerFailedError."""
    with layer(LAYER):
        made = _create(handled(version))
        try:
            granted = ((policy.read, _READ), (policy.write, _WRITE), (policy.devices, _DEVICE))
            for paths, access in (*granted, (policy.listed, _READ_DIR)):
                for path in paths:
                    _allow(made, path, access & handled(version).filesystem)
        except BaseException:
            os.close(made)
            raise
        return made


def enforce(made: int) -> None:
    """Restrict the calling thread to a ruleset, for good. Needs no_new_privs. Raises LayerFailedError."""
    with layer(LAYER):
        syscalls.landlock_restrict_self(made)


def restrict(policy: LandlockPolicy, version: int) -> None:
    """Both at once."""
    made = ruleset(policy, version)
    try:
        enforce(made)
    finally:
        os.close(made)


def prove(policy: LandlockPolicy) -> None:
    """Try something only Landlock forbids. Raises LayerNotInForceError if it works.

    No file under /proc tells that a process is landlocked, so this is the proof there is: made inside the worker,
    before it has seen anything untrusted. Where it may write, making a symlink there is not among the granted rights;
    where it may not, listing the root is not.
    """
    try:
        if policy.write:
            os.symlink("nowhere", os.path.join(policy.write[0], ".landlock"))
        else:
            os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY))
    except PermissionError:
        return
    raise LayerNotInForceError(LAYER, "the kernel took the rules and does not enforce them")


def _create(rights: Handled) -> int:
    attributes = syscalls.LandlockRuleset(rights.filesystem, rights.network, rights.scopes)
    size = 24 if rights.scopes else 16 if rights.network else 8
    return syscalls.landlock_create_ruleset(attributes, min(size, ctypes.sizeof(attributes)), 0)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):  # granting nothing is safe
        return
    try:
        on_directory = stat.S_ISDIR(os.fstat(fd).st_mode)
        syscalls.landlock_add_path(ruleset, fd, access if on_directory else access & _ON_FILES)
    finally:
        os.close(fd)
