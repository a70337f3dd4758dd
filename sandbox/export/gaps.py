"""What a target cannot say of a policy. Each target names what it *can*; the rest becomes sentences.

So a feature that a policy gains is a gap in every export until an exporter learns it, and not silently lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import Enum, auto

from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.model import SandboxPolicy


class Can(Enum):
    """One thing that a policy may demand and a target may be able to express."""

    ARGUMENTS = auto()
    ANSWERS = auto()
    KILL_FOREIGN_ARCH = auto()
    NAMESPACES = auto()
    TIME_NAMESPACE = auto()
    NO_NESTED_USER_NAMESPACE = auto()
    CGROUP = auto()
    CAPABILITIES = auto()
    BOUNDING_SET = auto()
    SECUREBITS = auto()
    NO_NEW_PRIVS = auto()
    LANDLOCK = auto()
    MOUNTS = auto()
    TMP_INODES = auto()
    HOSTNAME = auto()
    DESCRIPTORS = auto()


def gaps(policy: SandboxPolicy, can: Collection[Can], *, rlimits: Collection[str] = ()) -> tuple[str, ...]:
    """One sentence for each thing that ``policy`` demands and the target cannot express. ``rlimits``: those it can."""
    missing = [sentence for need, sentence in _needs(policy) if need not in can]
    limits = [limit.name for limit in policy.rlimits if limit.name not in rlimits]
    if limits:
        missing.append(f"rlimits {', '.join(limits)}: whoever starts it has to set them")
    if policy.sealed is not None:
        missing.append("the second, tighter filter: the worker stacks it itself, once it is warm")
    return tuple(missing)


def _needs(policy: SandboxPolicy) -> Iterator[tuple[Can, str]]:
    rules = [rule for group in policy.syscalls for rule in group.rules]
    if any(rule.args for rule in rules):
        yield Can.ARGUMENTS, "arguments of system calls: a call is allowed with all of them, or not at all"
    if any(rule.answer is not None for rule in rules):
        yield Can.ANSWERS, "calls that are answered with an errno: they are killed here (see the list)"
    yield Can.KILL_FOREIGN_ARCH, "int 0x80 and x32 kill the calling thread or answer an errno, not kill the process"
    yield from _namespaces(policy)
    if policy.cgroup:
        yield Can.CGROUP, "the cgroup (memory, processes, processor time): whoever starts it has to make one"
    yield Can.CAPABILITIES, "no capability in any set"
    yield Can.BOUNDING_SET, "an empty bounding set"
    yield Can.SECUREBITS, f"securebits {', '.join(policy.securebits)}"
    yield Can.NO_NEW_PRIVS, "no_new_privs"
    if policy.landlock:
        yield Can.LANDLOCK, "Landlock: the worker restricts itself"
    if policy.mounts:
        yield Can.MOUNTS, "the mount tree"
    if policy.tmp_inodes:
        yield Can.TMP_INODES, f"/tmp holds at most {policy.tmp_inodes} inodes"
    if policy.hostname:
        yield Can.HOSTNAME, f"the host name {policy.hostname}"
    yield Can.DESCRIPTORS, "every descriptor but the job's is closed: the worker does it itself"


def _namespaces(policy: SandboxPolicy) -> Iterator[tuple[Can, str]]:
    if policy.namespaces:
        yield Can.NAMESPACES, f"namespaces: {', '.join(space.value for space in policy.namespaces)}"
    if Namespace.TIME in policy.optional_namespaces:
        yield Can.TIME_NAMESPACE, "the time namespace"
    if not policy.nested_user_namespaces:
        yield Can.NO_NESTED_USER_NAMESPACE, "no user namespace inside its own: the filter alone keeps it from that"
