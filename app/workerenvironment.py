"""What the libraries of a worker read from the environment of its fork server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Where GL looks for its driver, and what an operator tells that driver.
_KEPT_PREFIXES: Final = ("EGL_", "__EGL_", "__GLX_", "MESA_", "LIBGL_", "GALLIUM_", "LP_", "NVIDIA_", "GBM_")
_FIXED: Final = {
    # A fork server has one thread, and under the CPU path's lock a worker may neither start one nor call madvise.
    "NUMPY_MADVISE_HUGEPAGE": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYOPENGL_PLATFORM": "egl",
    "MESA_SHADER_CACHE_DISABLE": "true",
}
# llvmpipe without threads of its own: its context then survives a fork, warm (see sandbox.workers.rehearsal), and a
# render on two busy cores is faster than with them. An operator's own value is kept.
_DEFAULTS: Final = {"LP_NUM_THREADS": "0"}


def worker_environment(operators: Mapping[str, str]) -> dict[str, str]:
    """``operators``: the environment that the operator started us with."""
    kept = {name: value for name, value in operators.items() if name.startswith(_KEPT_PREFIXES)}
    return _DEFAULTS | kept | _FIXED
