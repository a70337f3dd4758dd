"""Probe 51: what many renders leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import glob
import hashlib
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from sandbox.attack.ground import Ground
from sandbox.attack.probe import Trial
from sandbox.job import Verdict
from sandbox.mechanisms import syscalls
from sandbox.mechanisms.processes import children_of, descendants_of, state_of
from sandbox.spec import NATIVE

RENDERS: Final = 1000
LAUNCHED_RENDERS: Final = 50  # each loads for a second what a fork has
_AT_A_TIME: Final = 4
_WARM_UP: Final = 20
_QUIET_S: Final = 0.2
_LAUNCHED_QUIET_S: Final = 1.5  # a tool works for a while before it starts the worker


@dataclass(frozen=True, slots=True)
class Traces:
    """Counted among what is ours, as a machine may have other work."""

    our_descriptors: int
    server_descriptors: int
    children: int
    zombies: int
    mounts: int
    cgroups: int
    net_namespaces: int
    temp_files: int


def traces(pid: int, uid: int) -> Traces:
    """Of the fork server ``pid`` and its workers, who are ``uid``."""
    children = descendants_of(pid)
    states = Counter(state_of(child) for child in children)
    return Traces(
        our_descriptors=len(os.listdir("/proc/self/fd")),
        server_descriptors=len(os.listdir(f"/proc/{pid}/fd")),
        children=len(children),
        zombies=states["Z"],
        mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
        cgroups=len(_slots()),
        net_namespaces=len({_net_namespace(one) for one in (pid, *children)}),
        temp_files=sum(_owner(entry) == uid for entry in os.scandir(tempfile.gettempdir())),
    )


def _slots() -> list[str]:
    """Of our own cgroup pools. Path.glob raises where another server removes its cgroups meanwhile; this does not."""
    return glob.glob(f"/sys/fs/cgroup/**/renderserver-*-{os.getpid()}-*/*/", recursive=True)


def _owner(entry: os.DirEntry[str]) -> int | None:
    """None: it has gone meanwhile."""
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except FileNotFoundError:
        return None


def _net_namespace(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/net")
    except OSError:
        return ""


def more(before: Traces, after: Traces) -> list[str]:
    """What there is more of, in words."""
    both = ((field.name, getattr(before, field.name), getattr(after, field.name)) for field in fields(before))
    return [f"{name.replace('_', ' ')}: {one} before, {two} after" for name, one, two in both if two > one]


async def attack(ground: Ground) -> Trial:
    """A thousand renders, four at a time. They are the echo's where the document is none."""
    await _exercised(ground)
    digests = await _burst(ground, _WARM_UP)
    before = await _settled(ground)
    digests |= await _burst(ground, ground.renders)
    after = await _settled(ground)
    left = more(before, after)
    if len(digests) != 1:
        left.append(f"{len(digests)} different pictures of one document")
    detail = f"{ground.renders} renders left nothing"
    return Trial("left" if left else "nothing", left, ground.harm(), ("supervisor",), detail)


async def _exercised(ground: Ground) -> None:
    """Until it has compiled ahead what it can: a thousand renders that all compile for themselves take minutes."""
    if ground.composed:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ground.server.exercised.wait(), timeout=60)


async def _burst(ground: Ground, count: int) -> set[str]:
    gate = asyncio.Semaphore(_AT_A_TIME)

    async def one() -> str:
        async with gate:
            outcome = await ground.render()
            good = outcome.verdict is Verdict.COMPLETED
            return hashlib.sha256(outcome.output).hexdigest() if good else outcome.verdict.value

    return set(await asyncio.gather(*(one() for _ in range(count))))


async def _settled(ground: Ground) -> Traces:
    """Once the pool is full again and no worker is coming or going."""
    deadline = time.monotonic() + 15
    while True:
        before = _now(ground)
        await asyncio.sleep(_QUIET_S if ground.launcher == NATIVE else _LAUNCHED_QUIET_S)
        quiet = _is_full(ground) and not before.zombies
        if (quiet and before == _now(ground)) or time.monotonic() > deadline:
            return before


def _is_full(ground: Ground) -> bool:
    """Of a launched worker the fork server's child is the tool, with the worker below it."""
    below = {child: len(descendants_of(child)) for child in children_of(ground.server.pid or 0)}
    return len(below) == ground.server.spec.pool and len(set(below.values())) <= 1


def _now(ground: Ground) -> Traces:
    return traces(ground.server.pid or 0, ground.server.spec.uid)


def leave_some() -> Trial:
    """The control: somebody who does leave things is found out."""
    before = traces(os.getpid(), 0)
    syscalls.mount("tmpfs", "/masked", "tmpfs", 0, None)
    Path("/tmp/left").write_text("x")
    if os.fork() == 0:
        os._exit(0)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    return Trial("left", more(before, traces(os.getpid(), 0)))
