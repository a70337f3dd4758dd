"""The outer stage, once per fork server: from root to an ordinary user, a user and mount namespace, the read-only tree.

Whoever is not root has power over new namespaces only inside a user namespace of its own, so one comes first.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from sandbox.exceptions import LayerUnavailableError, layer
from sandbox.mechanisms import capabilities, mounts, namespaces
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.tree import DEVICES, DRIVER_DATA


def enter_tree(
    files: Sequence[str],
    binds: Sequence[tuple[str, str]],
    *,
    devices: Iterable[str],
    ids: tuple[int, int],
    proc_fd: int,
) -> tuple[tuple[int, int], tuple[str, ...]]:
    """An outer user and mount namespace, with the tree as root. Returns the ids we have become, and what of the files
    and folders is in the tree.

    The sources are opened as whoever started us (a virtual environment may lie in a home only its owner can enter), but
    in the new mount namespace, since only its own mounts can be cloned; the tree is built as the unprivileged user.
    """
    for _, target in binds:
        mounts.check_target(target)
    outer = [Namespace.USER, Namespace.MOUNT]
    if os.geteuid() != 0:
        ids = (os.getuid(), os.getgid())
        enter_own_userns(outer)
    else:
        _enter_userns_as_root(outer, ids, proc_fd)
    mounts.make_private()
    tree = mounts.gather(files, optional=DRIVER_DATA, mounts=binds, devices=(*DEVICES, *devices))
    with layer(Namespace.USER.layer):
        os.setresgid(ids[1], ids[1], ids[1])
        os.setresuid(ids[0], ids[0], ids[0])
        capabilities.set_dumpable()
    mounts.assemble(tree)
    tree.close()
    return ids, tuple(source.target for source in tree.sources if not source.device)


def enter_own_userns(spaces: Sequence[Namespace]) -> None:
    """Whoever is not root has power over new namespaces only inside a user namespace of its own."""
    ids = (os.getuid(), os.getgid())
    proc_fd = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        namespaces.unshare(spaces)
        namespaces.map_ids(proc_fd, "self", inside=ids, outside=ids)
    finally:
        os.close(proc_fd)


def _enter_userns_as_root(spaces: Sequence[Namespace], ids: tuple[int, int], proc_fd: int) -> None:
    """Root may map any id, but only from outside the new namespace: a helper, forked before, writes the maps."""
    with layer(Namespace.USER.layer):
        os.setgroups([])
    ready_read, ready_write = os.pipe()
    target = os.getpid()
    helper = os.fork()
    if helper == 0:
        _write_maps(ready_read, ready_write, target, ids, proc_fd)
    os.close(ready_read)
    try:
        namespaces.unshare(spaces)
        os.write(ready_write, b"x")
    finally:
        os.close(ready_write)
        _, status = os.waitpid(helper, 0)
    if status != 0:
        raise LayerUnavailableError(
            Namespace.USER.layer, "the id map was refused", "user.max_user_namespaces, or an LSM"
        )


def _write_maps(ready_read: int, ready_write: int, target: int, ids: tuple[int, int], proc_fd: int) -> None:
    status = 1
    try:
        os.close(ready_write)
        if os.read(ready_read, 1):
            namespaces.map_ids(proc_fd, target, inside=ids, outside=ids)
            status = 0
    finally:
        os._exit(status)
