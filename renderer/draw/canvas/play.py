"""The entry point, and the one ``match`` over the commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
from renderer.draw.canvas.backdrop import blur_backdrop
from renderer.draw.canvas.convert import from_matrix
from renderer.draw.canvas.fills import fill_area
from renderer.draw.canvas.glyphs import fill_glyphs
from renderer.draw.canvas.groups import push_clip, push_group
from renderer.draw.canvas.masks import mask_source, push_masked
from renderer.draw.canvas.noise import draw_noise
from renderer.draw.canvas.playback import Playback
from renderer.draw.canvas.shadows import cast_inner_shadow, cast_shadow
from renderer.geometry import Matrix
from renderer.warnings import Warnings


def play(display_list: DisplayList, canvas: Any, *, warnings: Warnings, device: Matrix | None = None) -> None:
    """Draw a display list on a Skia canvas. The background is the caller's.

    ``device`` maps page coordinates to device pixels. Without it the canvas's own matrix does, which has 32 bits: far
    from the page's origin it is some millionths of a pixel off. Raises :class:`LimitError` for too many open layers and
    MemoryError; what is drawn by then stays.
    """
    device = from_matrix(canvas.getTotalMatrix()) if device is None else device
    perform_all(display_list.commands, Playback(canvas, device, display_list, warnings))


def perform_all(commands: Sequence[Command], playback: Playback) -> None:
    """Perform commands of the playback's display list. Groups that are open at the end are closed, and the canvas is
    left with the matrix and the clip that it came with."""
    untouched = playback.canvas.save()
    try:
        for command in commands:
            playback.command = command
            perform(command, playback)
    finally:
        playback.canvas.restoreToCount(untouched)


def perform(command: Command, playback: Playback) -> None:  # noqa: C901 - one case for each command
    match command:
        case FillArea():
            fill_area(command, playback)
        case FillGlyphs():
            fill_glyphs(command, playback)
        case Pop():
            playback.close()
        case PushClip():
            push_clip(command, playback)
        case PushGroup():
            push_group(command, playback)
        case CastShadow():
            cast_shadow(command, playback)
        case CastInnerShadow():
            cast_inner_shadow(command, playback)
        case BlurBackdrop():
            blur_backdrop(command, playback)
        case PushMasked():
            push_masked(command, playback)
        case MaskSource():
            mask_source(playback)
        case DrawNoise():
            draw_noise(command, playback)
