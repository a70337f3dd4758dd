"""bubblewrap: arguments as JSON, the same as a shell script, and the filter as the BPF that ``--seccomp`` reads."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Final

from sandbox.export.gaps import Can, gaps
from sandbox.export.model import Export, File, Program, text_file
from sandbox.mechanisms.namespaces import Namespace
from sandbox.mechanisms.seccomp import compile_filter
from sandbox.policy.model import Mount, SandboxPolicy

_CANNOT: Final = frozenset(
    {Can.TIME_NAMESPACE, Can.CGROUP, Can.SECUREBITS, Can.LANDLOCK, Can.TMP_INODES, Can.DESCRIPTORS}
)
_FLAGS: Final = {
    Namespace.USER: "--unshare-user",
    Namespace.PID: "--unshare-pid",
    Namespace.NET: "--unshare-net",
    Namespace.IPC: "--unshare-ipc",
    Namespace.UTS: "--unshare-uts",
    Namespace.CGROUP: "--unshare-cgroup",
}
SECCOMP_FD: Final = 9
"""Where the script opens the BPF file: one digit, or dash takes it for a word."""
_ALWAYS: Final = (
    "mounts are nosuid; a tmpfs is not noexec, and bound folders are not nodev unless bound with --ro-bind",
    "device nodes are bound as they are: what it binds read-only it also binds nodev",
    "the BPF is of the architecture it was exported on",
    "--disable-userns is bubblewrap 0.8's, and needs a /proc/sys that can be written: not in most containers",
)


def export(policy: SandboxPolicy, program: Program) -> Export:
    """Main file: ``{"argv": …, "notExpressed": …}``; an argument of a descriptor's number means the BPF file, open."""
    missing = (*gaps(policy, frozenset(Can) - _CANNOT), *_ALWAYS)
    argv = list(_arguments(policy, program))
    bpf = f"{policy.name}.bpf"
    said = {"policy": policy.name, "notExpressed": missing, "seccomp": {"fd": SECCOMP_FD, "file": bpf}, "argv": argv}
    return Export(
        (
            text_file(f"{policy.name}.bwrap.json", json.dumps(said, indent=2) + "\n"),
            text_file(f"{policy.name}.bwrap.sh", _script(policy, argv, missing, bpf)),
            File(bpf, compile_filter(policy.syscalls)),
        ),
        missing,
    )


def _script(policy: SandboxPolicy, argv: list[str], missing: tuple[str, ...], bpf: str) -> str:
    lines = ["#!/bin/sh", f"# renderserver's policy {policy.name}; made by `renderserver policy export bubblewrap`."]
    lines += [f"# Not expressed: {text}" for text in missing]
    command = " \\\n    ".join(shlex.join(option) for option in _by_option(argv))
    lines.append(f'exec {command} \\\n    {SECCOMP_FD}<"$(dirname -- "$0")/{bpf}"')
    return "\n".join(lines) + "\n"


def _by_option(argv: list[str]) -> Iterator[list[str]]:
    """An option and its values on one line; what comes after ``--`` too."""
    end = argv.index("--")
    start = 0
    for index in range(1, end + 1):
        if argv[index].startswith("--"):
            yield argv[start:index]
            start = index
    yield argv[start:]


def _arguments(policy: SandboxPolicy, program: Program) -> Iterator[str]:
    yield "bwrap"
    yield from (_FLAGS[space] for space in policy.namespaces if space in _FLAGS)
    yield from ("--die-with-parent", "--new-session", "--clearenv", "--as-pid-1")
    if Namespace.USER in policy.namespaces:
        yield from ("--uid", str(program.uid), "--gid", str(program.gid))
        yield from () if policy.nested_user_namespaces else ("--disable-userns",)
    yield from ("--cap-drop", "ALL")
    yield from (part for name in policy.capabilities for part in ("--cap-add", f"CAP_{name.upper()}"))
    yield from (part for name, value in program.environment for part in ("--setenv", name, value))
    if policy.hostname:
        yield from ("--hostname", policy.hostname)
    yield from _mounts(policy, program)
    yield from ("--seccomp", str(SECCOMP_FD), "--chdir", "/", "--", *program.argv)


def _mounts(policy: SandboxPolicy, program: Program) -> Iterator[str]:
    if not policy.mounts:
        yield from ("--ro-bind", "/", "/")
        return
    yield from (part for root in _roots(policy) for part in ("--ro-bind", root, "/"))
    yield from (part for path in program.files for part in ("--ro-bind", path, path))
    yield from (part for source, target in program.folders for part in ("--ro-bind", source, target))
    yield from (part for mount in policy.mounts if mount.target != "/" for part in _mount(mount))
    yield from ("--remount-ro", "/")


def _roots(policy: SandboxPolicy) -> tuple[str, ...]:
    """The tree that is the root, where there is one; else bubblewrap's own empty tmpfs is."""
    return tuple(mount.source for mount in policy.mounts if mount.target == "/" and mount.source is not None)


def _mount(mount: Mount) -> tuple[str, ...]:
    if mount.source is None:
        return ("--size", str(mount.size_bytes), "--tmpfs", mount.target)
    if mount.target.startswith("/dev/"):
        return ("--dev-bind", mount.source, mount.target)  # not --remount-ro: that makes it nodev
    return ("--ro-bind-try" if mount.optional else "--ro-bind", mount.source, mount.target)
