"""An AppArmor profile (apparmor.d(5)), for the objects: what is not named is denied.

The label is put on from outside (``apparmor_parser --replace``, then ``aa-exec`` or a runtime's option) and stands
beside Landlock, which the worker puts on itself and which knows no capabilities, mounts or limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.export.gaps import Can, gaps
from sandbox.export.model import Export, Program, text_file
from sandbox.export.start import objects
from sandbox.mechanisms.landlock import LandlockPolicy
from sandbox.policy.model import SandboxPolicy

_CAN: Final = frozenset({Can.CAPABILITIES, Can.LANDLOCK})
_RLIMITS: Final = frozenset({"AS", "CORE", "CPU", "FSIZE", "MEMLOCK", "MSGQUEUE", "NOFILE", "NPROC", "STACK"})
_ALWAYS: Final = (
    "system calls: AppArmor mediates objects, and sees no call that names none",
    "writable and executable memory: only files that are mapped executable are mediated",
    "which kernel mediates what: one without unix, signal or ptrace mediation ignores those lines",
)
_FAMILIES: Final = ("inet", "inet6", "packet", "netlink")


def export(policy: SandboxPolicy, program: Program) -> Export:
    missing = (*gaps(policy, _CAN, rlimits=_RLIMITS), *_ALWAYS)
    name = f"renderserver-{policy.name}"
    lines = [
        f"# renderserver's policy {policy.name}; made by `renderserver policy export apparmor`.",
        *(f"# Not expressed: {text}" for text in missing),
        f"profile {name} flags=(attach_disconnected) {{",
        *(f"  {line}" for line in _rules(policy, program, name)),
        "}",
    ]
    return Export((text_file(name, "\n".join(lines) + "\n"),), missing)


def _rules(policy: SandboxPolicy, program: Program, name: str) -> Iterator[str]:
    yield from (f"capability {capability.lower()}," for capability in policy.capabilities)
    if not policy.capabilities:
        yield "deny capability,"
    yield from (f"deny network {family}," for family in _FAMILIES)
    yield from ("deny mount,", "deny remount,", "deny umount,", "deny pivot_root,", "deny change_profile,")
    yield "# Its supervisor may end it and look at it; of others it may do neither, of itself only abort."
    yield "signal (receive) peer=unconfined,"
    yield f"signal (send, receive) set=(abrt) peer={name},"
    yield "ptrace (tracedby, readby) peer=unconfined,"
    yield "# The job's socket, which it inherits."
    yield "unix (send, receive) type=seqpacket,"
    yield from (f"set rlimit {limit.name.lower()} <= {limit.value}," for limit in policy.rlimits)
    if policy.landlock:
        yield from _objects(objects(policy.landlock))
        yield f"{program.argv[0]} ix,"


def _objects(landlock: LandlockPolicy) -> Iterator[str]:
    for path in landlock.read:
        yield f"{path.rstrip('/')}/ r,"
        yield f"{path.rstrip('/')}/** mr,"
    yield "# Landlock denies these by the tree they are not in; here they are named."
    yield from ("deny /proc/** rwklx,", "deny /sys/kernel/** rwklx,", "deny /dev/mem rwklx,")
    for path in landlock.write:
        yield f"{path}/ rw,"
        yield f"{path}/** rw,"
        yield f"deny {path}/** mlx,"
    yield from (f"{path} rw," for path in landlock.devices)
