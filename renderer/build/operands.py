"""What a boolean operation combines, where the document does not carry the result."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.build.building import Building
from renderer.scene import BooleanGeometry, BooleanOperation, Group, SceneItem, children_of


def combined(
    operation: BooleanOperation, operands: tuple[SceneItem, ...], building: Building
) -> BooleanGeometry | None:
    """The operation on its operands, where enough of them have an outline for it to be right."""
    drawable = tuple(operand for operand in operands if _has_outline(operand))
    complete = all(_is_complete(operand) for operand in operands)
    if not drawable or (not complete and operation is not BooleanOperation.UNION):
        return None
    if not complete:
        building.warn("approximate-geometry", "Parts of this union have no outline in the document and are left out.")
    return BooleanGeometry(operation, drawable)


def _has_outline(operand: SceneItem) -> bool:
    return any(not isinstance(item, Group) for item in _walk(operand))


def _is_complete(operand: SceneItem) -> bool:
    """Whether every shape in it has its outline; a group has none of its own to miss."""
    return all(children_of(item) or not isinstance(item, Group) for item in _walk(operand))


def _walk(operand: SceneItem) -> Iterator[SceneItem]:
    """It and all that lies in it."""
    pending = [operand]
    while pending:
        item = pending.pop()
        yield item
        pending += children_of(item)
