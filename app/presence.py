"""Whether somebody still waits for an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.requests import Request

from app.problems import ProblemError


@asynccontextmanager
async def present(request: Request) -> AsyncIterator[None]:
    """While the block runs, its client has to be there: where it leaves, what runs in the block is cancelled at once.
    The body must have been read. Raises ProblemError ``request-aborted``."""
    watcher = asyncio.create_task(_cancel_when_gone(request, asyncio.current_task()))
    try:
        yield
    except asyncio.CancelledError:
        # Somebody else may have cancelled it as well, and that one has to be heard.
        if not watcher.done() or _is_cancelled_by_others(asyncio.current_task()):
            raise
        raise ProblemError("request-aborted", "The client left before its answer was made.") from None
    finally:
        watcher.cancel()


async def _cancel_when_gone(request: Request, task: asyncio.Task[Any] | None) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    if task is not None:
        task.cancel()


def _is_cancelled_by_others(task: asyncio.Task[Any] | None) -> bool:
    return task is not None and task.uncancel() > 0
