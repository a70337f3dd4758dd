"""What all parts of one file share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from renderer.displaylist import DisplayList
from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.paint.images import Images
from renderer.draw.pdf.raster.pictures import Pictures
from renderer.draw.pdf.text.fonts import Fonts
from renderer.geometry import Matrix, Rect
from renderer.warnings import Warnings

_CURVES_WITHIN_PX: Final = 0.005


@dataclass(slots=True)
class Drawing:
    """``scale``: units of the page per document pixel. ``node``: the one whose commands are written now."""

    display_list: DisplayList
    scale: float
    objects: Objects
    images: Images
    fonts: Fonts
    pictures: Pictures
    warnings: Warnings
    node: str | None = None

    def warn(self, code: str, detail: str) -> None:
        self.warnings.add(code, detail, self.node)

    def warn_rasterised(self, what: str) -> None:
        self.warnings.rasterised(what, "PDF", self.node)

    def placed(self, matrix: Matrix) -> Matrix:
        """From a command's coordinates to the picture's: those of the page, from the picture's top left."""
        origin = self.display_list.bounds
        return Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e - origin.x, matrix.f - origin.y)

    def moved(self, area: Rect) -> Rect:
        """A box of the page in the picture's coordinates."""
        origin = self.display_list.bounds
        return Rect(area.x - origin.x, area.y - origin.y, area.width, area.height)

    def seen(self, area: Rect) -> Rect:
        """The part of a box of the page that shows."""
        return area.intersection(self.display_list.bounds)

    def box(self, bounds: Rect) -> Rect:
        """A box of the page in the picture's coordinates, as far as it shows."""
        return self.moved(self.seen(bounds))

    def tolerance(self, matrix: Matrix) -> float:
        """How far a curve may be off, in the coordinates that ``matrix`` maps to the page's."""
        return _CURVES_WITHIN_PX / max(1e-9, self.scale * matrix.stretch)
