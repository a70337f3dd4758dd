"""What is in force, as the kernel says: read from ``/proc/<pid>`` by the parent, never taken from the worker.

Works for an unprivileged parent whose own root has no ``/proc`` (it kept a descriptor). A process that has died but is
not reaped yet still shows its capabilities, no_new_privs and seccomp, which is all a CPU worker has to show;
namespaces, mounts and cgroup must be read while the worker lives.

One layer cannot be seen from outside at all: Landlock. For it there is the worker's word, given after a probe of its
own and before it has seen anything untrusted (:func:`sandbox.mechanisms.landlock.prove`); a worker whose probe failed
never says that it is ready.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final

from sandbox.composition.enter import Prepared
from sandbox.exceptions import LayerNotInForceError, SandboxError, layer
from sandbox.mechanisms import capabilities, landlock, namespaces, rlimits, seccomp
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.mechanisms.mounts import lies_in
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.model import SandboxPolicy

_CHUNK_BYTES: Final = 16 * 1024
_CAPABILITY_SETS: Final = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


def verify(
    pid: int,
    policy: SandboxPolicy,
    *,
    prepared: Prepared | None = None,
    slot: CgroupSlot | None = None,
) -> tuple[str, ...]:
    """The layers in force on ``pid``, in the order they are reported.

    Raises LayerNotInForceError naming the first one that the policy demands, that nobody waived, and that is missing.
    ``prepared`` and ``slot``: what the worker was made with; without them a policy with namespaces cannot be verified.
    """
    proc_fd = os.open("/proc", os.O_PATH | os.O_CLOEXEC) if prepared is None else prepared.proc_fd
    try:
        found = _namespaces(pid, policy, prepared, proc_fd)
        found += _cgroup(pid, policy, slot, proc_fd)
        found += _status(status_of(pid, proc_fd), policy)
        rlimits.verify(pid, policy.rlimits, proc_fd)
    finally:
        if prepared is None:
            os.close(proc_fd)
    if prepared is not None and policy.landlock is not None:
        asked = prepared.landlock is not None and prepared.landlock_abi > 0
        if _demand(policy, landlock.LAYER, "the worker was not asked to restrict itself", holds=asked):
            found.insert(found.index(seccomp.LAYER) if seccomp.LAYER in found else len(found), landlock.LAYER)
    return tuple(found)


def status_of(pid: int, proc_fd: int) -> Mapping[str, str]:
    """``/proc/<pid>/status`` as a mapping."""
    with layer("readback"):
        lines = _read(f"{pid}/status", proc_fd).splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def cpu_s(pid: int, proc_fd: int | None = None) -> float:
    """Processor time that ``pid`` has used, in seconds (proc(5), stat). Raises ProcessLookupError."""
    try:
        fields = _read(f"/proc/{pid}/stat" if proc_fd is None else f"{pid}/stat", proc_fd).rpartition(")")[2].split()
    except FileNotFoundError as error:
        raise ProcessLookupError(f"process {pid} is gone") from error
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status(status: Mapping[str, str], policy: SandboxPolicy) -> list[str]:
    held = [name for name in _CAPABILITY_SETS if int(status[name], 16)]
    wanted_filters = 2 if policy.sealed else 1
    checks = (
        (capabilities.LAYER, not held, f"{', '.join(held)} not empty"),
        (capabilities.NO_NEW_PRIVS_LAYER, status["NoNewPrivs"] == "1", f"NoNewPrivs is {status['NoNewPrivs']}"),
        (
            seccomp.LAYER,
            # 3 is what the kernel makes of 2 when the filter has just killed the process (SECCOMP_MODE_DEAD).
            status["Seccomp"] in ("2", "3") and int(status.get("Seccomp_filters", wanted_filters)) >= wanted_filters,
            f"mode {status['Seccomp']} with {status.get('Seccomp_filters', '?')} filters, not 2 with {wanted_filters}",
        ),
    )
    return [name for name, holds, detail in checks if _demand(policy, name, detail, holds=holds)]


def _demand(policy: SandboxPolicy, name: str, detail: str, *, holds: bool) -> bool:
    if not holds and not policy.waives(name):
        raise LayerNotInForceError(name, detail)
    return holds


def _namespaces(pid: int, policy: SandboxPolicy, prepared: Prepared | None, proc_fd: int) -> list[str]:
    if not policy.namespaces:
        return []
    if prepared is None:
        raise SandboxError("readback", f"policy {policy.name} has namespaces; say what the worker was prepared with")
    with layer("readback"):
        inodes = namespaces.inodes(proc_fd, pid)
    found = []
    for space in (*policy.namespaces, *policy.optional_namespaces):
        fresh = space in inodes and inodes[space] != prepared.reference[space]
        if _demand_namespace(policy, space, fresh=fresh, asked=space in prepared.spaces):
            found.append(space.layer)
    if Namespace.USER.layer in found:
        maps = (_read(f"{pid}/uid_map", proc_fd), _read(f"{pid}/gid_map", proc_fd))
        _verify_ids(*maps, inner_root=prepared.inner_root)
        _verify_user(status_of(pid, proc_fd), prepared.ids)
    if Namespace.MOUNT.layer in found:
        _verify_root(pid, prepared, proc_fd)
        _verify_mounts(_read(f"{pid}/mountinfo", proc_fd), policy, adds=prepared.adds)
    return found


def _demand_namespace(policy: SandboxPolicy, space: Namespace, *, fresh: bool, asked: bool) -> bool:
    if space in policy.optional_namespaces and not asked:
        return fresh
    return _demand(policy, space.layer, "shared with the fork server", holds=fresh)


def _verify_ids(*maps: str, inner_root: bool = False) -> None:
    """Each map is one line of one id that is 0 neither inside nor (as the reader sees it) outside.

    ``inner_root``: an OCI runtime gets ready as an id 0 of its own, which may have a line more, and is not 0 outside
    either; :func:`_verify_user` looks at who the worker is.
    """
    for text in maps:
        lines = [[int(number) for number in line.split()] for line in text.splitlines()]
        own = [line for line in lines if line[0] != 0]
        more_is_fine = len(lines) == len(own) or (inner_root and len(lines) == 2)
        if len(own) != 1 or not more_is_fine or any(count != 1 or outside == 0 for _, outside, count in lines):
            raise LayerNotInForceError(Namespace.USER.layer, f"the id map is {lines}, not one unprivileged id")


def _verify_user(status: Mapping[str, str], ids: tuple[int, int]) -> None:
    """Real, effective, saved and file-system ids are the ones it was to have, of which none is 0."""
    for name, wanted in zip(("Uid", "Gid"), ids, strict=True):
        if {int(number) for number in status[name].split()} != {wanted} or wanted == 0:
            raise LayerNotInForceError(Namespace.USER.layer, f"{name} is {status[name]}, not {wanted}")


def _verify_root(pid: int, prepared: Prepared, proc_fd: int) -> None:
    with layer("readback"):
        root = os.stat(f"{pid}/root", dir_fd=proc_fd)
    if (root.st_dev, root.st_ino) != prepared.root:
        raise LayerNotInForceError(Namespace.MOUNT.layer, "its root is not the tree that was prepared")


def _verify_mounts(mountinfo: str, policy: SandboxPolicy, *, adds: tuple[str, ...] = ()) -> None:
    """All read-only, nosuid and nodev; but /tmp may be written, and below /dev there are devices. Not looked at: what
    lies at or below one of ``adds``."""
    for line in mountinfo.splitlines():
        point, options = line.split()[4], set(line.split()[5].split(","))
        if any(lies_in(point, place) for place in adds):
            continue
        missing = {"ro", "nosuid", "nodev"} - options
        missing -= {"ro"} if point == "/tmp" else {"nodev"} if point.startswith("/dev/") else set()
        if missing:
            raise LayerNotInForceError(
                Namespace.MOUNT.layer, f"{point} is mounted without {', '.join(sorted(missing))}"
            )
    if policy.tmp_bytes and not re.search(r" /tmp rw,", mountinfo):
        raise LayerNotInForceError(Namespace.MOUNT.layer, "it has no /tmp of its own")


def _cgroup(pid: int, policy: SandboxPolicy, slot: CgroupSlot | None, proc_fd: int) -> list[str]:
    if policy.cgroup is None:
        return []
    if slot is None:
        _demand(policy, "cgroup", "the worker was given no cgroup", holds=False)
        return []
    try:
        slot.verify(_read(f"{pid}/cgroup", proc_fd))
    except LayerNotInForceError as error:
        _demand(policy, "cgroup", error.detail, holds=False)
        return []
    return [slot.layer]


def _read(path: str, proc_fd: int | None) -> str:
    """By hand: a file object costs more than the read, and this is done several times for every render."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc_fd)
    try:
        chunks = []
        while chunk := os.read(fd, _CHUNK_BYTES):
            chunks.append(chunk)
    finally:
        os.close(fd)
    return b"".join(chunks).decode("utf-8", "replace")
