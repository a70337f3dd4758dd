"""After ``warm`` a render makes no system call: not for any format, codec, script, primitive or refusal.

A child process warms up, forks, and its child asks the kernel to kill it for anything but ``write`` and the exit.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from renderer.formats import ImageFormat

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    "PYTHONMALLOC": "malloc",
    "NUMPY_MADVISE_HUGEPAGE": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONPATH": str(ROOT),
    "PATH": os.environ.get("PATH", ""),
}
PRELUDE = """
import os, sys
from sandbox.mechanisms import arena
arena.settle()
import pyseccomp
from pathlib import Path
from renderer import rehearsal, warm
from renderer.exceptions import RenderError
from renderer.fonts import FontProvider
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.formats import ImageFormat
from renderer.options import RenderOptions, SvgOptions
from renderer.outputs import Output, plan_exports, plan_outputs
from renderer.render import DocumentRenderer, Tools, render
from renderer.draw.raster import make_raster_surface

fonts = FontProvider.load(Path("fonts"))
warm.warm(fonts)
if len(os.listdir("/proc/self/task")) != 1:
    sys.exit("a thread was started")
document, images = rehearsal.rehearsal_document(), rehearsal.rehearsal_images()
words = "Ωμέγα ქართული አማርኛ தமிழ் ༄ \U0001f600 ภาษาไทย ພາສາລາວ ភាសាខ្មែរ မြန်မာ \u2067אב (a)\u2069"
texts = document.replace(b"Good morning", words.encode())


def draw(content, **options):
    limits = RenderLimits()
    return render(content, "application/json", options=RenderOptions(**options),
                  images=ImageSource(images, limits=limits), fonts=fonts, make_surface=make_raster_surface,
                  limits=limits, on_stage=lambda stage: None, clock=lambda: 0.0).body


def draw_all(content, nodes, exports=False):
    limits = RenderLimits()
    source = ImageSource(images, limits=limits)
    renderer = DocumentRenderer(Tools(source, fonts, make_raster_surface, limits, lambda stage: None, lambda: 0.0))
    opened = renderer.open(content, "application/json", nodes=nodes, exports=exports)
    asked = [RenderOptions(node=node) for node in nodes]
    planned = plan_exports(opened, asked, limits) if exports else plan_outputs(opened, asked)
    for each in planned:
        if isinstance(each, Output):
            refused(lambda: renderer.draw(each.node, each.options))
            renderer.forget()


def refused(attempt):
    try:
        attempt()
    except RenderError as error:
        str(error)


def locked():
    rules = pyseccomp.SyscallFilter(pyseccomp.KILL_PROCESS)
    for name in ("write", "exit_group"):
        rules.add_rule(pyseccomp.ALLOW, name)
    rules.load()


child = os.fork()
if child == 0:
    arena.reserve(1 << 30)
    locked()
    BODY
    os._exit(7)
_, status = os.waitpid(child, 0)
os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 100 + os.WTERMSIG(status))
"""
SURVIVED, KILLED = 7, 100 + signal.SIGSYS
RENDERS = {
    "formats": f"""for f in map(ImageFormat, {[each.value for each in ImageFormat]}):
        draw(document, format=f)
        draw(document, format=f, scale=3.0)""",
    "other words": "draw(texts, scale=2.0)",
    "other words as text": "draw(texts, scale=2.0, format=ImageFormat.PDF)",
    "text in an SVG": """options = SvgOptions(outline_text=False, include_id=True, simplify_stroke=False)
    draw(texts, format=ImageFormat.SVG, scale=4.0, svg=options)""",
    "refusals": """for bad in (b"", b"[]", b"{", document[:-5], document.replace(b'"r"', b'"q"'), b'{"a":' * 5000):
        refused(lambda: draw(bad))
    refused(lambda: draw(document, node="7:7"))""",
    "broken images": """for ref, content in list(images.items()):
        for keep in range(0, len(content), 7):
            images[ref] = content[:keep]
            refused(lambda: ImageSource(images, limits=RenderLimits()).get(ref))""",
    "spoilt images": """for ref, content in list(images.items()):
        for position in range(0, len(content), 5):
            images[ref] = content[:position] + bytes([content[position] ^ 0x55]) + content[position + 1 :]
            refused(lambda: ImageSource(images, limits=RenderLimits()).get(ref))""",
    "several outputs": """nodes = [None, "9:9", "7:7", *rehearsal.rehearsal_nodes()]
    draw_all(document, nodes)
    draw_all(texts, nodes[::-1])""",
    "exports": """good = b'{"format": "PNG", "constraint": {"type": "WIDTH", "value": 9}}, {"format": "SVG"}'
    for bad in (b'{"format": "GIF"}', b'{"format": 5}', b'{"format": "PNG", "constraint": {"type": 1}}', b"[]"):
        marked = document.replace(b'"id"', b'"exportSettings": [%b, %b], "id"' % (good, bad), 5)
        draw_all(marked, [None, "7:7", rehearsal.rehearsal_nodes()[0]], exports=True)""",
    "a large picture": "draw(document, scale=4.0, format=ImageFormat.WEBP); draw(document, width=4000)",
}


def _run(body: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRELUDE.replace("BODY", body)],
        env=ENVIRONMENT,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
@pytest.mark.parametrize("what", RENDERS)
def test_a_locked_render_makes_no_system_call(what: str) -> None:
    done = _run(RENDERS[what])
    assert done.returncode == SURVIVED, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("call", ["open('/dev/null')", "import tomllib", "os.getrandom(1)", "os.getpid()"])
def test_the_lock_would_notice(call: str) -> None:
    assert _run(call).returncode == KILLED
