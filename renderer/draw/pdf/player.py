"""One ``match`` over the commands of a display list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

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
    SolidPaint,
)
from renderer.displaylist.owners import owners
from renderer.draw.pdf.areas import fill_area
from renderer.draw.pdf.clips import clip_operators
from renderer.draw.pdf.content import Content, Resource, add_group, add_mask
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.glyphs import fill_glyphs
from renderer.draw.pdf.groups import Open, OpenClip, OpenGroup, OpenMasked, close_group, close_masked
from renderer.draw.pdf.raster import is_blurred, lay_backdrop_blur, lay_blurred, lay_noise, lay_with_backdrop
from renderer.draw.pdf.shadows import cast_inner_shadow, cast_shadow
from renderer.draw.pdf.states import BLEND_NAMES, coverage
from renderer.geometry import IDENTITY
from renderer.scene import MaskKind

_OPENS: Final = (PushClip, PushGroup, PushMasked)


class Player:
    """Writes a display list's commands into ``content``."""

    def __init__(self, drawing: Drawing, content: Content) -> None:
        self._drawing = drawing
        self._content = content
        self._commands = drawing.display_list.commands
        self._open: list[Open] = []

    def play(self) -> None:
        at, nodes = 0, owners(self._drawing.display_list)
        while at < len(self._commands):
            self._drawing.node = nodes[at]
            at = self._perform(at, self._commands[at])
        while self._open:
            self._pop(at)

    def _perform(self, at: int, command: Command) -> int:
        """The place of the command that comes next."""
        if _lacks_mode(command):
            end = self._end(at)
            self._lay_with_backdrop(at, end)
            return end
        if isinstance(command, PushGroup) and is_blurred(command):
            end = self._end(at)
            lay_blurred(self._commands[at:end], command, self._content, self._drawing)
            return end
        self._write(at, command)
        return at + 1

    def _write(self, at: int, command: Command) -> None:  # noqa: C901 - one case for each command
        match command:
            case FillArea():
                fill_area(command, self._content, self._drawing)
            case FillGlyphs():
                fill_glyphs(command, self._content, self._drawing)
            case Pop():
                self._pop(at)
            case PushClip():
                self._push_clip(command)
            case PushGroup():
                self._enter(OpenGroup(command, at, self._content), grey=self._content.grey)
            case CastShadow():
                cast_shadow(command, self._content, self._drawing)
            case CastInnerShadow():
                cast_inner_shadow(command, self._content, self._drawing)
            case BlurBackdrop():
                self._blur_backdrop(at, command)
            case PushMasked():
                self._enter(OpenMasked(command, at, self._content), grey=self._content.grey)
            case MaskSource():
                self._begin_mask(at)
            case DrawNoise():
                self._draw_noise(command)

    def _push_clip(self, command: PushClip) -> None:
        operators = clip_operators(command.area, command.matrix, self._drawing)
        self._content.write("q", operators)
        self._open.append(OpenClip(operators, command.bounds))

    def _enter(self, group: OpenGroup | OpenMasked, *, grey: bool) -> None:
        self._open.append(group)
        self._content = Content(grey=grey)

    def _begin_mask(self, at: int) -> None:
        group = self._open.pop()
        if not isinstance(group, OpenMasked):
            raise ValueError("a mask outside of what is masked")
        masked = add_group(self._drawing.objects, self._content, self._drawing.box(group.command.bounds))
        grey = group.command.kind is MaskKind.LUMINANCE
        self._enter(OpenMasked(group.command, at, group.outer, masked), grey=grey)

    def _pop(self, at: int) -> None:
        group, content = self._open.pop(), self._content
        match group:
            case OpenClip():
                content.write("Q")
            case OpenGroup(start=start, outer=outer):
                close_group(group, self._commands[start + 1 : at], content, self._drawing)
                self._content = outer
            case OpenMasked(outer=outer):
                close_masked(group, content, self._drawing)
                self._content = outer

    def _blur_backdrop(self, at: int, command: BlurBackdrop) -> None:
        within = self._drawing.display_list.bounds
        for clip in self._clips():
            within = within.intersection(clip.bounds)
        lay_backdrop_blur(command, self._backdrop(at), within, self._content, self._drawing)

    def _lay_with_backdrop(self, at: int, end: int) -> None:
        held = self._commands[at:end]
        lay_with_backdrop(self._backdrop(at), held, held[0].bounds, self._content, self._drawing)

    def _draw_noise(self, command: DrawNoise) -> None:
        """What was painted so far becomes a form: it is painted, and it is what the grain lies on."""
        clips, content = self._clips(), self._content
        content.write(*["Q"] * len(clips))
        form = add_mask(self._drawing.objects, content, self._drawing.box(command.bounds))
        self._content = Content(grey=content.grey)
        self._content.write(f"{self._content.use(Resource.FORM, form)} Do")
        lay_noise(command, self._content, self._drawing, coverage(form))
        for clip in clips:
            self._content.write("q", clip.operators)

    def _clips(self) -> list[OpenClip]:
        """Those in the present stream, outermost first."""
        clips: list[OpenClip] = []
        for group in reversed(self._open):
            if not isinstance(group, OpenClip):
                break
            clips.insert(0, group)
        return clips

    def _backdrop(self, at: int) -> Sequence[Command]:
        """What was painted so far into the layer that the command is painted into, its clips closed."""
        clips = len(self._clips())
        group = self._open[-1 - clips] if clips < len(self._open) else None
        if isinstance(group, OpenClip | None):
            return (*_ground(self._drawing.display_list), *self._commands[:at], *[Pop()] * clips)
        return (*self._commands[group.start + 1 : at], *[Pop()] * clips)

    def _end(self, at: int) -> int:
        """The place after a command, or after the end of the group that it opens."""
        depth = 0
        for place in range(at, len(self._commands)):
            command = self._commands[place]
            depth += isinstance(command, _OPENS) - isinstance(command, Pop)
            if depth <= 0:
                return place + 1
        return len(self._commands)


def _lacks_mode(command: Command) -> bool:
    """Whether PDF has no word for a blend mode of it."""
    match command:
        case FillArea(paints=paints) | FillGlyphs(paints=paints):
            return any(paint.blend not in BLEND_NAMES for paint in paints)
        case CastShadow(blend=blend) | CastInnerShadow(blend=blend) | PushGroup(blend=blend):
            return blend not in BLEND_NAMES
        case _:
            return False


def _ground(display_list: DisplayList) -> tuple[Command, ...]:
    if display_list.background is None:
        return ()
    return (FillArea(display_list.bounds, IDENTITY, (SolidPaint(display_list.background),), display_list.bounds),)
