"""What all primitives share while one SVG is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from renderer.displaylist import DisplayList
from renderer.draw.svg.structure import Structure
from renderer.draw.svg.syntax.ids import Ids
from renderer.draw.svg.syntax.numbers import Numbers, transformation
from renderer.geometry import Matrix, Rect
from renderer.options import SvgOptions
from renderer.warnings import Warnings

# With an underscore, as few layers are named.
_IDS: Final = {
    "clipPath": "_clip",
    "linearGradient": "_paint",
    "radialGradient": "_paint",
    "pattern": "_pattern",
    "filter": "_filter",
    "mask": "_mask",
    "image": "_image",
    "path": "_path",
    "g": "_group",
}


Whole = tuple[float, float, float, float, int, int]
"""What is right in a section: left, top, right, bottom (page coordinates), and where its commands begin and end."""


class UserSpace(Struct, frozen=True, gc=False):
    """Where an element's coordinates go: moved by ``dx`` and ``dy`` as they are written, then by ``transform`` (an
    attribute with a space before it, or '')."""

    dx: float
    dy: float
    transform: str


class Sheet:
    """``view``: what the picture shows, in its own coordinates: the display list's, moved so that its bounds begin at
    the origin. ``scale``: device pixels per document pixel. ``index``, ``node``: of the command that is written now;
    ``node_end``: the index of the command after the last of that node."""

    def __init__(
        self,
        display_list: DisplayList,
        structure: Structure,
        *,
        view: Rect,
        scale: float,
        options: SvgOptions,
        warnings: Warnings,
    ) -> None:
        self.display_list = display_list
        self.structure = structure
        self.view = view
        self.scale = scale
        self.options = options
        self.warnings = warnings
        self.numbers = Numbers(scale)
        self.ids = Ids()
        self.index = 0
        self.node: str | None = None
        self.node_end = len(display_list.commands)
        self.images: dict[object, str] = {}
        self.glyphs: dict[object, tuple[int, int, str]] = {}
        self.finest_uses: dict[int, float] = {}
        self.rasterised_pixels = 0
        self.replayed_commands = 0
        self.items: dict[int, list[Whole]] = {}
        self._definitions: dict[tuple[str, str, str], str] = {}

    def place(self, matrix: Matrix) -> UserSpace:
        """``matrix``: to page coordinates. A plain move is written into the coordinates."""
        origin = self.display_list.bounds
        if matrix.is_translation:
            return UserSpace(matrix.e - origin.x, matrix.f - origin.y, "")
        return UserSpace(0.0, 0.0, f' transform="{transformation(self.moved(matrix))}"')

    def moved(self, matrix: Matrix) -> Matrix:
        """The same map to the coordinates of the picture."""
        origin = self.display_list.bounds
        return Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e - origin.x, matrix.f - origin.y)

    def on_view(self, page: Rect) -> Rect:
        """A rectangle of the page in the coordinates of the picture."""
        origin = self.display_list.bounds
        return Rect(page.x - origin.x, page.y - origin.y, page.width, page.height)

    def box(self, rect: Rect, *, region: bool = False) -> str:
        """``x``, ``y``, ``width`` and ``height``, each with a space before it. ``region``: of a mask or a filter, where
        what is not said is not 0."""
        written, steps = self.numbers.written, self.numbers.steps
        left, top = steps(rect.x), steps(rect.y)
        width, height = steps(rect.x + rect.width) - left, steps(rect.y + rect.height) - top
        at = f' x="{written(left)}"' if left or region else ""
        at += f' y="{written(top)}"' if top or region else ""
        return f'{at} width="{written(width)}" height="{written(height)}"'

    def mask(self, region: Rect, content: str, kind: str = "") -> str:
        """The id of a ``mask``. ``kind``: further attributes."""
        return self.define("mask", f'{kind} maskUnits="userSpaceOnUse"{self.box(region, region=True)}', content)

    def define(self, element: str, attributes: str, content: str) -> str:
        """The id of what is referred to; the same thing is defined once."""
        key = (element, attributes, content)
        known = self._definitions.get(key)
        if known is None:
            known = self._definitions[key] = self.new_id(element)
        return known

    def new_id(self, element: str) -> str:
        return self.ids.unique(_IDS[element])

    def definitions(self) -> Sequence[str]:
        """Each in the order of its first use."""
        return [
            f'<{element} id="{made}"{attributes}>{content}</{element}>'
            if content
            else f'<{element} id="{made}"{attributes}/>'
            for (element, attributes, content), made in self._definitions.items()
        ]
