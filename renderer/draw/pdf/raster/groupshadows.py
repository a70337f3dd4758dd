"""Shadows of all that a group holds: pictures of its coverage, blurred, below and above the group itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from renderer.displaylist import BlendMode, Blur, Command, InnerShadowFilter, Pop, PushGroup, ShadowFilter
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream
from renderer.draw.pdf.file.states import graphics_state
from renderer.draw.pdf.paint.imageplace import draw_image
from renderer.draw.pdf.paint.samples import Samples
from renderer.draw.pdf.raster.pictures import covered, on_grid
from renderer.geometry import Point, Rect

_SIGMAS: Final = 3.0
Shadow = ShadowFilter | InnerShadowFilter


def write_cast(
    shadow: ShadowFilter, group: PushGroup, commands: Sequence[Command], content: ContentStream, drawing: Drawing
) -> None:
    """Below the group. ``commands``: what is painted into it."""
    reach = _moved(group.content, shadow.offset).outset(_SIGMAS * shadow.sigma + 1)
    area = drawing.seen(reach)
    if area.is_empty:
        return
    resolution = drawing.pictures.resolution(area, shadow.sigma if shadow.behind else None)
    area = on_grid(area, resolution, drawing.display_list.bounds)
    cast = _copy(shadow, group, commands, area, resolution, drawing)
    if not shadow.behind:
        cast = _product(cast, 255 - _coverage(commands, area, resolution, drawing))
    _lay(shadow, cast, area, resolution, content, drawing)


def write_inside(
    shadow: InnerShadowFilter, group: PushGroup, commands: Sequence[Command], content: ContentStream, drawing: Drawing
) -> None:
    """Above the group."""
    area = drawing.seen(group.content)
    if area.is_empty:
        return
    resolution = drawing.pictures.resolution(area)
    area = on_grid(area, resolution, drawing.display_list.bounds)
    dark = 255 - _copy(shadow, group, commands, area, resolution, drawing)
    dark = _product(dark, _coverage(commands, area, resolution, drawing))
    _lay(shadow, dark, area, resolution, content, drawing)


def _copy(
    shadow: Shadow, group: PushGroup, commands: Sequence[Command], area: Rect, resolution: float, drawing: Drawing
) -> Samples:
    """How much of each place a moved and blurred copy of the group covers."""
    blur = (Blur(shadow.sigma),) if shadow.sigma > 0 else ()
    opened = PushGroup(1.0, BlendMode.NORMAL, blur, group.content, group.bounds)
    source = _moved(area, Point(-shadow.offset.x, -shadow.offset.y))
    return drawing.pictures.pixels((opened, *commands, Pop()), source, resolution)[..., 3]


def _coverage(commands: Sequence[Command], area: Rect, resolution: float, drawing: Drawing) -> Samples:
    return drawing.pictures.pixels(commands, area, resolution)[..., 3]


def _product(one: Samples, other: Samples) -> Samples:
    return ((one.astype(np.uint16) * other + 127) // 255).astype(np.uint8)


def _lay(
    shadow: Shadow, coverage: Samples, area: Rect, resolution: float, content: ContentStream, drawing: Drawing
) -> None:
    state = graphics_state(content, drawing.objects, alpha=shadow.colour.a)
    image = drawing.images.tint(shadow.colour, coverage, grey=content.grey)
    box = drawing.moved(covered(area, resolution, coverage))
    content.write("q", *([state] if state else []), draw_image(image, box, content), "Q")


def _moved(area: Rect, by: Point) -> Rect:
    return Rect(area.x + by.x, area.y + by.y, area.width, area.height)
