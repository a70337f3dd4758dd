"""After the fonts are loaded, setting and drawing text asks nothing of the kernel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from pathlib import Path
import skia
from renderer.fonts import FontProvider
from renderer.geometry import Rect
from renderer.scene import TextBlock, TextRun, TextStyle
from renderer.text import layout_text

fonts = FontProvider.load(Path(sys.argv[1]))

INK = Rect(1.0, 2.0, 280.0, 22.0)

def draw(canvas, characters, style, ink=None):
    text = TextBlock(characters, (TextRun(0, len(characters), style),), ink=ink)
    for run in layout_text(text, 300.0, 99.0, fonts).runs:
        font = skia.Font(run.typeface, run.size)
        font.setHinting(skia.FontHinting.kNone)
        font.setSubpixel(True)
        font.setScaleX(run.stretch)
        builder = skia.TextBlobBuilder()
        builder.allocRunPos(font, list(run.glyphs), [skia.Point(x, y) for x, y in run.positions])
        canvas.drawTextBlob(builder.make(), 0, 0, skia.Paint())

surface = skia.Surface(300, 99)
draw(surface.getCanvas(), "warm", TextStyle("Inter"))
if os.fork() == 0:
    os.write(1, b"BEGIN")
    canvas = surface.getCanvas()
    draw(canvas, "w\\u00f6rld", TextStyle("Inter", weight=637.0))
    draw(canvas, "\\u0645\\u0631\\u062d\\u0628\\u0627", TextStyle("Poppins", italic=True))
    draw(canvas, "\\U0001f469\\u200d\\U0001f680\\U0001f1e9\\U0001f1ea", TextStyle("Sen"))
    draw(canvas, "\\u65e5\\u672c \\ud55c\\uad6d \\u0928\\u092e\\u0938\\u094d\\u0924\\u0947", TextStyle("Nowhere"))
    draw(canvas, "\\u0e20\\u0e32\\u0e29\\u0e32\\u0e44\\u0e17\\u0e22 \\u1798\\u17b6\\u1793", TextStyle("Nowhere"))
    draw(canvas, "\\u0e9e\\u0eb2\\u0eaa\\u0eb2 \\u1005\\u102c \\u1950", TextStyle("Nowhere"))
    draw(canvas, "\\U0010fffd", TextStyle("Helvetica Neue", weight=700.0))
    draw(canvas, "stands in for a font that is not here, and is fitted to the ink of it", TextStyle("Futura"), INK)
    os.write(1, b"END")
    os._exit(0)
os.wait()
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace to see system calls")
def test_text_is_set_and_drawn_without_a_system_call(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    trace = tmp_path / "trace"
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, capture_output=True)
    if probe.returncode:
        pytest.skip("strace may not trace here")
    command = ["strace", "-f", "-qq", "-o", str(trace), sys.executable, "-c", PROGRAM, str(root / "fonts")]
    # Where ICU would look for other tables, each time it is asked.
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONMALLOC": "malloc", "ICU_DATA": str(tmp_path)}
    subprocess.run(command, check=True, capture_output=True, cwd=root, env=environment)
    lines = trace.read_text(encoding="utf-8").splitlines()
    (begin,) = [at for at, line in enumerate(lines) if '"BEGIN"' in line]
    (end,) = [at for at, line in enumerate(lines) if '"END"' in line]
    child = lines[begin].split()[0]
    # brk is the heap growing: the worker reserves its heap before the lock.
    asked = {line.split()[1].split("(")[0] for line in lines[begin + 1 : end] if line.split()[0] == child}
    assert asked <= {"brk"}
