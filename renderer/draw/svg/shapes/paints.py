"""Painting one outline, an area's or that of glyphs, with each of its paints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from renderer.displaylist import BlendMode, GradientPaint, ImagePaint, Paint, SolidPaint
from renderer.draw.svg.leaf import Leaf
from renderer.draw.svg.pictures.images import embedded
from renderer.draw.svg.pictures.picture import gradient_picture
from renderer.draw.svg.shapes.areas import clip_of
from renderer.draw.svg.shapes.gradients import gradient, has_gradient
from renderer.draw.svg.sheet import Sheet, UserSpace
from renderer.draw.svg.syntax.markup import wrapped
from renderer.draw.svg.syntax.numbers import rgb, share, transformation
from renderer.geometry import Colour, Matrix, Rect

_WORTH_SHARING = 200  # characters: a reference and what defines it have some sixty


class Elements(Struct, frozen=True, gc=False):
    """``heads``: beginnings of tags, in the coordinates of ``place``, which ``matrix`` maps to the page's. ``bounds``:
    of all of them, page coordinates. ``stroke``: a pen goes along them, and paints are the pen's; ``clips``: the same
    areas for a ``clipPath``."""

    heads: Sequence[str]
    clips: Sequence[str]
    place: UserSpace
    matrix: Matrix
    bounds: Rect
    stroke: bool = False


def painted(outline: Elements, paints: Sequence[Paint], attributes: str, sheet: Sheet) -> Iterator[Leaf]:
    """``attributes``: of the surroundings, as a leaf has them."""
    seen = mixed(paints)
    if len(seen) > 1:
        outline = _shared(outline, sheet)
    for paint in seen:
        yield from _painted(outline, paint, attributes, sheet)


def has_server(paint: Paint) -> bool:
    """Whether an attribute can say the paint, so that a pen can have it."""
    return isinstance(paint, SolidPaint) or (isinstance(paint, GradientPaint) and has_gradient(paint.kind))


def mixed(paints: Sequence[Paint]) -> list[Paint]:
    """What is seen of them: nothing clear, nothing below an even opaque colour, and one colour for several that lie on
    one another."""
    seen: list[Paint] = []
    for paint in paints:
        if isinstance(paint, SolidPaint) and paint.blend.is_plain:
            if paint.colour.a >= 1:
                seen.clear()
            if paint.colour.a <= 0:
                continue
            last = seen[-1] if seen else None
            if isinstance(last, SolidPaint) and last.blend.is_plain:
                seen[-1] = SolidPaint(_over(paint.colour, last.colour))
                continue
        seen.append(paint)
    return seen


def _over(top: Colour, bottom: Colour) -> Colour:
    below = bottom.a * (1 - top.a)
    alpha = top.a + below
    red, green, blue = [
        (above * top.a + under * below) / alpha
        for above, under in ((top.r, bottom.r), (top.g, bottom.g), (top.b, bottom.b))
    ]
    return Colour(red, green, blue, alpha)


def _shared(outline: Elements, sheet: Sheet) -> Elements:
    """Long path data is said once."""
    heads: list[str] = []
    for head in outline.heads:
        name, _, attributes = head.partition(" ")
        if name == "<path" and len(attributes) > _WORTH_SHARING and not outline.stroke:
            head = f'<use xlink:href="#{sheet.define("path", f" {attributes}", "")}"'  # noqa: PLW2901
        heads.append(head)
    return Elements(heads, outline.clips, outline.place, outline.matrix, outline.bounds, outline.stroke)


def _painted(outline: Elements, paint: Paint, attributes: str, sheet: Sheet) -> Iterator[Leaf]:
    match paint:
        case SolidPaint():
            said = _said(f"{rgb(paint.colour)}", share(paint.colour.a), outline)
            yield from _elements(outline, said, attributes, paint.blend)
        case GradientPaint() if has_gradient(paint.kind):
            server = f"url(#{gradient(paint, outline.place, sheet)})"
            yield from _elements(outline, _said(server, share(paint.opacity), outline), attributes, paint.blend)
        case GradientPaint():
            picture = gradient_picture(paint, outline.matrix, outline.bounds, sheet)
            yield from _through(outline, picture, paint, attributes, sheet)
        case ImagePaint(repeats=True):
            said = _said(f"url(#{tiling(paint, outline.place, sheet)})", share(paint.opacity), outline)
            yield from _elements(outline, said, attributes, paint.blend)
        case ImagePaint():
            matrix = sheet.moved(outline.matrix @ paint.matrix)
            image = f'<use xlink:href="#{embedded(paint, sheet)}" transform="{transformation(matrix)}"/>'
            yield from _through(outline, image, paint, attributes, sheet)


def _said(server: str, opacity: str, outline: Elements) -> str:
    role = "stroke" if outline.stroke else "fill"
    return f' {role}="{server}"' + ("" if opacity == "1" else f' {role}-opacity="{opacity}"')


def _elements(outline: Elements, said: str, attributes: str, blend: BlendMode) -> Iterator[Leaf]:
    transform = outline.place.transform
    for head in outline.heads:
        yield Leaf(f"{head}{said}{transform}/>", attributes, 1.0, blend, plain=not transform)


def tiling(paint: ImagePaint, place: UserSpace, sheet: Sheet) -> str:
    """The id of a pattern of one image after another."""
    matrix = Matrix.translation(place.dx, place.dy) @ paint.matrix
    size = f' width="{paint.image.width}" height="{paint.image.height}"'
    units = f' patternUnits="userSpaceOnUse" patternTransform="{transformation(matrix)}"'
    return sheet.define("pattern", f"{size}{units}", f'<use xlink:href="#{embedded(paint, sheet)}"/>')


def _through(
    outline: Elements, picture: str, paint: GradientPaint | ImagePaint, attributes: str, sheet: Sheet
) -> Iterator[Leaf]:
    """A picture seen through the outline."""
    if not picture:
        return
    clip = f' clip-path="url(#{clip_of(outline.clips, outline.place, sheet)})"'
    if attributes:
        yield Leaf(wrapped(picture, clip), attributes, paint.opacity, paint.blend)
    else:
        yield Leaf(picture, clip, paint.opacity, paint.blend, plain=isinstance(paint, GradientPaint))
