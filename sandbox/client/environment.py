"""The environment that a fork server is started with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sandbox.spec import WorkerSpec

# What every fork server inherits of the environment: where to find programs and libraries.
_KEPT: Final = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "TZDIR")
# The lock rests on Python's own allocator being off: a worker's memory is malloc's reserved heap.
_FIXED: Final = {
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "PYTHONMALLOC": "malloc",
    "PYTHONSAFEPATH": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_PROJECT: Final = Path(__file__).resolve().parents[2]
"""Where this package lies, and with it the modules that entries are in."""


def environment(spec: WorkerSpec) -> dict[str, str]:
    """Nothing else of ours, who may have secrets in it. Of what is fixed a spec changes nothing."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join(filter(None, (str(_PROJECT), kept.get("PYTHONPATH"))))
    return kept | dict(spec.environment) | _FIXED | {"PYTHONPATH": path}
