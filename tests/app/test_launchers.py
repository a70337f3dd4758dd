"""One document through every launcher: the same bytes, and an answer that says who held the worker."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys

import pytest

from app.answer import Answer
from app.cli.session import sealed_body
from app.options import RenderQuery
from app.service.backends import local
from app.service.fulfil import answer_of
from app.service.render import render_order
from app.settings import Settings, SettingsError, load
from tests.app.documents import document, frame, node
from tests.host import WAIVED
from tests.sandbox.launchers.tools import every_launcher

GRADIENT = {
    "type": "GRADIENT_LINEAR",
    "gradientHandlePositions": [{"x": 0, "y": 0}, {"x": 1, "y": 1}, {"x": 0, "y": 1}],
    "gradientStops": [
        {"position": 0, "color": {"r": 1, "g": 0, "b": 0, "a": 1}},
        {"position": 1, "color": {"r": 0, "g": 0, "b": 1, "a": 1}},
    ],
}
TEXT = node("TEXT", (4, 4, 90, 20), id="1:3", characters="Same bytes", style={"fontFamily": "Inter", "fontSize": 14})
SHADOW = {"type": "DROP_SHADOW", "color": {"r": 0, "g": 0, "b": 0, "a": 0.5}, "offset": {"x": 1, "y": 2}, "radius": 3}
CARD = node("RECTANGLE", (10, 28, 60, 30), id="1:4", fills=[GRADIENT], cornerRadius=8, effects=[SHADOW])
DOCUMENT = document(frame(TEXT, CARD, width=100, height=64))


def render(launcher: str) -> Answer:
    async def go() -> Answer:
        settings = Settings(paths=("gpu",), workers=1, pool=1, launcher=launcher, waive=",".join(WAIVED))
        backends = local(settings)
        await backends.start()
        try:
            with sealed_body(DOCUMENT, (), "application/json") as body:
                return await answer_of(backends.paths["gpu"], render_order([RenderQuery()], body, settings))
        finally:
            await backends.stop(1)

    return asyncio.run(go())


@pytest.fixture(scope="module")
def native() -> Answer:
    return render("native")


@pytest.mark.parametrize("launcher", every_launcher())
def test_the_same_document_has_the_same_bytes_through_every_launcher(native: Answer, launcher: str) -> None:
    made = render(launcher)
    assert made.content.read() == native.content.read()
    assert set(native.layers) - set(made.layers) <= {"timens", "cgroupns"}


@pytest.mark.skipif(os.geteuid() != 0, reason="firejail is refused to anyone but root for another reason")
@pytest.mark.skipif(shutil.which("firejail") is None, reason="firejail is not installed")
def test_firejail_in_a_container_is_refused_with_the_reason() -> None:
    """In a pid namespace, where it starts a worker in no sandbox: not by a worker that never gets ready."""
    container = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
    command = (sys.executable, "-m", "app", "render", "-", "-", "--path", "gpu", "--launcher", "firejail")
    environment = os.environ | {"RENDERSERVER_WAIVE": ",".join(WAIVED)}
    done = subprocess.run([*container, *command], input=DOCUMENT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"reason: launcher: firejail sees no kernel threads here" in done.stderr


def test_a_launcher_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match=r"--launcher: .*'native', 'nsjail'.*\(got 'docker'\)"):
        load({"launcher": "docker"})


def test_no_sandbox_and_a_launcher_contradict_each_other() -> None:
    with pytest.raises(SettingsError, match="RENDERSERVER_LAUNCHER: nsjail is a sandbox"):
        load({"launcher": "nsjail", "unsafe_no_sandbox_for_measuring": True})
