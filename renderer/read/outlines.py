"""Outlines the document carries as SVG path data (``geometry=paths``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from renderer.exceptions import DocumentError, LimitError
from renderer.limits import MAX_COORDINATE
from renderer.read.model.node import PathModel
from renderer.read.model.paint import PaintOverrideModel
from renderer.read.paints import read_fills
from renderer.read.parse import key_path
from renderer.read.reading import Reading
from renderer.scene import Fill, PathData

# A move to begin with, and every character SVG path data can have.
_PATH = re.compile(r"\s*[Mm]\s*[0-9+\-.][MmLlHhVvCcSsQqTtAaZzEe0-9+\-.,\s]*")
# Only such numbers can be beyond the bound: a positive exponent of two digits, or eight digits before the point.
_SUSPECT = re.compile(r"[eE]\+?\d{2}|(?<![\d.])\d{8}")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")

Overrides = Mapping[str, PaintOverrideModel | None]


def read_outlines(
    models: Sequence[PathModel] | None, overrides: Overrides | None, reading: Reading, field: str
) -> tuple[PathData, ...]:
    """The outlines that are not empty. ``overrides``: fills by the outlines' ``overrideID``."""
    return tuple(
        _outline(model, overrides, reading, f"{field}[{index}]")
        for index, model in enumerate(models or ())
        if model.path.strip()
    )


def _outline(model: PathModel, overrides: Overrides | None, reading: Reading, field: str) -> PathData:
    reading.spend_path(model.path, f"{field}.path")
    _check(model.path, f"{field}.path")
    return PathData(model.path, model.winding_rule == "EVENODD", _override_fills(model, overrides, reading))


def _check(svg: str, field: str) -> None:
    if not _PATH.fullmatch(svg):
        raise DocumentError(
            "An outline is not SVG path data: it begins with M and has only commands and numbers.", field=field
        )
    if _SUSPECT.search(svg) and any(abs(float(number)) > MAX_COORDINATE for number in _NUMBER.findall(svg)):
        raise LimitError(
            f"An outline has a coordinate beyond {MAX_COORDINATE:.0f} pixels, which is the limit.",
            code="limit-coordinate",
            field=field,
        )


def _override_fills(model: PathModel, overrides: Overrides | None, reading: Reading) -> tuple[Fill, ...] | None:
    """None where the node's own fills count. An entry that is null, or has no fills, overrides nothing."""
    if overrides is None or not model.override_id:
        return None
    key = str(int(model.override_id))
    override = overrides.get(key)
    if override is None or override.fills is None:
        return None
    return read_fills(override.fills, reading, f"{key_path('fillOverrideTable', key)}.fills")
