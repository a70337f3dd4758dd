"""Where nothing may be written beside the packages (a read-only container), pixelmatch is compiled at every start."""

from __future__ import annotations

import subprocess
import sys

from tests.renderer.test_no_syscalls import ROOT

SCRIPT = """
from numba.core import caching
def refuse(self, py_func):
    raise RuntimeError("cannot cache function: no locator available")
caching.FunctionCache.__init__ = refuse
try:
    import pixelmatch
except RuntimeError:
    pass
else:
    raise SystemExit("this would prove nothing")
import numpy as np
from renderer.compare.yiq import differing
black, white = (np.full((9, 9, 3), value, np.uint8) for value in (0, 255))
print(differing(black, white).sum())
"""


def test_a_place_where_machine_code_cannot_be_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "81"), done.stderr
