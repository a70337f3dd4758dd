"""A firejail profile: ``firejail --profile=FILE --quiet PROGRAM``. Firejail hides what it is told to hide, where all
others show what they are told to show; so this is the weakest of the exports, and its gaps say where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyseccomp

from sandbox.export.gaps import Can, gaps
from sandbox.export.model import Export, Program, text_file
from sandbox.mechanisms.mounts import lies_in
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.model import SandboxPolicy

_CAN: Final = frozenset(
    {Can.NAMESPACES, Can.CAPABILITIES, Can.BOUNDING_SET, Can.NO_NEW_PRIVS, Can.HOSTNAME, Can.KILL_FOREIGN_ARCH}
)
_NEWEST_KNOWN: Final = 440  # of firejail 0.9.72
_RLIMITS: Final = {"AS": "as", "CPU": "cpu", "FSIZE": "fsize", "NOFILE": "nofile", "NPROC": "nproc"}
_ALWAYS: Final = (
    "a cgroup namespace",
    "a user id map of one id: `noroot` keeps the user's own ids and maps no other",
    "a limit of firejail that is 0 is not set at all",
)
# Not /run: firejail keeps there what it hides things with.
_REMOVABLE: Final = ("/media", "/mnt", "/run/media", "/run/mount")  # what `disable-mnt` is for
_FOLDERS: Final = ("/boot", "/home", "/opt", "/root", "/srv", "/sys", "/var", *_REMOVABLE)
_OFF: Final = ("nodvd", "nogroups", "noinput", "noprinters", "nosound", "notv", "nou2f", "novideo")


def export(policy: SandboxPolicy, program: Program, *, deny: str = "kill") -> Export:
    """``deny``: what becomes of a call that is not allowed, ``kill`` or an errno's name. Firejail has one for all, so a
    program that must start needs ``EPERM``: it tries what the native filter answers."""
    missing = (*gaps(policy, _CAN, rlimits=tuple(_RLIMITS)), *_ALWAYS, *_beside(policy, program))
    lines = [
        f"# renderserver's policy {policy.name}; made by `renderserver policy export firejail`.",
        *(f"# Not expressed: {text}" for text in missing),
        f"# Answered natively, {'killed' if deny == 'kill' else deny} here: "
        + (", ".join(_only_answered(policy)) or "none"),
        *_lines(policy, program, deny),
    ]
    return Export((text_file(f"{policy.name}.firejail.profile", "\n".join(lines) + "\n"),), missing)


def _lines(policy: SandboxPolicy, program: Program, deny: str) -> Iterator[str]:
    yield "quiet"
    yield from ("caps.drop all", "nonewprivs", "seccomp.block-secondary", f"seccomp-error-action {deny}")
    yield f"seccomp.keep {','.join(_word(call) for call in _allowed(policy) if _number(call) >= 0)}"
    if not policy.jit:
        yield "memory-deny-write-execute"
    if Namespace.USER in policy.namespaces:
        yield "noroot"
    if Namespace.NET in policy.namespaces:
        yield "net none"
    if Namespace.IPC in policy.namespaces:
        yield "ipc-namespace"
    if policy.hostname:
        yield f"hostname {policy.hostname}"
    limits = [limit for limit in policy.rlimits if limit.name in _RLIMITS and limit.value]
    yield from (f"rlimit-{_RLIMITS[limit.name]} {limit.value}" for limit in limits)
    yield from (f"env {name}={value}" for name, value in program.environment)
    if policy.mounts:
        yield from _tree(policy, program)


def _tree(policy: SandboxPolicy, program: Program) -> Iterator[str]:
    yield from _OFF
    yield from ("dbus-user none", "dbus-system none", "x11 none", "private-dev", "private-tmp", "noexec /tmp")
    if not any("/dri/" in (mount.source or "") for mount in policy.mounts):
        yield "no3d"
    etc = [mount.target.removeprefix("/etc/") for mount in policy.mounts if mount.target.startswith("/etc/")]
    yield f"private-etc {','.join(etc)}"
    needed = _needed(program)
    used = _used(needed)
    yield from _hidden(needed, used)
    yield "read-only /"
    yield from (f"read-only {folder}" for folder in used)  # the line above does not reach what is mounted below
    yield "read-write /tmp"


def _needed(program: Program) -> tuple[str, ...]:
    return (*program.files, *(source for source, _ in program.folders), *program.argv[:1])


def _hidden(needed: Sequence[str], used: Sequence[str]) -> Iterator[str]:
    """What the program does not use. What it does use, firejail must not hide of its own accord."""
    if not any(folder in used for folder in _REMOVABLE):
        yield "disable-mnt"
    if "/home" in used:
        yield "allusers"
    if "/var" in used:  # or nothing there could be mapped executable
        yield "writable-var"
    if any(lies_in(path, "/var/tmp") for path in needed):
        yield "keep-var-tmp"
    yield from (f"blacklist {folder}" for folder in _FOLDERS if folder not in used)


def _used(needed: Sequence[str]) -> tuple[str, ...]:
    """Of the folders that firejail could hide, those in which something lies that the program needs."""
    return tuple(folder for folder in _FOLDERS if any(lies_in(path, folder) for path in needed))


def _beside(policy: SandboxPolicy, program: Program) -> Iterator[str]:
    used = _used(_needed(program)) if policy.mounts else ()
    if used:
        yield f"what else lies in {', '.join(used)}: firejail hides a folder as a whole, or shows it, read-only"


def _word(call: str) -> str:
    """Calls newer than its table are left out without a word, unless they are given by number (this machine's)."""
    return f"${_number(call)}" if _number(call) > _NEWEST_KNOWN else call


def _number(call: str) -> int:
    """Negative where this machine has no such call: aarch64 has no ``access``."""
    found: int = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, call)
    return found


def _allowed(policy: SandboxPolicy) -> list[str]:
    return sorted({rule.name for group in policy.syscalls for rule in group.rules if rule.answer is None})


def _only_answered(policy: SandboxPolicy) -> list[str]:
    return sorted({rule.name for group in policy.syscalls for rule in group.rules} - set(_allowed(policy)))
