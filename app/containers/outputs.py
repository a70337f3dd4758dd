"""The outputs of an order, in the order they are made, each with its place and its file's name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from app.answer import Answer, distrusted
from app.asked import Asked
from app.filenames import FileNames
from app.problems import ProblemError
from app.service.fulfil import Answered, Count
from renderer.formats import DEFAULT

Item = Count | Answered[Answer]


@dataclass(frozen=True, slots=True)
class PlacedOutput:
    """``number``: which of all, from 0. ``node``: its id, as far as it is known. ``file``: what the picture is to be
    called, a relative path; None where there is none. A context manager that closes the picture's content."""

    number: int
    node: str | None
    file: str | None
    result: Answer | ProblemError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if isinstance(self.result, Answer):
            self.result.content.close()


class Naming:
    """What the files of one answer are called: after their nodes' names where the document asks for them itself, as
    Figma's own exports are, else after their ids."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._names = FileNames()

    def output(self, answered: Answered[Answer]) -> PlacedOutput:
        number, result = answered.number, answered.result
        if isinstance(result, ProblemError):
            said = result.extra.get("node")
            return PlacedOutput(number, said if isinstance(said, str) else self._wanted(number), None, result)
        node = result.picture.node or self._wanted(number)
        return PlacedOutput(number, node, self._file(number, node, result), result)

    def _wanted(self, number: int) -> str | None:
        """The id as it was asked for. One node can have several export settings, so their numbers say nothing."""
        return None if self._asked.exports else self._asked.pictures[number].node

    def _file(self, number: int, node: str | None, made: Answer) -> str:
        image_format = made.image_format or DEFAULT
        if self._asked.exports:
            return self._names.of(made.picture, image_format, by_name=True)
        suffix = self._asked.suffixes[number] if self._asked.suffixes else ""
        return self._names.unique((node or "render").replace(":", "-"), suffix, image_format.suffixes[0])


class Outputs:
    """An asynchronous context manager and iterator. Answers are taken as they are made, whether somebody is ready for
    them or not: a client that reads slowly keeps no worker, and what is waiting lies in the worker's memory file either
    way. To leave the block early is to cancel the order.

    ``count``: how many outputs there are, once it is known. ``settled`` is told of each answer when it is made.
    """

    def __init__(
        self, answers: AsyncGenerator[Item], asked: Asked, settled: Callable[[Answer | ProblemError], None]
    ) -> None:
        self.count: int | None = None if asked.exports else len(asked.pictures)
        self._answers = answers
        self._naming = Naming(asked)
        self._settled = settled
        self._queue: asyncio.Queue[PlacedOutput | None] = asyncio.Queue()
        self._next: PlacedOutput | None = None

    async def __aenter__(self) -> Self:
        self._taking = asyncio.create_task(self._take())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._taking.cancel()
        await asyncio.gather(self._taking, return_exceptions=True)
        while not self._queue.empty():
            if (left := self._queue.get_nowait()) is not None:
                left.close()
        if self._next is not None:
            self._next.close()

    async def _take(self) -> None:
        try:
            async with aclosing(self._answers) as answers:
                async for item in answers:
                    if isinstance(item, Count):
                        self.count = item.outputs
                    else:
                        self._settled(item.result)
                        self._queue.put_nowait(self._naming.output(item))
                    await asyncio.sleep(0)  # others have their turn, though a worker had made all of it already
        finally:
            self._queue.put_nowait(None)

    async def first(self) -> PlacedOutput:
        """The first answer, which is not taken by it. Raises ProblemError where the order fails as a whole, and where
        the one output that it has fails."""
        self._next = await self._queue.get()
        if self._next is None:
            await self._taking
            raise distrusted("it has nothing to draw")
        if self.count == 1 and isinstance(self._next.result, ProblemError):
            raise self._next.result
        return self._next

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> PlacedOutput:
        output, self._next = self._next, None
        output = output or await self._queue.get()
        if output is None:
            await self._taking
            raise StopAsyncIteration
        return output
