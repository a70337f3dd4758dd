"""Commands that PDF cannot say, drawn as pixels in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace

from renderer.displaylist import (
    BlendMode,
    Blur,
    BlurBackdrop,
    Command,
    DrawNoise,
    FillArea,
    PushGroup,
    PushMasked,
    SolidPaint,
)
from renderer.draw.pdf.clips import clip_operators, write_masked
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream
from renderer.draw.pdf.file.states import SoftMask, graphics_state
from renderer.draw.pdf.paint.imageplace import draw_image
from renderer.draw.pdf.raster.pictures import covered, on_grid
from renderer.geometry import IDENTITY, Colour, Rect
from renderer.pixels import Pixels

_BLACK: Final = SolidPaint(Colour(0.0, 0.0, 0.0))
_WHITE: Final = SolidPaint(Colour(1.0, 1.0, 1.0))


def lay_blurred(group: Sequence[Command], opened: PushGroup, content: ContentStream, drawing: Drawing) -> None:
    """``group``: a whole group that is blurred, from its opening to its end."""
    drawing.warn_rasterised("a layer blur")
    _lay_group(group, opened, _least_sigma(opened), content, drawing)


def lay_deep(group: Sequence[Command], content: ContentStream, drawing: Drawing) -> None:
    """``group``: a whole group, or masked group, in which too many others lie one in the other."""
    drawing.warn_rasterised("so many groups in one another")
    match group[0]:
        case PushGroup() as opened:
            _lay_group(group, opened, None, content, drawing)
        case PushMasked(bounds=bounds):
            area = drawing.seen(bounds)
            _lay(group, area, drawing.pictures.resolution(area), "", content, drawing)


def lay_with_backdrop(
    backdrop: Sequence[Command], command: Sequence[Command], bounds: Rect, content: ContentStream, drawing: Drawing
) -> None:
    """``command``: one, or a whole group, whose blend mode PDF lacks. What it makes of the backdrop covers that."""
    drawing.warn_rasterised("a linear burn or dodge")
    area = drawing.seen(bounds)
    _lay((*backdrop, *command), area, drawing.pictures.resolution(area), "", content, drawing)


def blurred_backdrop(
    command: BlurBackdrop, backdrop: Sequence[Command], area: Rect, drawing: Drawing
) -> tuple[Pixels, Rect]:
    """Straight RGBA, and where it lies in the picture. ``area``: what of the page shows of it. What is clipped away
    beside it does not bleed in either."""
    drawing.warn_rasterised("a background blur")
    resolution = drawing.pictures.resolution(area, command.sigma if command.ramp is None else None)
    whole = area.outset(1 / resolution)  # so that its own edge is not in the picture
    blur = replace(command, area=whole, matrix=IDENTITY, opacity=1.0, bounds=whole)
    pixels = drawing.pictures.pixels((*backdrop, blur), area, resolution)
    return pixels, drawing.moved(covered(area, resolution, pixels))


def lay_backdrop(command: BlurBackdrop, pixels: Pixels, box: Rect, content: ContentStream, drawing: Drawing) -> None:
    """``pixels`` and ``box``: of :func:`blurred_backdrop`."""
    state = graphics_state(content, drawing.objects, alpha=command.opacity)
    content.write("q", clip_operators(command.area, command.matrix, drawing), *([state] if state else []))
    number = drawing.images.picture(pixels, grey=content.grey)
    content.write(draw_image(number, box, content), "Q")


def lay_noise(command: DrawNoise, content: ContentStream, drawing: Drawing, mask: SoftMask) -> None:
    """The grain as far as ``mask`` lets it show. What it looks like on black and on white tells how opaque it is."""
    area = drawing.seen(command.bounds)
    if area.is_empty:
        return
    drawing.warn_rasterised("noise")
    resolution = drawing.pictures.resolution(area)
    area = on_grid(area, resolution, drawing.display_list.bounds)
    on_black, on_white = (
        drawing.pictures.pixels((FillArea(area, IDENTITY, (ground,), area), command), area, resolution)
        for ground in (_BLACK, _WHITE)
    )
    number = drawing.images.picture(_between(on_black, on_white), grey=content.grey)
    box = drawing.moved(covered(area, resolution, on_black))
    write_masked(mask, box, lambda into: into.write(draw_image(number, box, into)), content, drawing)


def is_blurred(group: PushGroup) -> bool:
    return any(isinstance(each, Blur) for each in group.filters)


def _lay_group(
    group: Sequence[Command], opened: PushGroup, sigma: float | None, content: ContentStream, drawing: Drawing
) -> None:
    area = drawing.seen(opened.bounds)
    alone = (replace(opened, opacity=1.0, blend=BlendMode.NORMAL), *group[1:])
    state = graphics_state(content, drawing.objects, alpha=opened.opacity, blend=opened.blend)
    _lay(alone, area, drawing.pictures.resolution(area, sigma), state, content, drawing)


def _lay(
    commands: Sequence[Command],
    area: Rect,
    resolution: float,
    state: str,
    content: ContentStream,
    drawing: Drawing,
) -> None:
    if area.is_empty:
        return
    area = on_grid(area, resolution, drawing.display_list.bounds)
    pixels = drawing.pictures.pixels(commands, area, resolution)
    number = drawing.images.picture(pixels, grey=content.grey)
    box = drawing.moved(covered(area, resolution, pixels))
    content.write("q", *([state] if state else []), draw_image(number, box, content), "Q")


def _least_sigma(group: PushGroup) -> float | None:
    """None where a part of the group may not be blurred at all."""
    blurs = [each for each in group.filters if isinstance(each, Blur)]
    return None if any(blur.ramp is not None for blur in blurs) else blurs[-1].sigma


def _between(on_black: Pixels, on_white: Pixels) -> Pixels:
    """Straight RGBA of what was laid on black and on white."""
    alpha = 255 - (on_white[..., :3].astype(np.int16) - on_black[..., :3]).max(axis=2, keepdims=True)
    colours = (on_black[..., :3].astype(np.int32) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate((np.clip(colours, 0, 255), np.clip(alpha, 0, 255)), axis=2).astype(np.uint8)
