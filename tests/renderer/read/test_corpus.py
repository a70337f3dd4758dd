"""Real documents, where there is a folder of them: what Figma says about its own pictures."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.picture import picture_size
from renderer.read import read_rest

_FOLDER = os.environ.get("RENDERSERVER_TEST_CORPUS")


def _entries() -> list[dict[str, Any]]:
    if _FOLDER is None or not (Path(_FOLDER) / "index.json").is_file():
        return []
    entries = json.loads((Path(_FOLDER) / "index.json").read_text())
    return [entry for entry in entries if entry["id"].startswith("rest/")]


pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not _entries(), reason="RENDERSERVER_TEST_CORPUS names no corpus")]


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: str(entry["id"]))
def test_the_picture_has_figmas_size(entry: dict[str, Any]) -> None:
    data = (Path(str(_FOLDER)) / entry["id"] / "document.json").read_bytes()
    options = RenderOptions(node=entry.get("node"), scale=entry.get("scale"))
    scene = read_rest(data, options=options, limits=RenderLimits())
    size = picture_size(scene.bounds, options, RenderLimits())
    if "ref_size" in entry:
        assert [size.width, size.height] == entry["ref_size"]


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: str(entry["id"]))
def test_reading_is_fast(entry: dict[str, Any]) -> None:
    data = (Path(str(_FOLDER)) / entry["id"] / "document.json").read_bytes()
    fastest = min(_seconds(data) for _ in range(5))
    # 30 ms for each megabyte on the machine this was written on; three times that elsewhere.
    assert fastest < 0.005 + 0.1 * len(data) / 1e6


def _seconds(data: bytes) -> float:
    started = time.perf_counter()
    read_rest(data, options=RenderOptions(), limits=RenderLimits())
    return time.perf_counter() - started
