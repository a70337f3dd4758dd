"""One ``match`` over the commands of a display list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from renderer.displaylist import (
    BlurBackdrop,
    CastInnerShadow,
    CastShadow,
    Command,
    Cut,
    DisplayList,
    DrawNoise,
    FillArea,
    FillGlyphs,
    MaskKind,
    MaskSource,
    Pop,
    PushClip,
    PushGroup,
    PushMasked,
    SolidPaint,
)
from renderer.displaylist.owners import owners
from renderer.draw.pdf.areas import fill_area
from renderer.draw.pdf.clips import clip_operators, write_cut
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream, Form, add_group, add_mask
from renderer.draw.pdf.file.states import LACKING, coverage
from renderer.draw.pdf.groups import Open, OpenClip, OpenGroup, OpenMasked, close_group, close_masked
from renderer.draw.pdf.raster.laid import (
    blurred_backdrop,
    is_blurred,
    lay_backdrop,
    lay_blurred,
    lay_deep,
    lay_noise,
    lay_with_backdrop,
)
from renderer.draw.pdf.raster.pictures import within
from renderer.draw.pdf.raster.shadows import cast_inner_shadow, cast_shadow
from renderer.draw.pdf.text.glyphs import fill_glyphs
from renderer.geometry import IDENTITY, Rect
from renderer.pixels import is_opaque

_LOOKED_AT_PER_REPLAYED: Final = 16  # what costs as much
# Forms one in the other. Readers draw so many and no more: poppler 99, MuPDF some 45.
_HIGHEST: Final = 32
_OPENS: Final = (PushClip, PushGroup, PushMasked)


class Player:
    """Writes a display list's commands into ``content``."""

    def __init__(self, drawing: Drawing, content: ContentStream) -> None:
        self._drawing = drawing
        self._content = content
        self._commands = drawing.display_list.commands
        self._open: list[Open] = []

    def play(self) -> ContentStream:
        """The stream that all of it is in: what was painted first may by then be in another, which this one paints."""
        at, nodes = 0, owners(self._drawing.display_list)
        while at < len(self._commands):
            self._drawing.node = nodes[at]
            at = self._perform(at, self._commands[at])
        while self._open:
            self._pop(at)
        return self._content

    def _perform(self, at: int, command: Command) -> int:
        """The place of the command that comes next."""
        if _lacks_mode(command):
            end = self._end(at)
            if self._lay_with_backdrop(at, end):
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
                self._enter(OpenMasked(command, at, at, self._content), grey=self._content.grey)
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
        self._content = ContentStream(grey=grey)

    def _begin_mask(self, at: int) -> None:
        group = self._open.pop()
        if not isinstance(group, OpenMasked):
            raise TypeError("a mask outside of what is masked")
        masked = add_group(self._drawing.objects, self._content, self._drawing.box(group.command.bounds))
        grey = group.command.kind is MaskKind.LUMINANCE
        self._enter(OpenMasked(group.command, group.start, at, group.outer, masked), grey=grey)

    def _pop(self, at: int) -> None:
        group, content = self._open.pop(), self._content
        if isinstance(group, OpenClip):
            content.write("Q")
            return
        self._content = group.outer
        if _height(group, content) >= _HIGHEST:
            lay_deep(self._commands[group.start : at + 1], group.outer, self._drawing)
        elif isinstance(group, OpenGroup):
            close_group(group, self._commands[group.start + 1 : at], content, self._drawing)
        else:
            close_masked(group, content, self._drawing)

    def _blur_backdrop(self, at: int, command: BlurBackdrop) -> None:
        area = self._drawing.seen(command.bounds)
        for clip in self._clips():
            area = area.intersection(clip.bounds)
        if area.is_empty:
            return
        backdrop = self._backdrop(at, area)
        if backdrop is None:
            detail = "a background blur is left out: too many commands lie below such blurs"
            self._drawing.warn("effect-left-out", detail)
            return
        pixels, box = blurred_backdrop(command, backdrop, area, self._drawing)
        covers = is_opaque(pixels) or command.opacity < 1
        if not covers and self._content.height < _HIGHEST:
            self._take_out(command)
        lay_backdrop(command, pixels, box, self._content, self._drawing)

    def _take_out(self, command: BlurBackdrop) -> None:
        """What was painted so far is painted only outside of the area that takes its place."""
        form, clips = self._fold()
        cut, box = Cut(command.area, inside=False), self._drawing.moved(self._drawing.display_list.bounds)
        write_cut(
            cut,
            command.matrix,
            box,
            lambda into: into.write(into.paint(form)),
            self._content,
            self._drawing,
        )
        self._reopen(clips)

    def _lay_with_backdrop(self, at: int, end: int) -> bool:
        """Whether it is done; else the nearest mode has to do."""
        held = self._commands[at:end]
        bounds = getattr(held[0], "bounds", self._drawing.display_list.bounds)
        backdrop = self._backdrop(at, bounds)
        if backdrop is None:
            self._drawing.warn("blend-mode-approximated", "a linear burn or dodge is drawn with MULTIPLY or SCREEN")
        else:
            lay_with_backdrop(backdrop, held, bounds, self._content, self._drawing)
        return backdrop is not None

    def _draw_noise(self, command: DrawNoise) -> None:
        """What was painted so far is painted, and it is what the grain lies on."""
        if self._content.height >= _HIGHEST:
            return  # the group around it will be pixels, and the noise with it
        form, clips = self._fold()
        self._content.write(self._content.paint(form))
        lay_noise(command, self._content, self._drawing, coverage(form))
        self._reopen(clips)

    def _fold(self) -> tuple[Form, list[OpenClip]]:
        """What was painted so far into the present stream becomes a form, and the stream begins anew. The clips that
        were open have to be again."""
        clips, content = self._clips(), self._content
        content.write(*["Q"] * len(clips))
        self._content = ContentStream(grey=content.grey)
        box = self._drawing.moved(self._drawing.display_list.bounds)
        return add_mask(self._drawing.objects, content, box), clips

    def _reopen(self, clips: list[OpenClip]) -> None:
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

    def _backdrop(self, at: int, area: Rect) -> Sequence[Command] | None:
        """What was painted so far within an area of the layer that the command is painted into, its clips closed. None
        where that was asked for too often."""
        clips = len(self._clips())
        group = self._open[-1 - clips] if clips < len(self._open) else None
        start = 0 if isinstance(group, OpenClip | None) else _start(group) + 1
        pictures = self._drawing.pictures
        if not pictures.can_replay((at - start) // _LOOKED_AT_PER_REPLAYED):
            return None
        below = within(area, self._commands[start:at])
        if not pictures.can_replay(len(below)):
            return None
        ground = _ground(self._drawing.display_list) if start == 0 else ()
        return (*ground, *below, *[Pop()] * clips)

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
            return any(paint.blend in LACKING for paint in paints)
        case CastShadow(blend=blend) | CastInnerShadow(blend=blend) | PushGroup(blend=blend):
            return blend in LACKING
        case _:
            return False


def _height(group: OpenGroup | OpenMasked, content: ContentStream) -> int:
    """Of what a group holds, or of its mask."""
    masked = group.masked if isinstance(group, OpenMasked) else None
    return content.height if masked is None else max(content.height, masked.height)


def _start(group: OpenGroup | OpenMasked) -> int:
    """The place of the command that the layer which is painted into now began with."""
    return group.start if isinstance(group, OpenGroup) else group.begun


def _ground(display_list: DisplayList) -> tuple[Command, ...]:
    if display_list.background is None:
        return ()
    return (FillArea(display_list.bounds, IDENTITY, (SolidPaint(display_list.background),), display_list.bounds),)
