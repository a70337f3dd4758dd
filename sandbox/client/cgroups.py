"""The cgroups of one fork server's workers: made by the supervisor, gone when it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sandbox.launchers import NESTED_CGROUPS
from sandbox.mechanisms.cgroups import CgroupPool, CgroupSlot
from sandbox.spec import WorkerSpec

_WAIVERS = frozenset({"cgroup", "cgroup-v1", "cgroup-v2"})


class _Sweeper:
    """A running :mod:`sandbox.client.sweeper`: when we are gone, the directories go."""

    def __init__(self, directories: Sequence[str]) -> None:
        read_end, self._lifeline = os.pipe()
        program = Path(__file__).with_name("sweeper.py")
        command = (sys.executable, "-I", "-S", str(program), str(read_end), *directories)
        null = subprocess.DEVNULL
        # In its own session, so that what kills our process group spares it.
        self._process = subprocess.Popen(
            command, pass_fds=[read_end], env={}, stdin=null, stdout=null, stderr=null, start_new_session=True
        )
        os.close(read_end)

    def close(self) -> None:
        """It finds nothing left to remove, and ends."""
        os.close(self._lifeline)
        self._process.wait()


class WorkerCgroups:
    """None where the workers have none: by their policy, unsandboxed, or waived."""

    def __init__(self) -> None:
        self._pool: CgroupPool | None = None
        self._sweeper: _Sweeper | None = None

    @property
    def slots(self) -> tuple[CgroupSlot, ...]:
        return () if self._pool is None else self._pool.slots

    def make(self, spec: WorkerSpec) -> None:
        """Two for every worker that there can be at once: one may still be taken down while the next begins. Raises
        LayerUnavailableError."""
        wanted = spec.make_policy().cgroup
        if wanted is not None and not spec.unsandboxed and not _WAIVERS & spec.waived and self._pool is None:
            limits = replace(wanted, memory_bytes=spec.limits.memory_bytes)
            also = NESTED_CGROUPS.get(spec.launcher, ())
            self._pool = CgroupPool.create(2 * (spec.pool + spec.workers), limits, also=also)
            self._sweeper = _Sweeper(self._pool.directories)

    def kill(self) -> None:
        """SIGKILL to whoever is inside."""
        if self._pool is not None:
            self._pool.kill()

    def remove(self) -> None:
        if self._pool is not None:
            self._pool.destroy()
            self._pool = None
        if self._sweeper is not None:
            self._sweeper.close()
            self._sweeper = None
