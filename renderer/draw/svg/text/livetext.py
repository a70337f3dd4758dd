"""Text as text: it can be selected, searched and read aloud, in the fonts that the viewer has.

All runs of one text are one ``text`` element, in reading order, and every cluster of characters stands where it was
laid out. What reads from right to left may join its letters, so that there whole words are placed. Where the paint of a
run is more than an attribute can say, its outlines are painted and its text lies clear over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from renderer.displaylist import FillGlyphs, GradientPaint, SolidPaint
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.shapes.gradients import gradient
from renderer.draw.svg.shapes.paints import has_server, mixed
from renderer.draw.svg.sheet import Sheet, UserSpace
from renderer.draw.svg.syntax.markup import attribute, text
from renderer.draw.svg.syntax.numbers import coefficient, rgb, share, transformation
from renderer.draw.svg.text.clusters import Cluster, clusters_of, is_leftwards, lines_of
from renderer.draw.svg.text.emoji import fill_emoji, opacity_of
from renderer.draw.svg.text.glyphs import fill_outlines
from renderer.geometry import Matrix

_SPACES: Final = ' xml:space="preserve" style="white-space:pre"'
Style = dict[str, str]
"""Attributes of text by their names."""
_INITIAL: Final[Style] = {
    "font-family": "",
    "font-size": "",
    "font-weight": "400",
    "font-style": "normal",
    "fill": "none",
    "fill-opacity": "1",
}
_CLEAR: Final[Style] = {"fill": "#000", "fill-opacity": "0"}
_PLAIN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9 -]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SPECIAL: Final = re.compile(r"([\\'])")
_BOLD: Final = 700
_LAST_OF_ONE_UNIT: Final = "\uffff"


class _TextPart(Struct, frozen=True, gc=False):
    """What one ``tspan`` holds. ``places``: the left ends of its characters, or of the first ones."""

    run: int
    places: tuple[float, ...]
    y: float
    text: str


def joins(command: FillGlyphs) -> bool:
    """Whether a run can be in one element with others: wider glyphs need a transform of their own."""
    return command.run.stretch == 1.0


def live_text(commands: Sequence[FillGlyphs], sheet: Sheet) -> Iterator[Leaf]:
    """One text: runs with one matrix, all of which join, or a single one."""
    runs = [clusters_of(command.run, number) for number, command in enumerate(commands)]
    start = sheet.index
    for number, (clusters, command) in enumerate(zip(runs, commands, strict=True)):
        sheet.index = start + number
        if not clusters or not _is_said(command):
            yield from fill_emoji(command, sheet) if command.run.colour_glyphs else fill_outlines(command, sheet)
    if any(runs):
        yield _element([cluster for clusters in runs for cluster in clusters], commands, sheet)


def _is_said(command: FillGlyphs) -> bool:
    """Whether attributes can say the paint of a run."""
    if command.run.colour_glyphs:
        return command.paints[0].blend.is_plain
    seen = mixed(command.paints)
    if len(seen) != 1 or not seen[0].blend.is_plain:
        return False
    return isinstance(seen[0], SolidPaint) or (has_server(seen[0]) and joins(command))


def _element(clusters: Sequence[Cluster], commands: Sequence[FillGlyphs], sheet: Sheet) -> Leaf:
    place = _place(commands[clusters[0].run], sheet)
    styles = [_style(command, place, sheet) for command in commands]
    leftwards = is_leftwards(clusters)
    lines = [list(_parts(line)) for line in lines_of(clusters, leftwards=leftwards)]
    first = lines[0][0].run
    common, stretch = styles[first], commands[first].run.stretch
    written = "\n".join(
        ["".join([_span(part, styles[part.run], common, place, stretch, sheet) for part in line]) for line in lines]
    )
    direction = ' direction="rtl" text-anchor="end"' if leftwards else ""  # places are left ends either way
    start = f"<text{_said(common, _INITIAL)}{direction}{_SPACES}{place.transform}>"
    return Leaf(f"{start}{written}</text>", plain=not place.transform)


def _place(command: FillGlyphs, sheet: Sheet) -> UserSpace:
    if joins(command):
        return sheet.place(command.matrix)
    matrix = sheet.moved(command.matrix) @ Matrix.scaling(command.run.stretch, 1.0)
    return UserSpace(0.0, 0.0, f' transform="{transformation(matrix)}"')


def _parts(line: Sequence[Cluster]) -> Iterator[_TextPart]:
    """In reading order."""
    gathered: list[Cluster] = []
    for cluster in line:
        if gathered and not _continues(gathered[-1], cluster):
            yield _part(gathered)
            gathered = []
        gathered.append(cluster)
    if gathered:
        yield _part(gathered)


def _continues(last: Cluster, cluster: Cluster) -> bool:
    """Places count characters, so that only the last cluster of a part may have several; engines do not agree on how
    they count those of two units."""
    if last.run != cluster.run or last.rightwards != cluster.rightwards:
        return False
    if cluster.rightwards:
        return len(last.text) == 1 and last.text <= _LAST_OF_ONE_UNIT
    return last.text.isspace() == cluster.text.isspace()


def _part(clusters: list[Cluster]) -> _TextPart:
    first, places = clusters[0], [cluster.x for cluster in clusters]
    said = places if first.rightwards else [min(places)]
    return _TextPart(first.run, tuple(said), first.y, "".join([cluster.text for cluster in clusters]))


def _span(part: _TextPart, style: Style, around: Style, place: UserSpace, stretch: float, sheet: Sheet) -> str:
    length = sheet.numbers.length
    places = " ".join([length(x / stretch + place.dx) for x in part.places])
    at = f'x="{places}" y="{length(part.y + place.dy)}"'
    return f"<tspan {at}{_said(style, around)}>{text(part.text)}</tspan>"


def _said(style: Style, around: Style) -> str:
    """What is not so already, as attributes with a space before each."""
    return "".join([f' {name}="{attribute(value)}"' for name, value in style.items() if around[name] != value])


def _style(command: FillGlyphs, place: UserSpace, sheet: Sheet) -> Style:
    run, face = command.run, command.run.face
    weight = max(round(face.weight), _BOLD) if run.embolden else round(face.weight)
    style = {
        "font-family": family(face.face.family),
        "font-size": coefficient(run.size),
        "font-weight": f"{weight}",
        "font-style": "italic" if face.face.italic or run.skew else "normal",
    }
    return style | (_fill(command, place, sheet) if _is_said(command) else _CLEAR)


def family(name: str) -> str:
    """A CSS value: the family, and one to fall back on."""
    if not _PLAIN_NAME.fullmatch(name):
        name = "'" + _SPECIAL.sub(r"\\\1", _CONTROL.sub(" ", name)) + "'"
    return f"{name}, sans-serif"


def _fill(command: FillGlyphs, place: UserSpace, sheet: Sheet) -> Style:
    paint = command.paints[0] if command.run.colour_glyphs else mixed(command.paints)[0]
    if isinstance(paint, GradientPaint) and not command.run.colour_glyphs:
        server = f"url(#{gradient(paint, place, sheet)})"
    else:
        server = rgb(paint.colour) if isinstance(paint, SolidPaint) else "#000"
    return {"fill": server, "fill-opacity": share(opacity_of(paint))}
