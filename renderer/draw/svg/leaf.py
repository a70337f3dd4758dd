"""One element of the picture and how it is laid on what lies below."""

from __future__ import annotations

from msgspec import Struct

from renderer.displaylist import BlendMode
from renderer.draw.svg.syntax.markup import with_attributes, wrapped


class Leaf(Struct, frozen=True, gc=False):
    """``element``: whole. ``attributes``: of its surroundings (clips, masks), in the coordinates of the picture, each
    with a space before it. ``plain``: the element has no transform, clip, mask, filter or opacity of its own, so that
    all this can be said of itself. ``erases``: black elements; what was painted below them is taken away first."""

    element: str
    attributes: str = ""
    opacity: float = 1.0
    blend: BlendMode = BlendMode.NORMAL
    plain: bool = False
    erases: str = ""

    def markup(self, compositing: str) -> str:
        """``compositing``: further attributes, of the leaf as a whole."""
        attributes = f"{self.attributes}{compositing}"
        if not attributes:
            return self.element
        return with_attributes(self.element, attributes) if self.plain else wrapped(self.element, attributes)
