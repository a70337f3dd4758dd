"""Filters as ``linux.seccomp`` of the OCI runtime specification (config-linux.md#seccomp), which Docker, Podman,
containerd and CRI-O read too.

A call is decided by an entry that names it and all of whose ``args`` match; by ``defaultAction`` where there is none.
``SCMP_CMP_MASKED_EQ`` holds the mask in ``value`` and what must come out in ``valueTwo``.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from typing import Any, Final

from sandbox.mechanisms.rules import Arg, Rule, SyscallGroup
from sandbox.policy.model import SandboxPolicy

ARCHITECTURES: Final = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}


def seccomp(policy: SandboxPolicy, *, comments: bool) -> dict[str, Any]:
    """For the machine that this runs on. ``comments``: each entry says why it is there, a field that Docker has and the
    OCI specification has not."""
    entries = [entry for group in policy.syscalls for entry in _entries(group, comments=comments)]
    architectures = [ARCHITECTURES[platform.machine()]]
    return {"defaultAction": "SCMP_ACT_KILL_PROCESS", "architectures": architectures, "syscalls": entries}


def _entries(group: SyscallGroup, *, comments: bool) -> Iterable[dict[str, Any]]:
    """Calls with the same decision and no arguments share an entry."""
    plain: dict[int | None, list[str]] = {}
    for rule in group.rules:
        if not rule.args:
            plain.setdefault(rule.answer, []).append(rule.name)
    shared = [_entry(names, Rule(names[0], answer=answer)) for answer, names in plain.items()]
    single = [_entry([rule.name], rule) for rule in group.rules if rule.args]
    for entry in (*shared, *single):
        yield {"comment": group.reason, **entry} if comments else entry


def _entry(names: list[str], rule: Rule) -> dict[str, Any]:
    entry: dict[str, Any] = {"names": names, "action": "SCMP_ACT_ALLOW"}
    if rule.answer is not None:
        entry |= {"action": "SCMP_ACT_ERRNO", "errnoRet": rule.answer}
    if rule.args:
        entry["args"] = [_argument(arg) for arg in rule.args]
    return entry


def _argument(arg: Arg) -> dict[str, Any]:
    if arg.mask is None:
        return {"index": arg.index, "value": arg.value, "op": "SCMP_CMP_EQ"}
    return {"index": arg.index, "value": arg.mask, "valueTwo": arg.value, "op": "SCMP_CMP_MASKED_EQ"}
