"""Clips, and cuts: painting only within an area, or only outside of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from renderer.displaylist import Cut
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream, add_group, add_mask
from renderer.draw.pdf.file.states import SoftMask, graphics_state, luminosity
from renderer.draw.pdf.paths import outline, rule
from renderer.geometry import IDENTITY, Matrix, PathData, Rect, RoundRect

_MARGIN: Final = 4.0


def clip_operators(area: Rect | RoundRect | PathData, matrix: Matrix, drawing: Drawing) -> str:
    """Until the next Q, paint only within the area. ``matrix``: to the page's coordinates."""
    path = outline(area, drawing.placed(matrix), drawing.tolerance(matrix), scale=drawing.scale)
    return f"{path}\nW{rule(area)} n" if path else "0 0 0 0 re W n"


def write_cut(
    cut: Cut,
    matrix: Matrix,
    box: Rect,
    paint: Callable[[ContentStream], None],
    content: ContentStream,
    drawing: Drawing,
) -> None:
    """``matrix``: from the cut's coordinates to the page's; ``box``: what ``paint`` paints at most, in the
    picture's."""
    if cut.inside:
        _write_clipped(clip_operators(cut.area, matrix, drawing), paint, content)
        return
    path = outline(cut.area, drawing.placed(matrix), drawing.tolerance(matrix))
    around = outline(box.outset(_MARGIN), IDENTITY, 0.0)
    if not path:
        paint(content)
    elif not isinstance(cut.area, PathData) or cut.area.even_odd:
        _write_clipped(f"{around}\n{path}\nW* n", paint, content)
    else:  # where a path that winds crosses itself, the even-odd rule would let through what it covers twice
        mask = ContentStream()
        mask.write("1 g", around, "f", "0 g", path, "f")
        group = add_mask(drawing.objects, mask, box, space="/DeviceGray")
        write_masked(luminosity(group), box, paint, content, drawing)


def write_masked(
    mask: SoftMask, box: Rect, paint: Callable[[ContentStream], None], content: ContentStream, drawing: Drawing
) -> None:
    """As a group: an image with a mask of its own would be painted without this one (11.6.5.3)."""
    inner = ContentStream(grey=content.grey)
    paint(inner)
    form = add_group(drawing.objects, inner, box, isolated=not inner.blends)
    content.blends |= inner.blends
    state = graphics_state(content, drawing.objects, mask=mask)
    content.write("q", state, content.paint(form), "Q")


def _write_clipped(operators: str, paint: Callable[[ContentStream], None], content: ContentStream) -> None:
    content.write("q", operators)
    paint(content)
    content.write("Q")
