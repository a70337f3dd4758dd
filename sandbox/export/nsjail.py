"""nsjail's configuration (config.proto as protobuf text), with the filter in Kafel inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.export.gaps import Can, gaps
from sandbox.export.kafel import kafel
from sandbox.export.model import Export, Program, text_file
from sandbox.mechanisms.cgroups import CgroupLimits
from sandbox.mechanisms.namespaces import Namespace
from sandbox.mechanisms.rlimits import RLimit
from sandbox.policy.model import Mount, SandboxPolicy
from sandbox.policy.units import KIB, MIB

_CAN: Final = frozenset(Can) - {
    Can.KILL_FOREIGN_ARCH,
    Can.TIME_NAMESPACE,
    Can.NO_NESTED_USER_NAMESPACE,
    Can.SECUREBITS,
    Can.LANDLOCK,
}
_UNITS: Final = {"AS": MIB, "CORE": MIB, "FSIZE": MIB, "STACK": MIB, "MEMLOCK": KIB}
_RLIMITS: Final = frozenset({*_UNITS, "CPU", "NOFILE", "NPROC", "MSGQUEUE"})
_FIELDS: Final = {
    Namespace.USER: "clone_newuser",
    Namespace.PID: "clone_newpid",
    Namespace.MOUNT: "clone_newns",
    Namespace.NET: "clone_newnet",
    Namespace.IPC: "clone_newipc",
    Namespace.UTS: "clone_newuts",
    Namespace.CGROUP: "clone_newcgroup",
}
_CORE: Final = "a core limit of one byte (nsjail counts in MiB, so 0: a core_pattern that is a program still starts)"

_PARENTS: Final = (
    "# With cgroup v1 the folder NSJAIL has to exist under the memory, pids and cpu controllers.",
    "# The time namespace: nsjail makes one in its mode EXECVE only, which has no supervisor and no cgroup.",
)


def export(policy: SandboxPolicy, program: Program) -> Export:
    """For nsjail 3.4 and newer: ``nsjail --config FILE``, with the job's descriptors open."""
    missing = (*gaps(policy, _CAN, rlimits=_RLIMITS), _CORE)
    lines = [
        f"# renderserver's policy {policy.name}; made by `renderserver policy export nsjail`.",
        *(f"# Not expressed: {text}" for text in missing),
        *(_PARENTS if policy.cgroup else ()),
        f"name: {_text(policy.name)}",
        "mode: ONCE",
        'cwd: "/"',
        *_power(policy, program),
        *(f"{_FIELDS[space]}: {_yes(space in policy.namespaces)}" for space in _FIELDS),
        *(line for limit in policy.rlimits for line in _rlimit(limit)),
        "rlimit_as_type: INF",
        *(_cgroup(policy.cgroup) if policy.cgroup else ()),
        "mount_proc: false",
        *_mounts(policy, program),
        *(f"seccomp_string: {_text(line)}" for line in kafel(policy).splitlines(keepends=True)),
        f"exec_bin {{ path: {_text(program.argv[0])}{''.join(f' arg: {_text(arg)}' for arg in program.argv[1:])} }}",
    ]
    return Export((text_file(f"{policy.name}.nsjail.cfg", "\n".join(lines) + "\n"),), missing)


def _power(policy: SandboxPolicy, program: Program) -> Iterator[str]:
    yield f"keep_caps: {_yes(bool(policy.capabilities))}"
    yield from (f'cap: "CAP_{name.upper()}"' for name in policy.capabilities)
    yield "disable_no_new_privs: false"
    yield "keep_env: false"
    yield from (f"envar: {_text(f'{name}={value}')}" for name, value in program.environment)
    yield from (f"pass_fd: {fd}" for fd in program.descriptors)
    yield f'uidmap {{ inside_id: "{program.uid}" outside_id: "{program.uid}" count: 1 }}'
    yield f'gidmap {{ inside_id: "{program.gid}" outside_id: "{program.gid}" count: 1 }}'
    yield "iface_no_lo: true"
    if policy.hostname:
        yield f"hostname: {_text(policy.hostname)}"


def _rlimit(limit: RLimit) -> Iterator[str]:
    yield f"rlimit_{limit.name.lower()}: {limit.value // _UNITS.get(limit.name, 1)}"


def _cgroup(limits: CgroupLimits) -> Iterator[str]:
    yield "detect_cgroupv2: true"
    yield f"cgroup_mem_max: {limits.memory_bytes}"
    yield "cgroup_mem_swap_max: 0"
    yield f"cgroup_pids_max: {limits.pids}"
    yield f"cgroup_cpu_ms_per_sec: {int(limits.cpu_cores * 1000)}"


def _mounts(policy: SandboxPolicy, program: Program) -> Iterator[str]:
    root = [mount for mount in policy.mounts if mount.target == "/"]
    yield from (_mount(mount) for mount in root)
    flags = ("ro", "nosuid", "nodev")
    yield from (_mount(Mount(path, "", flags, source=path)) for path in program.files)
    yield from (_mount(Mount(target, "", flags, source=source)) for source, target in program.folders)
    yield from (_mount(mount) for mount in policy.mounts if mount.target != "/")


def _mount(mount: Mount) -> str:
    parts = [f"dst: {_text(mount.target)}", f"rw: {_yes('ro' not in mount.flags)}"]
    parts += [f"{flag}: true" for flag in ("nosuid", "nodev", "noexec") if flag in mount.flags]
    if mount.source is None:
        inodes = f",nr_inodes={mount.inodes}" if mount.inodes else ""
        parts += ['fstype: "tmpfs"', f'options: "size={mount.size_bytes}{inodes}"']
    else:
        parts += [f"src: {_text(mount.source)}", "is_bind: true", f"mandatory: {_yes(not mount.optional)}"]
    return f"mount {{ {' '.join(parts)} }}"


def _yes(value: bool) -> str:  # noqa: FBT001 - what is written is the value
    return "true" if value else "false"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
