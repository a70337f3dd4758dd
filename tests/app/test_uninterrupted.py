from __future__ import annotations

import asyncio
import threading

import pytest

from app.uninterrupted import uninterrupted


def test_who_is_cancelled_waits_for_what_is_under_way() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(30)
        ended.set()

    async def go() -> None:
        running = asyncio.create_task(uninterrupted(asyncio.to_thread(work)))
        await asyncio.to_thread(begun.wait, 30)
        running.cancel()
        await asyncio.sleep(0)
        assert not running.done()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert ended.is_set()

    asyncio.run(go())
