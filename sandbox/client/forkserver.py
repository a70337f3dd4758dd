"""One fork server: start it, send it jobs, start it again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sandbox import job
from sandbox.client.cgroups import WorkerCgroups
from sandbox.client.environment import environment
from sandbox.exceptions import SandboxError
from sandbox.job import Job, Limits, Outcome
from sandbox.mechanisms import memfd
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.spec import NATIVE, WorkerSpec

_END_S = 5.0  # for a fork server to end
_END_WITH_A_TOOL_S = 30.0  # likewise, where a tool takes down what it made
_RESTART_DELAY_S = (0.1, 0.5, 2.0, 5.0)


class ForkServerGoneError(Exception):
    """The fork server died with the job, or is not there yet. The job was not answered; it can be sent again."""


class ForkServer:
    """One fork server and the jobs it has. All methods belong to one event loop. ``exercised`` is set once
    it has compiled all that it compiles ahead; it is ready before that, and slower."""

    def __init__(self, spec: WorkerSpec) -> None:
        self.spec = spec
        self.layers: tuple[str, ...] = ()
        self.device: dict[str, object] = {}
        self.exercised = asyncio.Event()
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Outcome]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._channel: socket.socket | None = None
        self._cgroups = WorkerCgroups()
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

    @property
    def slots(self) -> tuple[CgroupSlot, ...]:
        """The cgroups that its workers take turns in."""
        return self._cgroups.slots

    async def start(self) -> None:
        """Until the server is ready. Raises SandboxError naming the layer that cannot be had."""
        self._cgroups.make(self.spec)
        try:
            await self._launch()
        except BaseException:
            await self._reap()
            self._cgroups.remove()
            raise
        self._watch = asyncio.create_task(self._keep_alive())

    async def submit(self, header: bytes, inputs: Sequence[int], limits: Limits | None = None) -> Outcome:
        """Run one job. ``inputs``: sealed memfds, still the caller's to close. Raises ForkServerGoneError."""
        if self._channel is None:
            raise ForkServerGoneError(f"the {self.spec.name} fork server is not running")
        output, report = memfd.create("output"), memfd.create("report")
        try:
            task = Job(next(self._ids), header, limits or self.spec.limits, (output, report, *inputs))
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
                raise ForkServerGoneError(f"the {self.spec.name} fork server is gone")
            try:
                job.send(self._channel, job.encode_job(task), task.fds)
            except BlockingIOError:
                await asyncio.sleep(0.002)  # its socket buffer is full of jobs: it is alive and behind
            except OSError as error:
                raise ForkServerGoneError(f"the {self.spec.name} fork server is gone") from error
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
        self._cgroups.remove()

    # --- the process ----------------------------------------------------------------------------------------------

    async def _launch(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            await self._spawn(ours, theirs)
        except BaseException:  # told to stop in the middle of it, too
            ours.close()  # which ends the server
            raise

    async def _spawn(self, ours: socket.socket, theirs: socket.socket) -> None:
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "sandbox.forkserver", str(theirs.fileno())),
                env=environment(self.spec),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), *(fd for slot in self.slots for fd in slot.fds)),
                start_new_session=True,
            )
        ours.setblocking(False)
        message = json.dumps(self._configuration()).encode()
        await self._await_ready(ours, await _answer_to(ours, message))

    def _configuration(self) -> dict[str, object]:
        """The first message. ``slots``: the cgroups that its workers take turns in."""
        return {"spec": self.spec.to_json(), "slots": [slot.to_json() for slot in self.slots]}

    async def _await_ready(self, channel: socket.socket, message: bytes) -> None:
        said = json.loads(message) if message else {}
        if "ready" not in said:
            channel.close()
            await self._reap()
            raise _refusal(self.spec.name, said)
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
                future.set_exception(ForkServerGoneError(f"the {self.spec.name} fork server died during the render"))

    async def _keep_alive(self) -> None:
        """Start the server again whenever it dies, with growing pauses."""
        failures = 0
        while not self._stopping:
            if self._process is not None:
                await self._process.wait()
            self._disconnect()
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
        patience_s = _END_S if self.spec.launcher == NATIVE else _END_WITH_A_TOOL_S
        try:
            await asyncio.wait_for(self._process.wait(), timeout=patience_s)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def _answer_to(channel: socket.socket, message: bytes) -> bytes:
    """What a new fork server says to its configuration; nothing when it died, whether or not it had read it."""
    try:
        job.send(channel, message)
        return await asyncio.get_running_loop().sock_recv(channel, job.MAX_MESSAGE_BYTES)
    except (BrokenPipeError, ConnectionResetError):
        return b""


def _refusal(name: str, said: Mapping[str, Mapping[str, str]]) -> SandboxError:
    if "refused" in said:
        return SandboxError(said["refused"]["layer"], said["refused"]["detail"], said["refused"]["hint"])
    return SandboxError(f"{name}-forkserver", "the fork server died while it was starting; its standard error says why")
