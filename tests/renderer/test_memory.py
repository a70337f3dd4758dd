"""With too little memory a render fails; it never leaves something out of the picture."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.renderer.test_no_syscalls import ENVIRONMENT, ROOT

SCRIPT = """
import os, resource, sys
from sandbox.mechanisms import arena
arena.settle()
from renderer import warm
from renderer.scene import LayerBlur
from tests.renderer.lower.drawing import RED, box, draw, load_fonts, solid

warm.warm(load_fonts())
node = box(0, 0, 100, 100, fills=(solid(RED),))
for _ in range(12):
    node = box(0, 0, 100, 100, fills=(), children=(node, box(0, 0, 1, 1)), opacity=0.99)
child = os.fork()
if child == 0:
    arena.reserve(int(sys.argv[1]) << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (0, 0))
    try:
        pixels = draw(node, scale=20.0)
    except MemoryError:
        os._exit(2)
    os._exit(0 if pixels[1000, 1000].tolist() == [255, 36, 36, 255] else 1)
os._exit(os.WEXITSTATUS(os.waitpid(child, 0)[1]))
"""
DRAWN, OUT_OF_MEMORY = 0, 2


@pytest.mark.parametrize(
    ("mib", "end"), [(40, OUT_OF_MEMORY), (100, OUT_OF_MEMORY), (150, OUT_OF_MEMORY), (400, DRAWN)]
)
def test_nested_groups_without_memory_for_their_layers(mib: int, end: int) -> None:
    command = [sys.executable, "-c", SCRIPT, str(mib)]
    done = subprocess.run(command, env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == end, done.stderr
