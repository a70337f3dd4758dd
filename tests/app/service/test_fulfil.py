"""An order in, its answers out, whatever becomes of the workers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.answer import Answer
from app.options import RenderQuery
from app.problems import ProblemError
from app.service.backend import Begun, Event
from app.service.fulfil import Answered, Count, fulfil
from app.service.order import Order
from app.service.render import RenderWork
from app.service.slots import Slots
from sandbox.client.content import Content
from sandbox.client.exchange import Delivered
from sandbox.exceptions import SandboxError
from sandbox.job import Limits, Outcome, Verdict
from sandbox.policy.cpu import CPU_STRICT
from tests.app.fakes import LAYERS, PICTURE, refusal, report

pytestmark = pytest.mark.anyio

DONE = Outcome(1, Verdict.COMPLETED)
KILLED = Outcome(1, Verdict.KILLED, signal="SIGSEGV", stage="draw")
GONE = ProblemError("fork-server-gone", "It went away.")


def part(number: int | None, said: bytes, content: bytes = b"") -> Delivered:
    return Delivered(number, said, Content.of(content), LAYERS, 1.0)


def count(outputs: int) -> Delivered:
    return part(None, json.dumps({"ok": True, "count": outputs}).encode())


def picture(number: int, **changes: object) -> Delivered:
    return part(number, report(**changes), PICTURE)


@dataclass
class Scripted:
    """Each run plays the next of ``runs``. ``told``: what was settled by then, ``limits``: what it might use; ``open``:
    runs that are not over yet."""

    runs: list[Sequence[Delivered | Outcome | ProblemError | float]]
    told: list[list[int]] = field(default_factory=list)
    limits: list[Limits] = field(default_factory=list)
    open: int = 0
    name: str = "cpu"
    slots: Slots = field(default_factory=lambda: Slots(1, 1, 1))
    ready: bool = True
    refused: SandboxError | None = None
    layers: tuple[str, ...] = LAYERS
    device: dict[str, object] = field(default_factory=dict)
    policy: Any = CPU_STRICT

    async def start(self) -> None: ...

    async def stop(self, grace_s: float) -> None: ...

    async def run(self, order: Order[Any], settled: Collection[int] = ()) -> AsyncGenerator[Event]:
        self.told.append(sorted(settled))
        self.limits.append(order.limits)
        self.open += 1
        try:
            yield Begun(2.0)
            for event in self.runs.pop(0):
                if isinstance(event, ProblemError):
                    raise event
                if isinstance(event, float):
                    await asyncio.sleep(event)
                else:
                    yield event
        finally:
            self.open -= 1


def order(outputs: int, *, exports: bool = False, seconds: float = 60) -> Order[Answer]:
    asked = (RenderQuery(),) * (1 if exports else outputs)
    work = RenderWork(asked, "application/json", exports=exports, max_outputs=outputs)
    return Order(work, (), Limits(), time.monotonic() + seconds)


async def played(
    asked: Order[Answer], *runs: Sequence[Delivered | Outcome | ProblemError | float]
) -> tuple[list[object], Scripted]:
    """Counts as numbers, answers as (number, ``picture`` or the code of the problem)."""
    backend, said = Scripted(list(runs)), list[object]()
    async with aclosing(fulfil(backend, asked)) as items:
        async for item in items:
            said.append(item.outputs if isinstance(item, Count) else (item.number, _word(item)))
    assert backend.open == 0
    return said, backend


def _word(item: Answered[Answer]) -> str:
    if isinstance(item.result, ProblemError):
        return item.result.subcode or item.result.code
    with item.result as made:
        assert made.content.read() == PICTURE
    return "picture"


async def test_pictures_come_in_their_order() -> None:
    said, backend = await played(order(3), [count(3), *map(picture, range(3)), DONE])
    assert said == [3, (0, "picture"), (1, "picture"), (2, "picture")]
    assert backend.told == [[]]


async def test_one_that_fails_takes_no_other_with_it() -> None:
    said, backend = await played(order(3), [count(3), picture(0), part(1, refusal("node-not-found")), picture(2), DONE])
    assert said == [3, (0, "picture"), (1, "node-not-found"), (2, "picture")]
    assert len(backend.told) == 1


async def test_a_worker_that_dies_costs_the_output_it_was_at() -> None:
    said, backend = await played(
        order(4),
        [count(4), picture(0), KILLED],
        [count(4), picture(2), Outcome(1, Verdict.LIMIT_CPU)],
    )
    assert said == [4, (0, "picture"), (1, "worker-killed"), (2, "picture"), (3, "limit-cpu")]
    assert backend.told == [[], [0, 1]]


async def test_a_worker_that_dies_over_the_document_ends_the_order() -> None:
    parsing = Outcome(1, Verdict.LIMIT_MEMORY, stage="parse")
    with pytest.raises(ProblemError, match="limit-memory"):
        await played(order(3), [parsing])
    said, backend = await played(order(3), [count(3), picture(0), KILLED], [parsing])
    assert said == [3, (0, "picture"), (1, "worker-killed"), (2, "limit-memory")]
    assert len(backend.told) == 2


async def test_a_document_that_cannot_be_read_fails_the_order() -> None:
    with pytest.raises(ProblemError, match="document-invalid"):
        await played(order(2), [part(None, refusal("document-invalid")), DONE])


@pytest.mark.parametrize("end", [GONE, Outcome(1, Verdict.REFUSED, refused_layer="seccomp")])
async def test_what_no_other_worker_would_do_better_ends_the_order(end: ProblemError | Outcome) -> None:
    code = "fork-server-gone" if end is GONE else "sandbox-unavailable"
    with pytest.raises(ProblemError, match=code):
        await played(order(3), [end])
    said, backend = await played(order(3), [count(3), picture(0), end])
    assert said == [3, (0, "picture"), (1, code), (2, code)]
    assert len(backend.told) == 1


async def test_the_deadline_ends_an_order_and_its_worker() -> None:
    said, backend = await played(order(3, seconds=0.1), [count(3), picture(0), 60.0])
    assert said == [3, (0, "picture"), (1, "limit-wall"), (2, "limit-wall")]
    assert backend.open == 0


async def test_each_worker_has_what_those_before_it_have_left_of_the_whole() -> None:
    limits = Limits(wall_s=9, job_wall_s=20, job_output_bytes=1000)
    asked = replace(order(4), limits=limits)
    _, backend = await played(asked, [count(4), picture(0), picture(1), 0.2, KILLED], [count(4), picture(3), DONE])
    first, second = backend.limits
    assert (first.job_output_bytes, second.job_output_bytes) == (1000, 1000 - 2 * len(PICTURE))
    assert first.job_wall_s == pytest.approx(20, abs=0.1)
    assert 15 < second.job_wall_s < 19.9
    assert (first.wall_s, second.wall_s) == (9, 9)


async def test_what_all_outputs_together_may_have_is_no_fault_of_one() -> None:
    said, backend = await played(order(4), [count(4), picture(0), Outcome(1, Verdict.LIMIT_OUTPUT, stage="draw")])
    assert said == [4, (0, "picture"), *((number, "limit-output") for number in (1, 2, 3))]
    assert len(backend.told) == 1


async def test_the_time_of_an_order_counts_from_its_first_worker() -> None:
    asked = replace(order(3, seconds=60), limits=Limits(job_wall_s=0.2))
    backend = Scripted([[count(3), picture(0), 60.0]])
    async with aclosing(fulfil(backend, asked)) as items:
        results = [item.result async for item in items if isinstance(item, Answered)]
    assert [isinstance(each, ProblemError) for each in results] == [False, True, True]
    assert "RENDERSERVER_ORDER_WALL_S" in str(results[1])


@pytest.mark.parametrize(
    "lie",
    [
        [picture(0), DONE],  # before the count
        [count(2), DONE],
        [count(4), DONE],
        [part(None, b"{}"), DONE],
        [count(3), picture(3), DONE],
        [count(3), picture(0), count(2), DONE],
    ],
)
async def test_a_worker_that_lies_is_not_believed(lie: list[Delivered | Outcome]) -> None:
    said: list[object] = []
    with suppress(ProblemError):
        said, _ = await played(order(3), lie, [DONE], [DONE], [DONE])
    answers = [item for item in said if isinstance(item, tuple)]
    assert set(answers) <= {(0, "picture"), *((number, "worker-answer-invalid") for number in range(3))}
    assert len(answers) in (0, 3)


async def test_what_a_worker_said_it_would_make_and_did_not_is_answered_too() -> None:
    said, backend = await played(order(3), [count(3), picture(0), DONE], [count(3), picture(2), DONE])
    assert said == [3, (0, "picture"), (1, "worker-answer-invalid"), (2, "picture")]
    assert backend.told == [[], [0, 1]]


async def test_export_settings_say_how_many_there_are() -> None:
    asked = order(10, exports=True)
    svg = picture(1, media_type="image/svg+xml", node="1:2", name="icon", suffix="@2x")
    said, _ = await played(asked, [count(2), picture(0), svg, DONE])
    assert said == [2, (0, "picture"), (1, "picture")]
    assert (await played(asked, [count(0), DONE]))[0] == [0]
    with pytest.raises(ProblemError, match="worker-answer-invalid"):
        await played(asked, [count(11), DONE])


async def test_an_answer_that_nobody_waits_for_cancels_the_run() -> None:
    backend = Scripted([[count(2), picture(0), 60.0]])
    async with aclosing(fulfil(backend, order(2))) as items:
        async for item in items:
            if isinstance(item, Answered):
                break
        assert backend.open == 1
    assert backend.open == 0
