"""What is open while commands are written: clips, groups and masks, and what their ends do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from renderer.displaylist import Command, InnerShadowFilter, MaskKind, PushGroup, PushMasked, ShadowFilter
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream, Form, add_group, add_mask
from renderer.draw.pdf.file.states import coverage, graphics_state, luminosity
from renderer.draw.pdf.raster.groupshadows import write_cast, write_inside
from renderer.geometry import Rect

_REPLAYS: Final = 2  # of a group for each of its shadows


@dataclass(frozen=True, slots=True)
class OpenClip:
    """``operators``: what set the clip; Q ends it. ``bounds``: of the page."""

    operators: str
    bounds: Rect


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """``start``: the place of the command in the list; ``outer``: the stream that the group is laid into."""

    command: PushGroup
    start: int
    outer: ContentStream


@dataclass(frozen=True, slots=True)
class OpenMasked:
    """``start``: as of a group. ``masked``: the form of what is masked, once the mask itself has begun; ``begun``: the
    place where it did, or where the whole did."""

    command: PushMasked
    start: int
    begun: int
    outer: ContentStream
    masked: Form | None = None


Open = OpenClip | OpenGroup | OpenMasked


def close_group(group: OpenGroup, held: Sequence[Command], content: ContentStream, drawing: Drawing) -> None:
    """``held``: the commands in it; ``content``: what they wrote."""
    command, outer = group.command, group.outer
    if content.is_empty or drawing.box(command.bounds).is_empty:
        return
    state = graphics_state(outer, drawing.objects, alpha=command.opacity, blend=command.blend)
    if command.filters and state:
        inner = ContentStream(grey=outer.grey)
        _write_filtered(command, held, content, inner, drawing)
        content = inner
    elif command.filters:
        _write_filtered(command, held, content, outer, drawing)
        return
    lay_group(content, command, state, outer, drawing)


def lay_group(
    content: ContentStream, command: PushGroup | PushMasked, state: str, outer: ContentStream, drawing: Drawing
) -> None:
    form = add_group(drawing.objects, content, drawing.box(command.bounds))
    laid = outer.paint(form)
    outer.write(*(["q", state, laid, "Q"] if state else [laid]))


def close_masked(group: OpenMasked, content: ContentStream, drawing: Drawing) -> None:
    """``content``: the mask."""
    box = drawing.box(group.command.bounds)
    if group.masked is None or content.is_empty or box.is_empty:
        return
    mask = add_mask(drawing.objects, content, box)
    kind = luminosity(mask) if group.command.kind is MaskKind.LUMINANCE else coverage(mask)
    state = graphics_state(group.outer, drawing.objects, mask=kind)
    group.outer.write("q", state, group.outer.paint(group.masked), "Q")


def _write_filtered(
    command: PushGroup, held: Sequence[Command], content: ContentStream, into: ContentStream, drawing: Drawing
) -> None:
    """The group between the shadows that fall from it and those that fall into it."""
    filters = command.filters
    if drawing.pictures.can_replay(_REPLAYS * len(held) * len(filters)):
        drawing.warn_rasterised("a shadow of a group")
    else:
        drawing.warn("effect-left-out", "a shadow of a group is left out: too many commands lie in such groups")
        filters = ()
    for shadow in filters:
        if isinstance(shadow, ShadowFilter):
            write_cast(shadow, command, held, into, drawing)
    lay_group(content, command, "", into, drawing)
    for shadow in filters:
        if isinstance(shadow, InnerShadowFilter):
            write_inside(shadow, command, held, into, drawing)
