"""The environment that a fork server is started with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sandbox.spec import WorkerSpec

# What a fork server inherits of the environment: nothing but where to find programs and drivers.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "TZDIR")
_KEPT_PREFIXES = ("EGL_", "__EGL_", "__GLX_", "MESA_", "LIBGL_", "GALLIUM_", "LP_", "NVIDIA_", "GBM_")
_FIXED = {
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "PYTHONMALLOC": "malloc",
    "PYTHONSAFEPATH": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NUMPY_MADVISE_HUGEPAGE": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYOPENGL_PLATFORM": "egl",
    "MESA_SHADER_CACHE_DISABLE": "true",
}
# llvmpipe without threads of its own: its context then survives a fork, warm (see sandbox.workers.rehearsal), and a
# render on two busy cores is faster than with them. An operator's own value is kept.
_DEFAULTS = {"LP_NUM_THREADS": "0"}
_PROJECT: Final = Path(__file__).resolve().parents[2]
"""Where this package lies, and with it the modules that entries are in."""


def environment(spec: WorkerSpec) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in _KEPT or k.startswith(_KEPT_PREFIXES)}
    path = os.pathsep.join(filter(None, (str(_PROJECT), kept.get("PYTHONPATH"))))
    return _DEFAULTS | kept | _FIXED | dict(spec.environment) | {"PYTHONPATH": path}
