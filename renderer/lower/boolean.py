"""Boolean operations on paths, by Skia's PathOps."""

from __future__ import annotations

from typing import Final

import skia

from renderer.geometry import PathData
from renderer.geometry.skiapath import from_skia, to_skia
from renderer.limits import MAX_BOOLEAN_VERBS
from renderer.scene import BooleanOperation
from renderer.warnings import Warnings

_OPERATIONS: Final = {
    BooleanOperation.UNION: skia.PathOp.kUnion_PathOp,
    BooleanOperation.INTERSECT: skia.PathOp.kIntersect_PathOp,
    BooleanOperation.SUBTRACT: skia.PathOp.kDifference_PathOp,
    BooleanOperation.EXCLUDE: skia.PathOp.kXOR_PathOp,
}


def combine(operation: BooleanOperation, paths: list[PathData], node: str, warnings: Warnings) -> PathData:
    """The first path combined with each later one, in order; an empty path when there is none."""
    if not paths:
        return PathData(b"", b"")
    if len(paths) == 1:
        return paths[0]
    result = to_skia(paths[0])
    for path in map(to_skia, paths[1:]):
        if result.countVerbs() + path.countVerbs() > MAX_BOOLEAN_VERBS:
            detail = f"more than {MAX_BOOLEAN_VERBS} path verbs in a boolean operation"
            warnings.add("boolean-too-complex", detail, node)
            break
        try:
            result = skia.Op(result, path, _OPERATIONS[operation])
        except RuntimeError:  # PathOps gives up on some inputs, for example coordinates too far apart
            warnings.add("boolean-failed", f"Skia could not compute a {operation.value} of two outlines", node)
    return from_skia(result)
