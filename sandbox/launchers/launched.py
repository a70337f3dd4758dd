"""The GPU path's workers, started through a launcher: the fork server forks, and executes the tool.

A worker is found by the credentials of its first message, which the kernel fills in: from then on it is watched,
traced, read back and killed like one of our own, and the tool is only its parent.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import itertools
import json
import os
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final, NoReturn

from sandbox import messages
from sandbox.composition import readback
from sandbox.composition.enter import Prepared, landlock_abi
from sandbox.exceptions import LayerFailedError, SandboxError
from sandbox.export.model import Program
from sandbox.export.start import with_start
from sandbox.job import Job, Limits
from sandbox.launchers import CHANNEL_FD
from sandbox.launchers import site as sites
from sandbox.launchers.find import LAYER
from sandbox.launchers.model import Command, Launcher, Site
from sandbox.launchers.registry import LAUNCHERS, absent, out_of_sight
from sandbox.mechanisms import capabilities, landlock, namespaces, rlimits, syscalls
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.mechanisms.seccomp import compile_filter
from sandbox.policy.model import Mount, SandboxPolicy, sealed
from sandbox.spec import WorkerSpec
from sandbox.workers import life, process
from sandbox.workers.child import Child
from sandbox.workers.gpu import limit
from sandbox.workers.progress import Progress
from sandbox.workers.rehearsal import Needs

_CLEAN_UP_S: Final = 10


class LaunchedWorkers:
    """Made in the fork server, which is in the launcher's site from then on."""

    locked_when_ready = True
    single_threaded = False
    launched = True

    def __init__(self, spec: WorkerSpec, policy: SandboxPolicy, needs: Needs) -> None:
        launcher = LAUNCHERS[spec.launcher]
        folders = tuple(_folders_in(spec.entry_options))
        missing = absent(launcher) or out_of_sight(launcher, (*needs.files, *folders))
        if missing is not None:
            raise missing
        self.launcher = launcher
        self.policy = replace(policy, waived=policy.waived | launcher.lacks)
        readable = (*needs.files, *folders, *(target for _, target in spec.mounts))
        self.orders = _orders(spec, needs, compile_filter(sealed(policy).syscalls), readable)
        program = _program()  # first: the paths are those of the host's root
        place = sites.make(launcher, needs, (spec.uid, spec.gid), folders=folders, mounts=spec.mounts)
        program = replace(program, uid=place.ids[0], gid=place.ids[1])
        self.command = launcher.command(started_from(self.policy, launcher, place), program, place)
        self.made = _made(self.policy, launcher, place)
        self.ids = place.ids
        self._server = os.getpid()
        self._number = 0
        self._names: dict[int, str] = {}

    # --- in the fork server ---------------------------------------------------------------------------------------

    def make_progress(self) -> Progress:
        return Progress.shareable()

    def fork(self, slot: CgroupSlot | None) -> tuple[int, int]:
        del slot
        self._number += 1
        pid, pidfd = process.fork()
        if pid:
            self._names[pid] = self._name()
        return pid, pidfd

    def _name(self) -> str:
        """Of the newest worker; no other on this host has it."""
        return f"renderserver-{self._server}-{self._number}"

    def greet(self, channel: socket.socket, progress: Progress) -> None:
        """Its orders, which wait on the channel until it reads them."""
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it is dead already, which is seen elsewhere
            messages.send(channel, self.orders, (progress.fd,))

    def clean_up(self, pid: int, status: int) -> None:
        """A tool that was killed has not taken down what it made."""
        name = self._names.pop(pid)
        if os.WIFSIGNALED(status) and self.command.clean_up:
            null = subprocess.DEVNULL
            command = (*self.command.clean_up, name)
            with contextlib.suppress(subprocess.TimeoutExpired, OSError):  # what it left goes with the fork server
                subprocess.run(command, stdin=null, stdout=null, stderr=null, check=False, timeout=_CLEAN_UP_S)

    def limit(self, pid: int, task: Job) -> None:
        with contextlib.suppress(ProcessLookupError):
            used_s = readback.cpu_s(pid, self.made.proc_fd)
            self._by_who_may(lambda: limit(pid, task, used_s=used_s))

    def renew(self, pid: int, limits: Limits) -> None:
        with contextlib.suppress(ProcessLookupError):
            used_s = readback.cpu_s(pid, self.made.proc_fd)
            self._by_who_may(lambda: rlimits.allow_cpu_s(pid, used_s + limits.cpu_s + 1))

    def _by_who_may(self, action: Callable[[], None]) -> None:
        """Where the worker's user namespace is not ours to rule (bubblewrap made it as the worker's user), by somebody
        who is that user."""
        try:
            action()
        except PermissionError:
            _as_user(self.ids, action)

    def read_back(self, child: Child) -> tuple[str, ...]:
        return child.layers or readback.verify(child.pid, self.policy, prepared=self.made, slot=child.slot)

    # --- in what becomes the tool ---------------------------------------------------------------------------------

    def live(self, slot: CgroupSlot | None, channel: socket.socket, *, progress: Progress, parent: int) -> NoReturn:
        """From here on the process is the launcher's."""
        del progress
        try:
            if slot is not None:
                slot.attach()
            self._become_who_executes_it()
            process.default_signals()
            process.die_with(parent)
            if self.command.takes_streams:
                _keep_streams()
            _pass_on(channel, self.command)
            argv = self.command.argv_of(self._name())
            os.execve(argv[0], argv, {"PATH": os.defpath})  # noqa: S606 - no shell is wanted
        except SandboxError as error:
            life.refuse(channel, error.layer, error.detail, error.hint)
        except OSError as error:
            life.refuse(channel, LAYER, f"{self.launcher.name} cannot be executed: {error.strerror}")
        finally:
            os._exit(process.EXIT_BROKEN)

    def _become_who_executes_it(self) -> None:
        if self.command.ids is not None and self.command.set_uid:
            uid, gid = self.command.ids
            os.setgroups([])
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, 0, 0)
        elif self.command.ids is not None:
            capabilities.become(*self.command.ids)


def _orders(spec: WorkerSpec, needs: Needs, second_filter: bytes, readable: Sequence[str]) -> bytes:
    """What a launched worker is told: all that a forked one would have inherited. ``readable``: what it may read once
    it has loaded everything."""
    orders = {"spec": spec.to_json(), "needs": asdict(needs), "readable": readable}
    return json.dumps(orders | {"sealed": base64.b64encode(second_filter).decode()}).encode()


def _folders_in(options: object) -> Iterator[str]:
    """Every folder that an entry's options name: a launched worker loads what is in it by itself."""
    if isinstance(options, Mapping):
        options = list(options.values())
    if isinstance(options, list):
        for option in options:
            yield from _folders_in(option)
    elif isinstance(options, str) and os.path.isabs(options) and os.path.isdir(options):
        yield options


def started_from(policy: SandboxPolicy, launcher: Launcher, place: Site) -> SandboxPolicy:
    """The policy as the launcher is to enforce it: with its tree ready, room for the start, and without the cgroup,
    which we put around the tool."""
    spaces = tuple(space for space in policy.namespaces if not policy.waives(space.layer))
    mounts = policy.mounts if launcher.inside else _with_root(policy, place.tree)
    return replace(with_start(policy), mounts=mounts, cgroup=None, namespaces=spaces)


def _with_root(policy: SandboxPolicy, tree: str) -> tuple[Mount, ...]:
    """The driver's data is in the tree."""
    root = Mount("/", "the tree, put together beforehand", ("ro", "nosuid", "nodev", "noexec"), source=tree)
    rest = [mount for mount in policy.mounts if mount.source is None or mount.source.startswith("/dev/")]
    return (root, *(mount for mount in rest if mount.target != "/"))


def _program() -> Program:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sites.import_path())}
    return Program(
        argv=sites.interpreter(),
        environment=tuple(sorted(environment.items())),
        descriptors=(0, 1, 2, CHANNEL_FD),
    )


def _made(policy: SandboxPolicy, launcher: Launcher, place: Site) -> Prepared:
    """What the read-back holds a launched worker against."""
    proc_fd = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    root = os.stat(place.tree)
    return Prepared(
        spaces=tuple(space for space in policy.namespaces if not policy.waives(space.layer)),
        ids=place.ids,
        proc_fd=proc_fd,
        reference=namespaces.inodes(proc_fd, "self"),
        root=(root.st_dev, root.st_ino),
        landlock=None if policy.waives(landlock.LAYER) else policy.landlock,
        landlock_abi=landlock_abi(policy),
        program=b"",
        sealed=None,
        adds=launcher.adds,
        inner_root=launcher.inner_root,
    )


def _pass_on(channel: socket.socket, command: Command) -> None:
    """The channel as CHANNEL_FD and the tool's own files at their numbers; everything else but 0 to 2 is closed."""
    wanted = {CHANNEL_FD: channel.fileno()} | {fd: os.open(path, os.O_RDONLY) for path, fd in command.files}
    above = max(wanted) + 1
    high = {target: fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, above) for target, source in wanted.items()}
    for target, source in high.items():
        os.dup2(source, target, inheritable=True)
    for lower, upper in itertools.pairwise((*sorted(wanted), 1 << 32)):
        if upper - lower > 1:
            syscalls.close_range(lower + 1, upper - 1)


def _keep_streams() -> None:
    """Crun changes the owner of its standard streams: of /dev/null, or of the file that a log is written to. It gets a
    memory file in their place; a terminal, a pipe and a socket it may have."""
    spare = os.memfd_create("standard-stream")
    for fd in range(3):
        mode = os.fstat(fd).st_mode
        if stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(fd)):
            os.dup2(spare, fd, inheritable=True)


def _as_user(ids: tuple[int, int], action: Callable[[], None]) -> None:
    """In a child that becomes ``ids``. Raises SandboxError when it could not be done."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            capabilities.become(*ids)
            action()
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(pid, 0)[1] != 0:
        raise LayerFailedError("rlimits", "the worker's limits could not be set")
