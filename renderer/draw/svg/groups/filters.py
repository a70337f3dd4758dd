"""Filters (Filter Effects Module Level 1): shadows of all that a group holds, and blurs.

They are computed in sRGB, as Figma's are, and their regions are in the coordinates of what they are used on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from renderer.displaylist import Blur, Filter, InnerShadowFilter, PushGroup, ShadowFilter
from renderer.draw.svg.sheet import Sheet
from renderer.draw.svg.syntax.numbers import coefficient, share
from renderer.geometry import Colour, Point, Rect

SIGMAS: Final = 3.0  # a Gaussian is nothing beyond three sigmas, at 8 bits
LEAST_SIGMA: Final = 0.03  # pixels; nobody sees such a blur
_SOURCE: Final = "SourceGraphic"


def blur_only(sigma: float, region: Rect, sheet: Sheet) -> str:
    """The id of a filter that blurs."""
    return _filter(f'<feGaussianBlur stdDeviation="{coefficient(sigma)}"/>', region, sheet)


def white(region: Rect, sheet: Sheet) -> str:
    """The id of a filter that makes everything white, as opaque as it was."""
    return _filter('<feColorMatrix values="0 0 0 0 1 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0"/>', region, sheet)


def group_filter(command: PushGroup, sheet: Sheet) -> str:
    """The id of the filter of a group."""
    chain = _Chain()
    for each in command.filters:
        match each:
            case ShadowFilter():
                chain.cast(each)
            case InnerShadowFilter():
                chain.darken(each)
            case Blur(sigma=sigma):
                chain.blur(sigma)
    return _filter("".join(chain.primitives), _region(command, sheet), sheet)


def _region(command: PushGroup, sheet: Sheet) -> Rect:
    """What is painted into the group and what comes out of it, as far as it can be seen."""
    whole = sheet.on_view(command.content.union(command.bounds)).outset(1.0)
    return whole.intersection(sheet.view.outset(2 * _reach(command.filters)))


def _reach(filters: Sequence[Filter]) -> float:
    reach = 1.0
    for each in filters:
        reach += SIGMAS * each.sigma
        if not isinstance(each, Blur):
            reach += math.hypot(each.offset.x, each.offset.y)
    return reach


def _filter(primitives: str, region: Rect, sheet: Sheet) -> str:
    units = ' filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB"'
    return sheet.define("filter", f"{sheet.box(region, region=True)}{units}", primitives)


class _Chain:
    """``primitives`` grow filter by filter. A primitive without ``in`` takes the result of the one before it."""

    def __init__(self) -> None:
        self.primitives: list[str] = []
        self._result = _SOURCE
        self._below: list[str] = []
        self._count = 0

    def cast(self, shadow: ShadowFilter) -> None:
        """Below what was painted, above the shadows that are there already."""
        self._copy(shadow.offset, shadow.sigma)
        if not shadow.behind:
            self.primitives.append('<feComposite in2="SourceAlpha" operator="out"/>')
        self._below.append(self._named(f'<feColorMatrix values="{_flood(shadow.colour)}"'))
        self._result = self._merged([*self._below, _SOURCE])

    def darken(self, shadow: InnerShadowFilter) -> None:
        """The colour wherever the copy is not, kept inside what was painted."""
        self._copy(shadow.offset, shadow.sigma)
        self.primitives.append(f'<feColorMatrix values="{_flood_where_nothing_is(shadow.colour)}"/>')
        inside = self._named('<feComposite in2="SourceAlpha" operator="in"')
        self._result = self._merged([self._result, inside])

    def blur(self, sigma: float) -> None:
        if sigma > LEAST_SIGMA:
            given = f' in="{self._result}"'
            self._result = self._named(f'<feGaussianBlur{given} stdDeviation="{coefficient(sigma)}"')

    def _copy(self, offset: Point, sigma: float) -> None:
        """The alpha of what was painted, moved and blurred."""
        moved = f'dx="{coefficient(offset.x)}" dy="{coefficient(offset.y)}"'
        self.primitives.append(f'<feOffset in="SourceAlpha" {moved}/>')
        if sigma > LEAST_SIGMA:
            self.primitives.append(f'<feGaussianBlur stdDeviation="{coefficient(sigma)}"/>')

    def _merged(self, layers: Sequence[str]) -> str:
        nodes = "".join([f'<feMergeNode in="{layer}"/>' for layer in layers])
        name = self._name()
        self.primitives.append(f'<feMerge result="{name}">{nodes}</feMerge>')
        return name

    def _named(self, primitive: str) -> str:
        name = self._name()
        self.primitives.append(f'{primitive} result="{name}"/>')
        return name

    def _name(self) -> str:
        self._count += 1
        return f"r{self._count}"


def _flood(colour: Colour) -> str:
    """The colour, as opaque as what was there."""
    return f"{_rows(colour)} 0 0 0 {share(colour.a)} 0"


def _flood_where_nothing_is(colour: Colour) -> str:
    opacity = share(colour.a)
    return f"{_rows(colour)} 0 0 0 -{opacity} {opacity}"


def _rows(colour: Colour) -> str:
    return " ".join([f"0 0 0 0 {share(value)}" for value in (colour.r, colour.g, colour.b)])
