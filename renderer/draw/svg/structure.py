"""What must be known of a group when it begins: found in one look over the commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from renderer.displaylist import (
    CastInnerShadow,
    CastShadow,
    Command,
    DrawNoise,
    FillArea,
    FillGlyphs,
    MaskSource,
    Pop,
    PushClip,
    PushGroup,
    PushMasked,
    Span,
)

OUTSIDE: Final = -1
"""The section of what lies in no group."""


class Structure(Struct, frozen=True):
    """``ends``: of each command that opens a group, by its index, the matching Pop; of others nothing useful.
    ``sections``: for each command, and for the end, the index of the command that opened what it is in (a group, or a
    mask by its MaskSource), before it itself opens or closes anything. ``blending``: openers, or ``OUTSIDE``, in which
    something blends with what lies below it there. ``grained``: openers right in which there is noise."""

    ends: list[int]
    sections: list[int]
    blending: frozenset[int]
    grained: frozenset[int]


class _Opened(Struct):
    opener: int
    section: int


def structure_of(commands: Sequence[Command]) -> Structure:
    ends, sections = [OUTSIDE] * len(commands), []
    blending, grained = set[int](), set[int]()
    stack = [_Opened(OUTSIDE, OUTSIDE)]
    for index, command in enumerate(commands):
        sections.append(stack[-1].section)
        match command:
            case Pop():
                ends[stack.pop().opener] = index
            case MaskSource():
                stack[-1].section = index
            case DrawNoise():
                grained.add(stack[-1].section)
            case PushClip() | PushGroup() | PushMasked():
                if _blends(command):
                    _mark(commands, stack, blending)
                stack.append(_Opened(index, index))
            case _ if _blends(command):
                _mark(commands, stack, blending)
    sections.append(stack[-1].section)
    return Structure(ends, sections, frozenset(blending), frozenset(grained))


def _blends(command: Command) -> bool:
    match command:
        case FillArea(paints=paints) | FillGlyphs(paints=paints):
            return any(not paint.blend.is_plain for paint in paints)
        case PushGroup(blend=blend) | CastShadow(blend=blend) | CastInnerShadow(blend=blend):
            return not blend.is_plain
    return False


def _mark(commands: Sequence[Command], stack: Sequence[_Opened], blending: set[int]) -> None:
    """A clip is no layer: what is in it blends with what lies below the clip."""
    for opened in reversed(stack):
        if opened.section in blending:
            return
        blending.add(opened.section)
        if opened.section == OUTSIDE or not isinstance(commands[opened.section], PushClip):
            return


def whole_spans(spans: Sequence[Span], structure: Structure) -> list[bool]:
    """Of each span, whether all groups that begin in it end in it."""
    sections = structure.sections
    return [sections[span.start] == sections[span.end] for span in spans]
