"""What an order as a whole may still use: each worker that has a part in it is given what those before it have left."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from app.service.order import Order
from sandbox.job import Limits


class Budget:
    """Of one order. Its time counts from when the first worker has it; before that, only its deadline does."""

    def __init__(self, order: Order[Any]) -> None:
        self._limits = order.limits
        self._several = order.work.announces
        self._wall_s = order.limits.wall_of(order.work.outputs)
        self._bytes_left = order.limits.output_of(order.work.outputs)
        self._deadline = order.deadline
        self._begun = False

    def begin(self) -> None:
        """A worker has the order."""
        if self._several and not self._begun:
            self._deadline = min(self._deadline, time.monotonic() + self._wall_s)
        self._begun = True

    def spend(self, size: int) -> None:
        self._bytes_left -= size

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())

    def limits_left(self) -> Limits:
        """For the next worker. The limits of each output are what they were."""
        if not self._several:
            return self._limits
        wall_s = max(0.001, min(self.seconds_left, self._wall_s))
        return replace(self._limits, job_wall_s=wall_s, job_output_bytes=max(1, self._bytes_left))
