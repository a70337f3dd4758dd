"""Into the sandbox, as the ordered list that the design is.

GPU path, two stages. :func:`prepare` runs once in the fork server: from root to an ordinary user, an outer user and
mount namespace, the read-only tree. :func:`spawn` and :func:`enter` run once per worker: its own seven (eight)
namespaces, its cgroup, its ``/tmp``, limits, no capability, no_new_privs, Landlock, the filter; :func:`lock` then
tightens the filter once the worker is warm. The CPU fork server needs only :func:`renounce`.
"""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sandbox.composition import outer
from sandbox.exceptions import LayerUnavailableError, SandboxError, layer
from sandbox.mechanisms import capabilities, cgroups, landlock, mounts, namespaces, rlimits, seccomp, syscalls
from sandbox.mechanisms.landlock import LandlockPolicy
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.descriptors import INPUT_FD
from sandbox.policy.model import SandboxPolicy


@dataclass(frozen=True, slots=True)
class Prepared:
    """What all workers of one fork server share. ``proc_fd``: the host's ``/proc``, for id maps and for the read-back;
    ``reference``: the fork server's own namespaces, which a worker's must differ from; ``root``: (device, inode) of the
    tree; ``landlock_abi`` 0: waived, or not in the policy; ``ruleset``: descriptor of the rules that all workers have,
    -1 where each makes its own; ``forbids_nested``: no user namespace can be made in a worker's; ``adds``: mount points
    that somebody else's tool makes of its own accord; ``inner_root``: it gets ready as an id 0 of its own."""

    spaces: tuple[Namespace, ...]
    ids: tuple[int, int]
    proc_fd: int
    reference: dict[Namespace, int]
    root: tuple[int, int]
    landlock: LandlockPolicy | None
    landlock_abi: int
    program: bytes
    sealed: bytes | None
    ruleset: int = -1
    forbids_nested: bool = False
    adds: tuple[str, ...] = ()
    inner_root: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What a worker can say about itself and nobody outside can see: Landlock has no file under /proc."""

    landlock_abi: int


def prepare(
    policy: SandboxPolicy,
    files: Iterable[str],
    *,
    mounts: Iterable[tuple[str, str]] = (),
    devices: Iterable[str] = (),
    uid: int = 65532,
    gid: int = 65532,
) -> Prepared:
    """Make the calling, single-threaded process the parent of sandboxed workers.

    ``files``: what its workers open or map, by absolute path; ``mounts``: read-only folders as (source, target);
    ``uid``/``gid``: who to become when started as root. Afterwards its root is the tree, and it holds no
    capability at all. Raises SandboxError naming the layer that cannot be had.
    """
    program = seccomp.compile_filter(policy.syscalls)
    sealed = seccomp.compile_filter(policy.sealed) if policy.sealed else None
    abi = landlock_abi(policy)
    proc_fd = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    spaces = wanted_namespaces(policy, proc_fd)
    binds, files = tuple(mounts), tuple(files)
    if Namespace.MOUNT in spaces:
        ids, held = outer.enter_tree(files, binds, devices=devices, ids=(uid, gid), proc_fd=proc_fd)
    else:
        capabilities.become(uid, gid)
        ids, held = (os.getuid(), os.getgid()), (*files, *(source for source, _ in binds))
    allowed = holding(policy.landlock, held) if abi else None
    # To make namespaces takes no capability: the children's new user namespaces bring their own.
    _unless_waived(policy, capabilities.LAYER, capabilities.drop_all)
    _unless_waived(policy, capabilities.NO_NEW_PRIVS_LAYER, capabilities.no_new_privs)
    root = os.stat("/")
    return Prepared(
        spaces=spaces,
        ids=ids,
        proc_fd=proc_fd,
        reference=namespaces.inodes(proc_fd, "self"),
        root=(root.st_dev, root.st_ino),
        landlock=allowed,
        landlock_abi=abi,
        ruleset=landlock.ruleset(allowed, abi) if allowed else -1,
        forbids_nested=not policy.nested_user_namespaces
        and Namespace.USER in spaces
        and namespaces.nested_can_be_forbidden(proc_fd),
        program=program,
        sealed=sealed,
    )


def wanted_namespaces(policy: SandboxPolicy, proc_fd: int) -> tuple[Namespace, ...]:
    """The policy's namespaces without the waived, and those optional ones that this kernel has.

    Raises SandboxError('userns') if only the user namespace is waived: an unprivileged process gets no other without.
    """
    spaces = tuple(space for space in policy.namespaces if not policy.waives(space.layer))
    if spaces and Namespace.USER not in spaces:
        others = ", ".join(space.layer for space in spaces)
        raise SandboxError("userns", f"waived, and {others} cannot be had without it", "waive those as well")
    optional = tuple(space for space in policy.optional_namespaces if spaces and namespaces.exists(space, proc_fd))
    return spaces + tuple(space for space in optional if not policy.waives(space.layer))


def spawn(prepared: Prepared, slot: cgroups.CgroupSlot | None) -> tuple[int, int]:
    """Fork a worker into its namespaces: (pid, pidfd), or (0, -1) in the worker, which calls :func:`enter` next."""
    if slot is None or slot.version == 1:
        return namespaces.fork_into(prepared.spaces)
    try:
        slot.born_inside = True
        return namespaces.fork_into(prepared.spaces, cgroup=slot.dirs[""])
    except SandboxError:  # CLONE_INTO_CGROUP asks for more permission than an open cgroup.procs needs
        slot.born_inside = False
        return namespaces.fork_into(prepared.spaces)


def enter(
    policy: SandboxPolicy, prepared: Prepared, slot: cgroups.CgroupSlot | None, *, fds: Sequence[int] = ()
) -> Entered:
    """In the worker, first of all. ``fds`` become INPUT_FD and up, every other descriptor is closed.

    Raises SandboxError naming the layer that could not be applied; the worker must then not go on.
    """
    spaces = prepared.spaces
    if Namespace.USER in spaces:
        namespaces.map_ids(prepared.proc_fd, "self", inside=prepared.ids, outside=prepared.ids)
        if prepared.forbids_nested:
            namespaces.forbid_nested(prepared.proc_fd)
    if slot is not None:
        slot.attach()
    if Namespace.CGROUP in spaces:
        namespaces.unshare([Namespace.CGROUP])
    if Namespace.UTS in spaces and policy.hostname:
        with layer(Namespace.UTS.layer):
            syscalls.sethostname(policy.hostname)
    if Namespace.MOUNT in spaces:
        mounts.mount_tmp("/tmp", size_bytes=policy.tmp_bytes, inodes=policy.tmp_inodes)
    rlimits.apply(policy.rlimits)
    rules = prepared.landlock
    keep_only(fds if rules is None else (*fds, prepared.ruleset))
    _unless_waived(policy, capabilities.LAYER, capabilities.drop_all)
    # ---- from here on nothing is privileged ----
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the last change of credentials, which clears it
    _unless_waived(policy, capabilities.NO_NEW_PRIVS_LAYER, capabilities.no_new_privs)
    if rules is not None:
        _restrict(rules, INPUT_FD + len(fds))
    _unless_waived(policy, seccomp.LAYER, lambda: seccomp.install(prepared.program))
    return Entered(landlock_abi=0 if rules is None else prepared.landlock_abi)


def lock(policy: SandboxPolicy, prepared: Prepared) -> None:
    """In a worker that is warm: stack the tighter filter on all its threads. From here on untrusted bytes may come."""
    sealed = prepared.sealed
    if sealed is not None:
        _unless_waived(policy, seccomp.LAYER, lambda: seccomp.install(sealed, all_threads=True))


def renounce(uid: int, gid: int) -> None:
    """The CPU fork server's one step: no power left, for itself and for every worker it will fork.

    Started by root it becomes ``uid``; started by anyone else it enters a user namespace once, which is the only place
    where an ordinary user may empty the bounding set. Raises SandboxError('capabilities' or 'userns').
    """
    if os.geteuid() != 0 and not capabilities.bounding_set_is_empty():
        outer.enter_own_userns([Namespace.USER])
    capabilities.become(uid, gid)
    capabilities.drop_all()
    capabilities.no_new_privs()


def keep_only(fds: Sequence[int]) -> None:
    """Move ``fds`` to INPUT_FD and up, in order; close every other descriptor the process has, 0 to 2 included.

    The numbers are fixed so that one filter, built once, can name them.
    """
    with layer("descriptors"):
        # Out of the way first: a source may lie on another one's target.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, INPUT_FD + len(fds)) for fd in fds]
        for target, source in enumerate(high, start=INPUT_FD):
            os.dup2(source, target, inheritable=False)
        syscalls.close_range(0, INPUT_FD - 1)
        syscalls.close_range(INPUT_FD + len(high), 0xFFFF_FFFF)


def _unless_waived(policy: SandboxPolicy, name: str, apply: Callable[[], None]) -> None:
    """A waived layer is still tried; that it cannot be had is then no error, and the read-back does not report it."""
    try:
        apply()
    except SandboxError:
        if not policy.waives(name):
            raise


def landlock_abi(policy: SandboxPolicy) -> int:
    """The ABI to use; 0 where it is waived or not asked for. Raises SandboxError where it is missing otherwise."""
    if policy.landlock is None or policy.waives(landlock.LAYER):
        return 0
    version = landlock.abi()
    if version == 0:
        hint = "boot with lsm=landlock,... (CONFIG_SECURITY_LANDLOCK), or waive the layer 'landlock'"
        raise LayerUnavailableError(landlock.LAYER, "not enabled in this kernel", hint)
    return version


def _restrict(rules: LandlockPolicy, ruleset: int) -> None:
    """Landlock, proven on the spot. ``ruleset``: the fork server's, so it is one call, whatever the rules hold."""
    landlock.enforce(ruleset)
    os.close(ruleset)
    landlock.prove(rules)


def holding(policy: LandlockPolicy | None, held: Iterable[str]) -> LandlockPolicy | None:
    """With what the tree holds. Named file by file, so that it holds where the tree does not."""
    return None if policy is None else replace(policy, read=(*policy.read, *held))
