"""The elements of the picture as they are written, one after another, and the groups that are open.

A clip is a layer in SVG but none in a display list: what is in a clip blends with what lies below it. So a clip in
which something blends is written on each thing that does, and around those between that do not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from msgspec.structs import replace

from renderer.displaylist import BlendMode, DrawNoise, PushClip, PushGroup, PushMasked
from renderer.draw.svg.groups.erasing import erase
from renderer.draw.svg.groups.tags import compositing, group_attributes, mask_tags, masked, needs_picture
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.level import OpenLevel
from renderer.draw.svg.pictures.burns import burnt_box, grained
from renderer.draw.svg.pictures.grain import grain
from renderer.draw.svg.pictures.picture import picture, rasterised
from renderer.draw.svg.shapes.areas import clip_of, head
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.syntax.markup import wrapped
from renderer.geometry import Rect


class Page:
    """``parts`` joined are the picture's elements."""

    def __init__(self, sheet: Sheet) -> None:
        self.parts: list[str] = []
        self._sheet = sheet
        self._levels: list[OpenLevel] = []
        self._tags = 0
        self._open("", "", layer=True)
        self._grained = sorted(sheet.structure.grained)

    def put(self, leaves: Iterable[Leaf] | Leaf | None) -> None:
        if isinstance(leaves, Leaf):
            self._put(leaves)
        elif leaves is not None:
            for leaf in leaves:
                self._put(leaf)

    def open_node(self, names: str) -> None:
        """A group that changes nothing. ``names``: its attributes."""
        self._end_clipping()
        self.parts.append(f"<g{names}>")
        self._tags += 1

    def close_node(self) -> None:
        self._end_clipping()
        self.parts.append("</g>")
        self._tags -= 1

    # --- groups -------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        self._end_clipping()
        level = self._levels.pop()
        if level.collecting:
            self.parts.append("</g>")
        self.parts.append(level.close)

    def open_clip(self, command: PushClip) -> None:
        sheet, blends = self._sheet, self._sheet.index in self._sheet.structure.blending
        if self._shows_all(command):
            clip, within = self._levels[-1].clip if blends else "", ""
        else:
            place, outer = sheet.place(command.matrix), self._levels[-1].clip if blends else ""
            clip = clip_of([head(command.area, place, sheet, clips=True)], place, sheet, within=outer)
            within = f' clip-path="url(#{clip})"'
        if blends:
            self._end_clipping()
            self._open("", "", layer=False, within=within, clip=clip)
        else:
            self._begin_clipping()
            self._open(f"<g{within}>" if within else "", "</g>" if within else "", layer=False, within=within)

    def open_group(self, command: PushGroup) -> int:
        """The index of the command that comes next."""
        end = self._sheet.structure.ends[self._sheet.index]
        if command.blend is BlendMode.LINEAR_BURN:
            self.put(burnt_box(command.bounds, self._sheet))
        elif needs_picture(command):
            self.put(self._group_picture(command, end))
        else:
            self._open_group(command)
            return self._sheet.index + 1
        return end + 1

    def open_masked(self, command: PushMasked) -> None:
        self._begin_clipping()
        mask = self._sheet.new_id("mask")
        self._open(f"<g{masked(mask)}>", "</g>", layer=True)
        self._levels[-1].mask = (command, mask)

    def open_mask(self) -> None:
        """What is masked has ended; the mask comes."""
        mask = self._levels[-1].mask
        if mask is None:
            return
        self.close()
        self._open(*mask_tags(*mask, self._sheet), layer=True)

    def lay_grain(self, command: DrawNoise) -> None:
        level = self._levels[-1]
        if not level.content:
            self.put(grained(command, self._sheet))
            return
        self._end_clipping()
        if level.collecting:
            level.collecting = False
            self.parts.append("</g>")
        self.parts.append(grain(command, level.content, self._sheet))

    # --- within -------------------------------------------------------------------------------------------------------

    def _put(self, leaf: Leaf) -> None:
        if leaf.erases:
            self._end_clipping()
            erase(leaf.erases, self._levels, self.parts, self._tags, self._sheet)
        said, around = compositing(leaf.opacity, leaf.blend)
        clip = self._own_clip(leaf.blend)
        element = wrapped(leaf.markup(""), f"{clip}{said}") if clip else leaf.markup(said)
        self.parts.append(wrapped(element, around) if around else element)

    def _open(self, before: str, after: str, *, layer: bool, within: str = "", clip: str = "") -> None:
        self.parts += (before, "")
        self._levels.append(OpenLevel(after, len(self.parts) - 1, layer, self._tags, within, clip))

    def _open_group(self, command: PushGroup) -> None:
        sheet = self._sheet
        said, around = group_attributes(command, sheet, isolated=sheet.index in sheet.structure.blending)
        attributes, content = f"{self._own_clip(command.blend)}{said}", ""
        before, after = (f"<g{attributes}>", "</g>") if attributes else ("", "")
        if around:
            before, after = f"<g{around}>{before}", f"{after}</g>"
        if self._has_plain_grain():
            content = sheet.new_id("g")
            before += f'<g id="{content}">'
        self._open(before, after, layer=True)
        self._levels[-1].content, self._levels[-1].collecting = content, bool(content)

    def _group_picture(self, command: PushGroup, end: int) -> Leaf | None:
        sheet = self._sheet
        rasterised("a blur that grows", sheet)
        alone = replace(command, opacity=1.0, blend=BlendMode.NORMAL)
        inside = sheet.display_list.commands[sheet.index + 1 : end + 1]
        seen = picture([alone, *inside], command.bounds, sheet)
        return Leaf(seen.element, "", command.opacity, command.blend, plain=True) if seen is not None else None

    def _has_plain_grain(self) -> bool:
        """Whether noise lies right in the group that opens now, and none in what that noise lies on: its mask draws all
        of it again, and a mask in a mask would draw it again and again."""
        index, ends = self._sheet.index, self._sheet.structure.ends
        at = bisect_right(self._grained, index)
        return index in self._sheet.structure.grained and (at == len(self._grained) or self._grained[at] > ends[index])

    def _own_clip(self, blend: BlendMode) -> str:
        """What the next element must be clipped with by itself, as an attribute, or ''."""
        clip = self._levels[-1].clip
        if clip and not blend.is_plain:
            self._end_clipping()
            return f' clip-path="url(#{clip})"'
        self._begin_clipping()
        return ""

    def _begin_clipping(self) -> None:
        level = self._levels[-1]
        if level.clip and not level.clipping:
            level.clipping = True
            self.parts.append(f'<g clip-path="url(#{level.clip})">')

    def _end_clipping(self) -> None:
        level = self._levels[-1]
        if level.clipping:
            level.clipping = False
            self.parts.append("</g>")

    def _shows_all(self, command: PushClip) -> bool:
        """Whether the clip cuts nothing off that the picture shows."""
        if not isinstance(command.area, Rect) or not command.matrix.keeps_axes:
            return False
        return self._sheet.on_view(command.matrix.box(command.area)).holds(self._sheet.view)
