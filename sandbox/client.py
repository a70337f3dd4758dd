"""The front end's side of a fork server: start it, send it jobs, start it again when it dies. asyncio.

The client is the part that may still be root: it makes the cgroups the workers run in, and holds on to nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from sandbox import job
from sandbox.cpu import POLICIES
from sandbox.exceptions import SandboxError
from sandbox.job import Job, Limits, Outcome
from sandbox.launchers import NATIVE, NESTED_CGROUPS
from sandbox.mechanisms import memfd
from sandbox.mechanisms.cgroups import CgroupPool
from sandbox.policy.gpu import GPU, gpu
from sandbox.policy.model import SandboxPolicy

# What a fork server inherits of the environment: nothing but where to find programs and drivers.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "TZDIR")
_KEPT_PREFIXES = ("EGL_", "__EGL_", "__GLX_", "MESA_", "LIBGL_", "GALLIUM_", "LP_", "NVIDIA_", "GBM_")
_FIXED = {
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "PYTHONMALLOC": "malloc",
    "PYTHONSAFEPATH": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NUMPY_MADVISE_HUGEPAGE": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYOPENGL_PLATFORM": "egl",
    "MESA_SHADER_CACHE_DISABLE": "true",
}
# llvmpipe without threads of its own: its context then survives a fork, warm (see sandbox.rehearsal), and a render on
# two busy cores is faster than with them. An operator's own value is kept.
_DEFAULTS = {"LP_NUM_THREADS": "0"}
_END_S = (5, 30)  # for a fork server to end: alone; with a tool that takes down what it made
_RESTART_DELAY_S = (0.1, 0.5, 2.0, 5.0)


class ForkServerGoneError(Exception):
    """The fork server died with the job, or is not there yet. The job was not answered; it can be sent again."""


@dataclass(frozen=True, slots=True)
class ForkServerConfig:
    """``path``: cpu or gpu. ``entry``: ``package.module:Class``; made in the fork server with ``entry_options``.
    ``mounts``: further read-only folders of the GPU path, (source, target). ``launcher``: who starts its workers, one
    of :data:`sandbox.launchers.NAMES` or ``native``."""

    path: str
    entry: str
    entry_options: Mapping[str, object] = field(default_factory=dict)
    workers: int = 2
    pool: int = 2
    level: str = "strict"
    launcher: str = NATIVE
    limits: Limits = Limits()
    waived: frozenset[str] = frozenset()
    unsandboxed: bool = False
    uid: int = 65532
    gid: int = 65532
    mounts: tuple[tuple[str, str], ...] = ()

    def policy(self, device: Mapping[str, object]) -> SandboxPolicy:
        """What its workers are held to, before anything is waived. ``device``: what it has said of the one that draws;
        as long as it has said nothing, the software driver."""
        if self.path == "cpu":
            return POLICIES[self.level]
        return gpu(jit=bool(device.get("software", True)))


class Sweeper:
    """A running :mod:`sandbox.sweeper`: when we are gone, the directories go."""

    def __init__(self, directories: Sequence[str]) -> None:
        read_end, self._lifeline = os.pipe()
        program = FilePath(__file__).with_name("sweeper.py")
        command = (sys.executable, "-I", "-S", str(program), str(read_end), *directories)
        null = subprocess.DEVNULL
        # In its own session, so that what kills our process group spares it.
        self._process = subprocess.Popen(
            command, pass_fds=[read_end], env={}, stdin=null, stdout=null, stderr=null, start_new_session=True
        )
        os.close(read_end)

    def close(self) -> None:
        """It finds nothing left to remove, and ends."""
        os.close(self._lifeline)
        self._process.wait()


class ForkServer:
    """One fork server and the jobs it has. All methods belong to one event loop. ``exercised`` is set once
    it has compiled all that it compiles ahead; it is ready before that, and slower."""

    def __init__(self, config: ForkServerConfig) -> None:
        self.config = config
        self.layers: tuple[str, ...] = ()
        self.device: dict[str, object] = {}
        self.exercised = asyncio.Event()
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Outcome]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._channel: socket.socket | None = None
        self._cgroups: CgroupPool | None = None
        self._sweeper: Sweeper | None = None
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    @property
    def ready(self) -> bool:
        return self._channel is not None

    @property
    def in_flight(self) -> int:
        return len(self._pending)

    async def start(self) -> None:
        """Until the server is ready. Raises SandboxError naming the layer that cannot be had."""
        self._make_cgroups()
        try:
            await self._launch()
        except BaseException:
            await self._reap()
            self._remove_cgroups()
            raise
        self._watch = asyncio.create_task(self._keep_alive())

    async def submit(self, header: bytes, inputs: Sequence[int], limits: Limits | None = None) -> Outcome:
        """Run one job. ``inputs``: sealed memfds, still the caller's to close. Raises ForkServerGoneError."""
        if self._channel is None:
            raise ForkServerGoneError(f"the {self.config.path} fork server is not running")
        output, report = memfd.create("output"), memfd.create("report")
        try:
            task = Job(next(self._ids), header, limits or self.config.limits, (output, report, *inputs))
            outcome = await self._exchange(task)
            return replace(
                outcome,
                output=memfd.read_all(output, task.limits.output_bytes),
                report=memfd.read_all(report, job.MAX_REPORT_BYTES),
            )
        finally:
            os.close(output)
            os.close(report)

    async def _exchange(self, task: Job) -> Outcome:
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._pending[task.id] = future
        try:
            await self._send(task)
            return await future
        finally:
            self._pending.pop(task.id, None)

    async def _send(self, task: Job) -> None:
        while True:
            if self._channel is None:
                raise ForkServerGoneError(f"the {self.config.path} fork server is gone")
            try:
                job.send(self._channel, job.encode_job(task), task.fds)
            except BlockingIOError:
                await asyncio.sleep(0.002)  # its socket buffer is full of jobs: it is alive and behind
            except OSError as error:
                raise ForkServerGoneError(f"the {self.config.path} fork server is gone") from error
            else:
                return

    async def stop(self, grace_s: float = 10.0) -> None:
        """Let what is in flight finish, then end the server and remove its cgroups."""
        self._stopping = True
        if self._pending:
            await asyncio.wait(list(self._pending.values()), timeout=grace_s)
        self._disconnect()
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        await self._reap()
        self._remove_cgroups()

    # --- the process ----------------------------------------------------------------------------------------------

    def _make_cgroups(self) -> None:
        wanted = self.config.path == "gpu" and not self.config.unsandboxed and not _WAIVED_CGROUPS & self.config.waived
        if wanted and GPU.cgroup is not None and self._cgroups is None:
            limits = replace(GPU.cgroup, memory_bytes=self.config.limits.memory_bytes)
            also = NESTED_CGROUPS.get(self.config.launcher, ())
            self._cgroups = CgroupPool.create(2 * (self.config.pool + self.config.workers), limits, also=also)
            self._sweeper = Sweeper(self._cgroups.directories)

    def _remove_cgroups(self) -> None:
        if self._cgroups is not None:
            self._cgroups.destroy()
            self._cgroups = None
        if self._sweeper is not None:
            self._sweeper.close()
            self._sweeper = None

    async def _launch(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            await self._spawn(ours, theirs)
        except BaseException:  # told to stop in the middle of it, too
            ours.close()  # which ends the server
            raise

    async def _spawn(self, ours: socket.socket, theirs: socket.socket) -> None:
        slots = () if self._cgroups is None else self._cgroups.slots
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "sandbox.forkserver", str(theirs.fileno())),
                env=_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), *(fd for slot in slots for fd in slot.fds)),
                start_new_session=True,
            )
        ours.setblocking(False)
        message = json.dumps(self._message([slot.to_json() for slot in slots])).encode()
        await self._await_ready(ours, await _answer_to(ours, message))

    def _message(self, slots: list[dict[str, object]]) -> dict[str, object]:
        config = self.config
        return {
            "path": config.path,
            "entry": config.entry,
            "entry_options": dict(config.entry_options),
            "level": config.level,
            "launcher": config.launcher,
            "pool": config.pool,
            "uid": config.uid,
            "gid": config.gid,
            "waived": sorted(config.waived),
            "unsandboxed": config.unsandboxed,
            "mounts": config.mounts,
            "slots": slots,
        }

    async def _await_ready(self, channel: socket.socket, message: bytes) -> None:
        said = json.loads(message) if message else {}
        if "ready" not in said:
            channel.close()
            await self._reap()
            raise _refusal(self.config.path, said)
        self.layers, self.device = tuple(said["ready"]["layers"]), said["ready"]["device"]
        if said["ready"]["exercised"]:
            self.exercised.set()
        self._channel = channel
        asyncio.get_running_loop().add_reader(channel, self._hear)

    def _hear(self) -> None:
        """Outcomes, as many as there are; the end of the socket is the end of the server."""
        try:
            while self._channel is not None:
                message, _ = job.receive(self._channel)
                if not message:
                    self._disconnect()
                    return
                if b'"exercised"' in message[:32]:
                    self.exercised.set()
                    continue
                self._settle(job.decode_outcome(message))
        except BlockingIOError:
            return
        except OSError:
            self._disconnect()

    def _settle(self, outcome: Outcome) -> None:
        future = self._pending.get(outcome.job_id)
        if future is not None and not future.done():
            future.set_result(outcome)

    def _disconnect(self) -> None:
        """Close our end, which ends the server, and fail what it had."""
        if self._channel is not None:
            asyncio.get_running_loop().remove_reader(self._channel)
            self._channel.close()
            self._channel = None
        for future in self._pending.values():
            if not future.done():
                future.set_exception(ForkServerGoneError(f"the {self.config.path} fork server died during the render"))

    async def _keep_alive(self) -> None:
        """Start the server again whenever it dies, with growing pauses."""
        failures = 0
        while not self._stopping:
            if self._process is not None:
                await self._process.wait()
            self._disconnect()
            if self._cgroups is not None:
                self._cgroups.kill()  # who had no time to ask for dying with it
            await asyncio.sleep(_RESTART_DELAY_S[min(failures, len(_RESTART_DELAY_S) - 1)])
            try:
                await self._launch()
                failures = 0
            except (SandboxError, OSError):
                failures += 1

    async def _reap(self) -> None:
        if self._process is None:
            return
        try:
            await asyncio.wait_for(self._process.wait(), timeout=_END_S[self.config.launcher != NATIVE])
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


_WAIVED_CGROUPS = frozenset({"cgroup", "cgroup-v1", "cgroup-v2"})


async def _answer_to(channel: socket.socket, message: bytes) -> bytes:
    """What a new fork server says to its configuration; nothing when it died, whether or not it had read it."""
    try:
        job.send(channel, message)
        return await asyncio.get_running_loop().sock_recv(channel, job.MAX_MESSAGE_BYTES)
    except (BrokenPipeError, ConnectionResetError):
        return b""


def _refusal(path: str, said: Mapping[str, Mapping[str, str]]) -> SandboxError:
    if "refused" in said:
        return SandboxError(said["refused"]["layer"], said["refused"]["detail"], said["refused"]["hint"])
    return SandboxError(f"{path}-forkserver", "the fork server died while it was starting; its standard error says why")


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in _KEPT or k.startswith(_KEPT_PREFIXES)}
    root = str(FilePath(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (root, kept.get("PYTHONPATH"))))
    return _DEFAULTS | kept | _FIXED | {"PYTHONPATH": path}
