"""Whether somebody still waits for an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import Request

from app.problems import ProblemError

_QUICK_S: Final = 0.02


@asynccontextmanager
async def present(request: Request) -> AsyncIterator[None]:
    """While the block runs, its client has to be there: where it leaves, what runs in the block is cancelled at once.
    The body must have been read. Raises ProblemError ``request-aborted``."""
    watch = _Watch(request)
    try:
        yield
    except asyncio.CancelledError:
        # Somebody else may have cancelled it as well, and that one has to be heard.
        if not watch.has_cancelled or watch.task.uncancel() > 0:
            raise
        raise ProblemError("request-aborted", "The client left before its answer was made.") from None
    finally:
        watch.end()


class _Watch:
    """Cancels the task that made it when the client is gone. It begins a moment later: most answers are made before
    that, and need none."""

    def __init__(self, request: Request) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - there is one in every coroutine
        self.task = task
        self.has_cancelled = False
        self._request = request
        self._watcher: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(_QUICK_S, self._begin)

    def _begin(self) -> None:
        self._watcher = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.has_cancelled = True
        self.task.cancel()

    def end(self) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
