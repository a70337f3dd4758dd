"""What is asked of a backend."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from app.problems import ProblemError
from sandbox.client.exchange import Delivered
from sandbox.job import Limits, Outcome

EVERYBODY = "everybody"
"""The one trust domain, as long as nobody has a key of their own."""

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a worker from others than itself. ``path``: the backend it belongs to. ``total_ms``: what it
    took; ``queue_ms``: how long the order had waited before. ``whole``: it met a limit of the order as a whole."""

    path: str
    limits: Limits
    queue_ms: float
    total_ms: float = 0.0
    layers: tuple[str, ...] = ()
    stage: str | None = None
    whole: bool = False


class Work(Protocol[ResultT_co]):
    """What is to be made of an order's inputs, and how what a worker says of it is read. ``outputs``: how many results
    there can be at most, numbered from 0. ``announces``: the worker first says how many there are."""

    @property
    def outputs(self) -> int: ...

    @property
    def announces(self) -> bool: ...

    def header(self, settled: Collection[int]) -> bytes:
        """What the worker is told. ``settled``: results that it must not make (again)."""

    def count(self, made: Delivered, found: Circumstances) -> int:
        """How many results there are, as the worker announces it. Raises ProblemError where it says why there are
        none."""

    def result(self, made: Delivered, found: Circumstances) -> ResultT_co:
        """One result. Takes the content over, or closes it. Raises ProblemError."""

    def failure(self, outcome: Outcome, found: Circumstances) -> ProblemError:
        """What the end of a worker means that did not come to its own."""


@dataclass(frozen=True, slots=True)
class Order(Generic[ResultT]):
    """One document with its images and fonts, and what is to come of it. ``inputs``: sealed memory files, still whose
    they were. ``limits``: of each output, and of the whole. ``deadline``: time.monotonic() at which nobody waits for
    the rest any more. ``domain``: whose it is; a worker is only ever used again within one."""

    work: Work[ResultT]
    inputs: tuple[int, ...]
    limits: Limits
    deadline: float
    domain: str = EVERYBODY
