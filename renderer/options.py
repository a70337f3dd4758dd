"""What the caller asks of one render."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from renderer.formats import DEFAULT, TEXT_MEDIA_TYPE, ImageFormat
from renderer.geometry import Colour


@dataclass(frozen=True, slots=True)
class SvgOptions:
    """How an SVG is written, as in Figma's ``GET /v1/images``.

    ``outline_text``: text as paths instead of ``<text>``. ``include_id``: each layer's name as its element's ``id``.
    ``include_node_id``: each layer's id as ``data-node-id``. ``simplify_stroke``: an inside or outside stroke as a
    centred one, without a mask, where that looks the same.
    """

    outline_text: bool = True
    include_id: bool = False
    include_node_id: bool = False
    simplify_stroke: bool = True


class Shows(Enum):
    """What comes out: the picture, or the scene or the display list that it is made of, as text for people."""

    PICTURE = "picture"
    SCENE = "scene"
    DISPLAY_LIST = "display-list"


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """One request's choices, already checked for type and range by whoever made it.

    ``node``: id as ``1:2`` or ``1-2``; None lets the reader choose. ``scale`` is device pixels per document pixel,
    0.01..4, None for 1. ``width`` and ``height`` are device pixels; both given, the picture fits inside; they exclude
    ``scale``. ``quality`` 1..100 counts for the lossy formats. ``background`` is laid under everything.
    ``contents_only``: leave out what merely overlaps the node (nothing else is ever drawn for now).
    ``use_absolute_bounds``: export the node's own box instead of all it paints. ``svg`` counts for SVG.

    In a vector format a device pixel is the unit of its page: 1/72 inch of a PDF's page box, a CSS pixel of an SVG's
    ``width`` and ``height``, whose ``viewBox`` stays in document pixels. Figma leaves ``scale`` out of account there;
    without one both are the same.
    """

    node: str | None = None
    format: ImageFormat = DEFAULT
    scale: float | None = None
    width: int | None = None
    height: int | None = None
    background: Colour | None = None
    quality: int = 90
    contents_only: bool = True
    use_absolute_bounds: bool = False
    svg: SvgOptions = SvgOptions()
    shows: Shows = Shows.PICTURE

    @property
    def media_type(self) -> str:
        """Of what comes out."""
        return self.format.media_type if self.shows is Shows.PICTURE else TEXT_MEDIA_TYPE
