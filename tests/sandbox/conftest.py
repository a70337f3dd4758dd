"""Shared by the sandbox's tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sandbox.exceptions import LayerUnavailableError
from sandbox.mechanisms.cgroups import CgroupLimits, CgroupPool

SMALL = CgroupLimits(memory_bytes=96 << 20, pids=12, cpu_cores=1.0)


@pytest.fixture
def cgroups() -> Iterator[CgroupPool]:
    """Two small slots, removed afterwards. Skips where this host delegates no cgroup."""
    try:
        pool = CgroupPool.create(2, SMALL)
    except LayerUnavailableError as error:
        pytest.skip(f"no cgroup to be had here: {error.detail}")
    yield pool
    pool.destroy()
    assert not any(os.path.exists(directory) for directory in pool.directories)
