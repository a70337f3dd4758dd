"""Real documents, where there is a folder of them: what Figma says about its own pictures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.picture import picture_size
from renderer.warnings import Warnings
from tests.renderer.documents import read

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
    bounds = read(data, node=options.node, scale=options.scale).bounds
    size = picture_size(bounds, options, RenderLimits(), Warnings(9))
    if "ref_size" in entry:
        assert [size.width, size.height] == entry["ref_size"]
