"""The entry point, and the one ``match`` over the commands."""

from __future__ import annotations

from renderer.displaylist import (
    BlurBackdrop,
    CastInnerShadow,
    CastShadow,
    Command,
    DisplayList,
    DrawNoise,
    FillArea,
    FillGlyphs,
    MaskSource,
    Pop,
    PushClip,
    PushGroup,
    PushMasked,
)
from renderer.draw.svg.nodes import Nodes
from renderer.draw.svg.page import Page
from renderer.draw.svg.pictures.burns import blur_backdrop
from renderer.draw.svg.pictures.images import finest_uses
from renderer.draw.svg.shapes.fills import fill_area
from renderer.draw.svg.shapes.shadows import cast_inner_shadow, cast_shadow
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.structure import OUTSIDE, structure_of
from renderer.draw.svg.syntax.markup import text
from renderer.draw.svg.syntax.numbers import coefficient, rgb, share
from renderer.draw.svg.text.fill import fill_glyphs
from renderer.geometry import Rect
from renderer.options import SvgOptions
from renderer.warnings import Warnings


def write_svg(
    display_list: DisplayList, *, width: int, height: int, scale: float, options: SvgOptions, warnings: Warnings
) -> bytes:
    """UTF-8 of one ``svg`` element that needs nothing but itself.

    ``width``, ``height``: of the picture in pixels, which are CSS pixels here; ``scale``: pixels per document pixel.
    Its ``viewBox`` is in document pixels, from the picture's top left. The same arguments give the same bytes. Raises
    :class:`LimitError`, and MemoryError, where too much of it must be drawn as pixels.
    """
    view = Rect(0.0, 0.0, width / scale, height / scale)
    structure = structure_of(display_list.commands)
    sheet = Sheet(display_list, structure, view=view, scale=scale, options=options, warnings=warnings)
    sheet.finest_uses = finest_uses(display_list.commands)
    page = Page(sheet)
    nodes, index = Nodes(page, sheet), 0
    while index < len(display_list.commands):
        nodes.reach(index)
        index = _write(display_list.commands[index], page, sheet)
    nodes.reach(index)
    body = "".join(page.parts)
    return f"{_root(sheet, width, height)}{_title(sheet)}{_background(sheet)}{body}{_definitions(sheet)}</svg>".encode()


def _write(command: Command, page: Page, sheet: Sheet) -> int:  # noqa: C901 - one case for each command
    """The index of the command that comes next."""
    match command:
        case FillArea():
            page.put(fill_area(command, sheet))
        case FillGlyphs():
            leaves, end = fill_glyphs(command, sheet)
            page.put(leaves)
            return end
        case Pop():
            page.close()
        case PushClip():
            page.open_clip(command)
        case PushGroup():
            return page.open_group(command)
        case CastShadow():
            page.put(cast_shadow(command, sheet))
        case CastInnerShadow():
            page.put(cast_inner_shadow(command, sheet))
        case BlurBackdrop():
            page.put(blur_backdrop(command, sheet))
        case PushMasked():
            page.open_masked(command)
        case MaskSource():
            page.open_mask()
        case DrawNoise():
            page.lay_grain(command)
    return sheet.index + 1


def _root(sheet: Sheet, width: int, height: int) -> str:
    view = f"0 0 {coefficient(sheet.view.width)} {coefficient(sheet.view.height)}"
    # Where it is part of a page, what is in it does not blend with the page.
    style = ' style="isolation:isolate"' if OUTSIDE in sheet.structure.blending else ""
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg width="{width}" height="{height}" viewBox="{view}" fill="none"{style} {names}>'


def _title(sheet: Sheet) -> str:
    title = sheet.display_list.title
    return f"<title>{text(title)}</title>" if title else ""


def _background(sheet: Sheet) -> str:
    colour = sheet.display_list.background
    if colour is None or colour.a <= 0:
        return ""
    opacity = share(colour.a)
    faded = "" if opacity == "1" else f' fill-opacity="{opacity}"'
    return f'<rect width="100%" height="100%" fill="{rgb(colour)}"{faded}/>'


def _definitions(sheet: Sheet) -> str:
    made = "".join(sheet.definitions())
    return f"<defs>{made}</defs>" if made else ""
