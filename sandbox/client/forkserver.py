"""One fork server: start it, send it jobs, start it again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Final

from sandbox import messages
from sandbox.client.cgroups import WorkerCgroups
from sandbox.client.environment import environment
from sandbox.client.exchange import Delivered, Exchange, with_bytes
from sandbox.exceptions import SandboxError
from sandbox.job import Job, Limits, Outcome, Verdict
from sandbox.mechanisms import memfd
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.messages import Message, MessageError, Tag
from sandbox.policy.model import SandboxPolicy
from sandbox.spec import NATIVE, WorkerSpec

_END_S: Final = 5.0  # for a fork server to end
_END_WITH_A_TOOL_S: Final = 30.0  # likewise, where a tool takes down what it made
_START_S: Final = 60.0  # for a fork server to load, beside the time of its rehearsal and its first worker
_RESTART_DELAY_S: Final = (0.1, 0.5, 2.0, 5.0)
_BEAT_S: Final = 0.5
_AGAIN_S: Final = 0.002
_PATIENCE_S: Final = 5.0  # with a fork server that gives no sign of life
_ADVANCE_S: Final = 0.1  # a job is advanced no more often: parts may come by the hundred a second
_LATE_S: Final = 15.0  # beyond a job's own limit, for its outcome to come


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
        self._beats = itertools.count(1)
        self._pending: dict[int, Exchange] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._process: asyncio.subprocess.Process | None = None
        self._channel: socket.socket | None = None
        self._cgroups = WorkerCgroups()
        self._watches: tuple[asyncio.Task[None], ...] = ()
        self._unanswered_since: float | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    @property
    def ready(self) -> bool:
        return self._channel is not None

    @property
    def policy(self) -> SandboxPolicy:
        """What its workers are held to, before anything is waived."""
        return self.spec.policy_on(self.device)

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
        self._watches = (asyncio.create_task(self._keep_alive()), asyncio.create_task(self._beat()))

    async def run(
        self, header: bytes, inputs: Sequence[int], limits: Limits | None = None, *, parts: int = 1
    ) -> AsyncGenerator[Delivered | Outcome]:
        """Run one job: every part as it is made, and the outcome at last. ``inputs``: sealed memfds, still the
        caller's to close. To close the iterator early is to cancel the job. Raises ForkServerGoneError."""
        bounds = limits or self.spec.limits
        exchange = Exchange(next(self._ids), bounds, parts)
        loop = asyncio.get_running_loop()
        watchdog = loop.call_later(bounds.wall_of(parts) + _LATE_S, self._give_up, exchange)
        self._pending[exchange.job_id] = exchange
        self._idle.clear()
        try:
            if not exchange.holds_all:
                loop.add_reader(exchange.pipe, self._hear_reports, exchange)
            await self._send_job(exchange, bounds, header, inputs)
            async for item in exchange.items():
                yield item
        finally:
            watchdog.cancel()
            if exchange.advance is not None:
                exchange.advance.cancel()
            loop.remove_reader(exchange.pipe)
            self._forget(exchange)
            if exchange.outcome is None or exchange.outcome.verdict is Verdict.DISTRUSTED:
                self._cancel(exchange.job_id)
            exchange.close()

    def _forget(self, exchange: Exchange) -> None:
        del self._pending[exchange.job_id]
        if not self._pending:
            self._idle.set()

    async def submit(self, header: bytes, inputs: Sequence[int], limits: Limits | None = None) -> Outcome:
        """Run a job of one part, and have all of it as bytes. Raises ForkServerGoneError."""
        part: Delivered | None = None
        async for item in self.run(header, inputs, limits):
            if isinstance(item, Outcome):
                return with_bytes(item, part)
            part = item
        raise AssertionError("a job ends with its outcome")

    async def _send_job(self, exchange: Exchange, limits: Limits, header: bytes, inputs: Sequence[int]) -> None:
        sealed = memfd.seal_bytes(header)
        try:
            fds = (exchange.output_fd, exchange.report_fd, *inputs, sealed)
            await self._send(messages.encode_job(Job(exchange.job_id, limits, fds, exchange.parts)), fds)
        finally:
            os.close(sealed)
            exchange.close_report()

    async def _send(self, data: bytes, fds: tuple[int, ...]) -> None:
        while True:
            if self._channel is None:
                raise ForkServerGoneError(f"the {self.spec.name} fork server is not running")
            try:
                messages.send(self._channel, data, fds)
            except BlockingIOError:
                await asyncio.sleep(_AGAIN_S)  # its socket buffer is full of jobs: it is alive and behind
            except OSError as error:
                raise ForkServerGoneError(f"the {self.spec.name} fork server is gone") from error
            else:
                return

    def _cancel(self, job_id: int) -> None:
        """Again, as long as the server's socket is full."""
        if not self._say(Tag.CANCEL, id=job_id):
            asyncio.get_running_loop().call_later(_AGAIN_S, self._cancel, job_id)

    def _say(self, tag: Tag, **said: object) -> bool:
        """False where the server is too far behind to be told anything. Where it is gone, there is nobody to tell."""
        if self._channel is not None:
            try:
                messages.send(self._channel, messages.encode(tag, said))
            except BlockingIOError:
                return False
            except OSError:
                pass
        return True

    async def stop(self, grace_s: float = 10.0) -> None:
        """Let what is in flight finish, then end the server and remove its cgroups."""
        self._stopping = True
        await self._drain(grace_s)
        self._disconnect()
        for watch in self._watches:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        await self._reap()
        self._cgroups.remove()

    async def _drain(self, grace_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), grace_s)

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
        said = {"spec": self.spec.to_json(), "slots": [slot.to_json() for slot in self.slots]}
        await self._await_ready(ours, await self._configured(ours, messages.encode(Tag.CONFIGURE, said)))

    async def _configured(self, channel: socket.socket, data: bytes) -> Message | None:
        """The answer to its configuration; None from one that died, or hung and was killed."""
        try:
            async with asyncio.timeout(_START_S + 2 * self.spec.warm_wall_s):
                return await _answer_to(channel, data)
        except TimeoutError:
            self._kill()
            return None

    async def _await_ready(self, channel: socket.socket, answer: Message | None) -> None:
        if answer is None or answer.tag is not Tag.READY:
            channel.close()
            await self._reap()
            raise _refusal(self.spec.name, answer)
        self.layers, self.device = tuple(answer.said["layers"]), answer.said["device"]
        if answer.said["exercised"]:
            self.exercised.set()
        self._channel, self._unanswered_since = channel, None
        asyncio.get_running_loop().add_reader(channel, self._hear)

    def _hear(self) -> None:
        """Messages, as many as there are; the end of the socket is the end of the server."""
        try:
            while self._channel is not None:
                data, _ = messages.receive(self._channel)
                if not data:
                    self._disconnect()
                    return
                self._unanswered_since = None
                self._heed(messages.decode(data))
        except BlockingIOError:
            return
        except (OSError, MessageError):  # gone, or no longer itself
            self._kill()
            self._disconnect()

    def _heed(self, message: Message) -> None:
        """Raises MessageError."""
        exchange = self._pending.get(message.said["id"]) if "id" in message.said else None
        match message.tag:
            case Tag.OUTCOME:
                outcome = messages.outcome_of(message)
                if outcome.job_id in self._pending:
                    self._pending[outcome.job_id].settle(outcome)
            case Tag.VERIFIED:
                if exchange is not None:
                    exchange.verified(tuple(message.said["layers"]))
            case Tag.EXERCISED:
                self.exercised.set()
            case Tag.PONG:
                pass
            case _:
                raise MessageError(f"{message.tag.name} is nothing that a fork server says of a job")

    def _hear_reports(self, exchange: Exchange) -> None:
        """What a worker itself says. Its end of the pipe is closed when it is gone."""
        if exchange.hear() and exchange.parts > 1 and exchange.advance is None:
            delay_s = 0.0 if exchange.layers is None else _ADVANCE_S
            exchange.advance = asyncio.get_running_loop().call_later(delay_s, self._advance, exchange)
        if exchange.is_heard:
            asyncio.get_running_loop().remove_reader(exchange.pipe)

    def _advance(self, exchange: Exchange) -> None:
        exchange.advance = None
        self._say(Tag.ADVANCE, id=exchange.job_id)

    def _give_up(self, exchange: Exchange) -> None:
        """By our own clock: it should have ended the job long ago."""
        exchange.fail(ForkServerGoneError(f"the {self.spec.name} fork server did not answer in time"))
        self._kill()

    def _kill(self) -> None:
        """It is started again. SIGKILL ends a stopped process too."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _beat(self) -> None:
        """Ask the server for a sign of life, again and again; one that gives none is hung."""
        while True:
            await asyncio.sleep(_BEAT_S)
            if self._is_hung():
                await asyncio.sleep(_BEAT_S)  # what it said may have arrived while this process did not run
                if self._is_hung():
                    self._kill()
            elif self._channel is not None:
                self._unanswered_since = self._unanswered_since or time.monotonic()
                self._say(Tag.PING, number=next(self._beats))

    def _is_hung(self) -> bool:
        patience_s = _PATIENCE_S if self.spec.launcher == NATIVE else _END_WITH_A_TOOL_S
        since = self._unanswered_since
        return self._channel is not None and since is not None and time.monotonic() - since > patience_s

    def _disconnect(self) -> None:
        """Close our end, which ends the server, and fail what it had."""
        if self._channel is not None:
            asyncio.get_running_loop().remove_reader(self._channel)
            self._channel.close()
            self._channel = None
        for exchange in self._pending.values():
            exchange.fail(ForkServerGoneError(f"the {self.spec.name} fork server died during the job"))

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


async def _answer_to(channel: socket.socket, data: bytes) -> Message | None:
    """What a new fork server says to its configuration; None when it died, whether or not it had read it."""
    try:
        messages.send(channel, data)
        answer = await asyncio.get_running_loop().sock_recv(channel, messages.MAX_MESSAGE_BYTES)
        return messages.decode(answer) if answer else None
    except (BrokenPipeError, ConnectionResetError, MessageError):
        return None


def _refusal(name: str, answer: Message | None) -> SandboxError:
    if answer is not None and answer.tag is Tag.REFUSED:
        return SandboxError(answer.said["layer"], answer.said["detail"], answer.said["hint"])
    detail = "the fork server died or hung while it was starting; its standard error may say why"
    return SandboxError(f"{name}-forkserver", detail)
