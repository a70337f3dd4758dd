"""deploy/seccomp.json as a container engine reads it (the OCI runtime specification's seccomp section), as a program.

``python -m tests.app.footguns.profile PROFILE WITHOUT ARGUMENTS...`` becomes the container's user without a capability,
puts the profile into force, less the calls named in WITHOUT (comma-separated), and runs this Python with ARGUMENTS.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pyseccomp

from sandbox.mechanisms import capabilities, syscalls

ROOT = Path(__file__).resolve().parents[3]
_MS_BIND, _CLONE_NEWNS = 0x1000, 0x20000
_OPERATORS = {"SCMP_CMP_EQ": pyseccomp.EQ, "SCMP_CMP_NE": pyseccomp.NE}
_ARCHES = {"x86_64": "amd64", "aarch64": "arm64"}


def build(profile: dict[str, Any], without: frozenset[str] = frozenset()) -> pyseccomp.SyscallFilter:
    """The filter. A name that this libseccomp does not know is left out, as runC and crun do."""
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    table = pyseccomp.SyscallFilter(pyseccomp.ERRNO(profile["defaultErrnoRet"]))
    for group in profile["syscalls"]:
        assert group["action"] == "SCMP_ACT_ALLOW"
        if not _applies(group.get("includes", {})):
            continue
        conditions = [_condition(argument) for argument in group.get("args", [])]
        for name in set(group["names"]) - without:
            if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0:
                table.add_rule(pyseccomp.ALLOW, name, *conditions)
    return table


def _condition(argument: dict[str, Any]) -> pyseccomp.Arg:
    """Masked: ``value`` is the mask, and ``valueTwo`` (absent: 0) what must be left of the argument under it."""
    if argument["op"] == "SCMP_CMP_MASKED_EQ":
        mask = argument["value"]
        return pyseccomp.Arg(argument["index"], pyseccomp.MASKED_EQ, mask, argument.get("valueTwo", 0))
    return pyseccomp.Arg(argument["index"], _OPERATORS[argument["op"]], argument["value"])


def _applies(includes: dict[str, Any]) -> bool:
    assert includes.keys() <= {"arches", "minKernel"}
    arches = includes.get("arches")
    return arches is None or _ARCHES[os.uname().machine] in arches


def main() -> None:
    path, without, *arguments = sys.argv[1:]
    profile = json.loads(Path(path).read_text())
    python = Path(sys.executable)
    if os.geteuid() == 0:
        python = _reachable(python)
        capabilities.become(65532, 65532)
    capabilities.no_new_privs()
    build(profile, frozenset(without.split(","))).load()
    os.execv(python, [str(python), *arguments])  # noqa: S606 - of the test's own


def _reachable(python: Path) -> Path:
    """The project under /mnt and its interpreter where it is, in a mount namespace of our own: both may lie where only
    root comes."""
    syscalls.unshare(_CLONE_NEWNS)
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    syscalls.mount(str(ROOT), "/mnt", None, _MS_BIND | syscalls.MS_REC)
    base = Path(sys.base_prefix)
    if not base.is_relative_to("/usr"):
        syscalls.mount(str(base), "/media", None, _MS_BIND | syscalls.MS_REC)
        syscalls.mount("tmpfs", f"/{base.parts[1]}", "tmpfs", 0, "mode=0755")
        base.mkdir(parents=True)
        syscalls.mount("/media", str(base), None, _MS_BIND | syscalls.MS_REC)
    os.chdir("/mnt")
    return Path("/mnt", python.relative_to(ROOT)) if python.is_relative_to(ROOT) else python


if __name__ == "__main__":
    main()
