"""What opens and closes groups: the attributes of their tags."""

from __future__ import annotations

from typing import Final

from renderer.displaylist import BlendMode, Blur, MaskKind, PushGroup, PushMasked
from renderer.draw.svg.groups.blends import NEAREST_TO_LINEAR_DODGE, style_of
from renderer.draw.svg.groups.filters import group_filter, white
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.syntax.markup import wrapped
from renderer.draw.svg.syntax.numbers import share
from renderer.geometry import Rect


def compositing(opacity: float, blend: BlendMode, *, isolated: bool = False) -> tuple[str, str]:
    """Attributes of a group, and of one that must lie around it or ''."""
    around, style = "", style_of(blend)
    if blend is BlendMode.LINEAR_DODGE:
        around, style = f' style="{style}"', NEAREST_TO_LINEAR_DODGE
    faded = share(opacity)
    said = "" if faded == "1" else f' opacity="{faded}"'
    if isolated and not said and not style:
        style = "isolation:isolate"
    return f'{said} style="{style}"' if style else said, around


def needs_picture(command: PushGroup) -> bool:
    """Whether it has a blur that grows, for which SVG has no filter."""
    return any(isinstance(each, Blur) and each.ramp is not None for each in command.filters)


def group_attributes(command: PushGroup, sheet: Sheet, *, isolated: bool) -> tuple[str, str]:
    """As :func:`compositing`. ``isolated``: something in the group would otherwise blend with what lies below it."""
    said, around = compositing(command.opacity, command.blend, isolated=isolated and not command.filters)
    if command.filters:
        said += f' filter="url(#{group_filter(command, sheet)})"'
    return said, around


def masked(mask: str) -> str:
    return f' mask="url(#{mask})"'


def mask_tags(command: PushMasked, mask: str, sheet: Sheet) -> tuple[str, str]:
    """What lies before and after the contents of a mask."""
    region = sheet.on_view(command.bounds)
    units = f' maskUnits="userSpaceOnUse"{sheet.box(region, region=True)}'
    if command.kind is MaskKind.LUMINANCE:
        return f'<mask id="{mask}"{units}>', "</mask>"
    return f'<mask id="{mask}"{_ALPHA}{units}><g{_whitened(region, sheet)}>', "</g></mask>"


def alpha_mask(content: str, region: Rect, sheet: Sheet) -> str:
    """The id of a mask by the alpha of some elements."""
    return sheet.mask(region, wrapped(content, _whitened(region, sheet)), _ALPHA)


_ALPHA: Final = ' style="mask-type:alpha"'


def _whitened(region: Rect, sheet: Sheet) -> str:
    """For engines that know masks by luminance only: white, as opaque as the mask is."""
    return f' filter="url(#{white(region, sheet)})"'
