"""Outlines that the document carries, as what is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from renderer.build.building import Building
from renderer.build.paints import read_fills
from renderer.exceptions import DocumentError, LimitError
from renderer.fieldpath import key_path
from renderer.figma import Outline, OutlineProblem, PaintOverride
from renderer.geometry import PathData
from renderer.scene import Fill, Region

Overrides = Mapping[str, PaintOverride | None]


def read_regions(
    outlines: Sequence[Outline] | None, overrides: Overrides | None, building: Building, field: str
) -> tuple[Region, ...]:
    """The outlines that are not empty, with the fills that are their own by their ``override_id``."""
    regions = []
    for index, outline in enumerate(outlines or ()):
        path = _path(outline, building, f"{field}[{index}].path")
        if path is not None:
            regions.append(Region(path, _override_fills(outline, overrides, building)))
    return tuple(regions)


def read_paths(outlines: Sequence[Outline] | None, building: Building, field: str) -> tuple[PathData, ...]:
    """The outlines that are not empty."""
    paths = (_path(outline, building, f"{field}[{index}].path") for index, outline in enumerate(outlines or ()))
    return tuple(path for path in paths if path is not None)


def _path(outline: Outline, building: Building, field: str) -> PathData | None:
    """None where the document has nothing."""
    if outline.problem is not None:
        _take(outline.problem, building, field)
        return outline.path
    building.spend_path(outline.path, field)
    return outline.path if outline.path.verbs else None


def _take(problem: OutlineProblem, building: Building, field: str) -> None:
    """A broken path is drawn as nothing; one that is none, or beyond a limit, is refused."""
    if problem.code == "path-invalid":
        building.warn(problem.code, problem.detail)
    elif problem.code.startswith("limit-"):
        raise LimitError(problem.detail, code=problem.code, field=field)
    else:
        raise DocumentError(problem.detail, code=problem.code, field=field)


def _override_fills(outline: Outline, overrides: Overrides | None, building: Building) -> tuple[Fill, ...] | None:
    """None where the node's own fills count. An entry that is null, or has no fills, overrides nothing."""
    if overrides is None or not outline.override_id:
        return None
    key = str(int(outline.override_id))
    override = overrides.get(key)
    if override is None or override.fills is None:
        return None
    return read_fills(override.fills, building, f"{key_path('fillOverrideTable', key)}.fills")
