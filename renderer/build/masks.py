"""Masks: a node that masks the siblings after it, to the last of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from renderer.build.building import Building
from renderer.figma import FigmaNode
from renderer.figma.kinds import PAGES
from renderer.scene import Item, Masked, MaskKind, SceneItem

_KINDS: Final = {kind.value: kind for kind in MaskKind}


def mask_kind(node: FigmaNode, building: Building) -> MaskKind | None:
    """How a node masks, if it does."""
    if not node.is_mask or node.type in PAGES:
        return None
    name = node.mask_type or ("VECTOR" if node.is_mask_outline else "ALPHA")
    kind = _KINDS.get(name)
    if kind is None:
        building.warn("unsupported-mask", f"A mask of kind {name[:40]} is drawn as an alpha mask.")
    return kind or MaskKind.ALPHA


def resolved(items: Sequence[Item], kinds: Mapping[int, MaskKind]) -> tuple[SceneItem, ...]:
    """The items with each mask around all that follow it: [a, mask, b, c] is [a, Masked(mask, [b, c])]. ``kinds``: of
    those that are masks, by their index. A mask with nothing after it is gone."""
    seen: list[SceneItem] = []
    for index in range(len(items) - 1, -1, -1):
        kind = kinds.get(index)
        if kind is None:
            seen.append(items[index])
        elif seen:
            seen = [Masked(kind=kind, mask=items[index], content=tuple(reversed(seen)))]
    return tuple(reversed(seen))
