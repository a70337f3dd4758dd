"""Who carries orders out: a fork server of this machine, or somebody elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.service.order import Order
from app.service.slots import Slots
from sandbox.client.exchange import Delivered
from sandbox.exceptions import SandboxError
from sandbox.job import Outcome
from sandbox.policy.model import SandboxPolicy


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker has the order. ``waited_ms``: how long it had to wait for one."""

    waited_ms: float


Event = Begun | Delivered | Outcome
"""Of one run of an order: it has begun, each result as it is made, and how the worker ended."""


class Backend(Protocol):
    """Admission, workers, health and restart are its own. ``slots``: how many orders it takes. ``refused``: why it
    could not be started, and by which layer. ``layers``, ``device``, ``policy``: what holds its workers and what draws,
    as far as it is known before an order."""

    name: str
    slots: Slots

    @property
    def ready(self) -> bool: ...
    @property
    def refused(self) -> SandboxError | None: ...
    @property
    def layers(self) -> tuple[str, ...]: ...
    @property
    def device(self) -> Mapping[str, object]: ...
    @property
    def policy(self) -> SandboxPolicy: ...

    async def start(self) -> None:
        """Once, however often it is called. Raises nothing: a backend that cannot be had is ``refused``."""

    async def stop(self, grace_s: float) -> None:
        """Let what is in flight finish, for so long."""

    def run(self, order: Order[Any], settled: Collection[int] = ()) -> AsyncGenerator[Event]:
        """Wait for a worker and have it make every result of the order but the ``settled``, in their order. The last
        event is an Outcome. To close the generator early is to cancel the order, which ends at once.

        Raises ProblemError where no worker came free, or the backend went away."""
