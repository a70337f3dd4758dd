"""Taking away what was painted: for a picture that takes the place of what lies below it and is not opaque.

SVG has nothing that clears. So all that the layer holds so far is put behind a mask, clip by clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from renderer.draw.svg.level import OpenLevel
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.syntax.markup import wrapped

_MOST_TIMES: Final = 16  # each is one more group around the others, and parsers of XML bound how deep they go


def erase(shape: str, levels: Sequence[OpenLevel], parts: list[str], tags: int, sheet: Sheet) -> bool:
    """Take away what lies within ``shape`` (black elements) of the layer that is painted into. False, and nothing is
    changed, where groups of nodes are in the way, or it was done too often."""
    within = _up_to_layer(levels)
    if any(level.tags != tags or level.clipping or level.erased >= _MOST_TIMES for level in within):
        return False
    parts.append("")
    end = len(parts) - 1
    for level in within:
        if end > level.start + 1:
            parts[level.start] = f'<g mask="url(#{_mask(shape, sheet)})">{parts[level.start]}'
            parts[end] = f"</g>{parts[end]}"
        level.erased += 1
        shape = wrapped(shape, level.within) if level.within else shape
        end = level.start - 1
    return True


def _up_to_layer(levels: Sequence[OpenLevel]) -> list[OpenLevel]:
    """Innermost first."""
    found: list[OpenLevel] = []
    for level in reversed(levels):
        found.append(level)
        if level.layer:
            break
    return found


def _mask(shape: str, sheet: Sheet) -> str:
    everywhere = sheet.view.outset(max(sheet.view.width, sheet.view.height))
    return sheet.mask(everywhere, f'<rect{sheet.box(everywhere)} fill="#fff"/>{shape}')
