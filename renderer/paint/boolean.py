"""Boolean operations on paths, by Skia's PathOps."""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.paint.context import PaintContext
from renderer.scene import BooleanOperation, Node

_OPERATIONS: Final = {
    BooleanOperation.UNION: skia.PathOp.kUnion_PathOp,
    BooleanOperation.INTERSECT: skia.PathOp.kIntersect_PathOp,
    BooleanOperation.SUBTRACT: skia.PathOp.kDifference_PathOp,
    BooleanOperation.EXCLUDE: skia.PathOp.kXOR_PathOp,
}
# PathOps compares every pair of contours: its time grows with the square of the verbs.
MAX_VERBS: Final = 20_000


def combine(operation: BooleanOperation, paths: list[Any], node: Node, context: PaintContext) -> Any:
    """The first path combined with each later one, in order; an empty path when there is none."""
    if not paths:
        return skia.Path()
    result = paths[0]
    for path in paths[1:]:
        if result.countVerbs() + path.countVerbs() > MAX_VERBS:
            context.note("boolean-too-complex", f"more than {MAX_VERBS} path verbs in a boolean operation", node)
            return result
        result = _apply(operation, result, path, node, context)
    return result


def _apply(operation: BooleanOperation, left: Any, right: Any, node: Node, context: PaintContext) -> Any:
    try:
        return skia.Op(left, right, _OPERATIONS[operation])
    except RuntimeError:  # PathOps gives up on some inputs, for example coordinates too far apart
        context.note("boolean-failed", f"Skia could not compute a {operation.value} of two outlines", node)
        return left
