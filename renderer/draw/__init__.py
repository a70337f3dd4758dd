"""The targets of a display list: one small ``match`` over its commands each.

Pixels are drawn on a surface, which ``raster`` and ``ganesh`` make; ``canvas`` plays the list on either. ``pdf`` and
``svg`` write a vector file. A new vector target is a folder, a line in :data:`WRITERS`, its lines in
``renderer/formats.py``, and its name in the import contract ``targets-are-apart``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from renderer.displaylist import DisplayList
from renderer.draw.canvas import play
from renderer.draw.canvas.convert import to_colour4f
from renderer.draw.pdf import write_pdf
from renderer.draw.surface import Device, Surface
from renderer.draw.svg import write_svg
from renderer.formats import ImageFormat
from renderer.geometry import Matrix
from renderer.options import RenderOptions
from renderer.picture import Picture
from renderer.warnings import Warnings

MakeSurface = Callable[[int, int], Surface]
"""Width and height in device pixels to a transparent surface of that size."""

Writer = Callable[[DisplayList, Picture, RenderOptions, Warnings], bytes]
"""A display list to the bytes of a file."""


def _write_svg(display_list: DisplayList, picture: Picture, options: RenderOptions, warnings: Warnings) -> bytes:
    size = {"width": picture.width, "height": picture.height}
    return write_svg(display_list, **size, scale=picture.scale, options=options.svg, warnings=warnings)


def _write_pdf(display_list: DisplayList, picture: Picture, _: RenderOptions, warnings: Warnings) -> bytes:
    size = {"width": picture.width, "height": picture.height}
    return write_pdf(display_list, **size, scale=picture.scale, warnings=warnings)


WRITERS: Final[Mapping[ImageFormat, Writer]] = {ImageFormat.PDF: _write_pdf, ImageFormat.SVG: _write_svg}


def draw_pixels(display_list: DisplayList, surface: Surface, warnings: Warnings) -> None:
    """Draw on a surface of the picture's size, and wait until it is drawn."""
    scale, bounds = display_list.scale, display_list.bounds
    if display_list.background is not None:
        surface.canvas.clear(to_colour4f(display_list.background))
    device = Matrix(scale, 0.0, 0.0, scale, -bounds.x * scale, -bounds.y * scale)
    play(display_list, surface.canvas, warnings=warnings, device=device)
    surface.finish()


__all__ = ["WRITERS", "Device", "MakeSurface", "Surface", "Writer", "draw_pixels"]
