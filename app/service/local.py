"""A backend on a fork server of this machine. Pictures on the CPU, pictures on the GPU and comparisons are three of
them, and differ in nothing but how their fork server is started."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Protocol

import structlog

from app.problems import ProblemError, retry_after, unavailable
from app.service.backend import Begun, Event
from app.service.order import Order
from app.service.slots import Slots
from sandbox.client.exchange import Delivered
from sandbox.client.forkserver import ForkServerGoneError
from sandbox.exceptions import SandboxError
from sandbox.job import Limits, Outcome
from sandbox.policy.model import SandboxPolicy

_log = structlog.get_logger(__name__)


class Server(Protocol):
    """What is used of :class:`sandbox.client.forkserver.ForkServer`."""

    layers: tuple[str, ...]
    device: dict[str, object]

    @property
    def ready(self) -> bool: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def policy(self) -> SandboxPolicy: ...
    async def start(self) -> None: ...
    def run(
        self, header: bytes, inputs: Sequence[int], limits: Limits | None = None, *, parts: int = 1
    ) -> AsyncGenerator[Delivered | Outcome]: ...
    async def stop(self, grace_s: float) -> None: ...


class LocalBackend:
    """``refused``: the layer that its fork server could not be started without."""

    def __init__(self, name: str, server: Server, slots: Slots) -> None:
        self.name = name
        self.server = server
        self.slots = slots
        self.refused: SandboxError | None = None
        self._starting: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def ready(self) -> bool:
        return self.refused is None and self.server.ready

    @property
    def layers(self) -> tuple[str, ...]:
        return self.server.layers

    @property
    def device(self) -> Mapping[str, object]:
        return self.server.device

    @property
    def policy(self) -> SandboxPolicy:
        return self.server.policy

    async def start(self) -> None:
        """Once, and to its end: whoever asked for it first may leave meanwhile, and the others still wait for it."""
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
        await asyncio.shield(self._starting)

    async def _start(self) -> None:
        try:
            await self.server.start()
        except SandboxError as error:
            self.refused = error
            _log.error("path-unavailable", path=self.name, layer=error.layer, reason=str(error))
        else:
            _log.info("path-ready", path=self.name, layers=self.layers, device=self.device or None)

    async def stop(self, grace_s: float) -> None:
        starting, was_stopped, self._stopped = self._starting, self._stopped, True
        if starting is None or was_stopped:
            return
        if not starting.done():  # which leaves nothing
            starting.cancel()
            await asyncio.wait((starting,))
        elif self.refused is None:
            await self.server.stop(grace_s)

    async def run(self, order: Order[Any], settled: Collection[int] = ()) -> AsyncGenerator[Event]:
        """Raises ProblemError: also ``sandbox-unavailable``, and ``fork-server-gone``, which is started again."""
        if self._stopped:  # an order whose worker has died asks for another one while all of it ends
            raise ProblemError("draining", "The server is stopping. Send the request to another one.", retry_after(5))
        await self.start()
        if self.refused is not None:
            raise unavailable(self.name, self.refused) from self.refused
        async with self.slots.take(again=bool(settled)) as waited_s:
            yield Begun(waited_s * 1000)
            header = order.work.header(settled)
            running = self.server.run(header, order.inputs, order.limits, parts=order.work.outputs)
            try:
                async with aclosing(running) as items:
                    async for item in items:
                        yield item
            except ForkServerGoneError:
                raise self._gone() from None

    def _gone(self) -> ProblemError:
        detail = f"The {self.name} path's fork server ended while it had this request; it is being started again."
        return ProblemError("fork-server-gone", detail, retry_after(1))
