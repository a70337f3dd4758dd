"""Documents, drawn by us as a PNG of twice the size and written as SVG."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from typing import Final, cast

import numpy as np
from msgspec import Struct
from PIL import Image

from renderer.documents import DocumentFormat
from renderer.draw.raster import make_raster_surface
from renderer.formats import ImageFormat
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.pixels import Pixels
from renderer.rehearsal import rehearsal_document, rehearsal_images
from renderer.render import RenderResult, render
from renderer.repertoire import pieces
from tests.renderer.draw.svg.words import fonts
from tests.scenes.documents import PHOTO, REF, SCENES

ZOOM: Final = 2
_EVERY: Final = 9  # of the pieces, which are hundreds
_LIMITS: Final = RenderLimits()


class Drawn(Struct, frozen=True):
    """``picture``: at ``ZOOM`` times the size that the SVG says."""

    svg: str
    picture: Pixels


@cache
def documents() -> Mapping[str, tuple[bytes, Mapping[str, bytes]]]:
    """Each with its images by their digests."""
    found: dict[str, tuple[bytes, Mapping[str, bytes]]] = {
        name: (document, {REF: PHOTO}) for name, document in SCENES.items()
    }
    found["rehearsal"] = rehearsal_document(), rehearsal_images()
    for number, (document, _) in enumerate(pieces()):
        if number % _EVERY == 0:
            found[f"piece-{number}"] = document, {}
    return found


def draw_scene(name: str) -> Drawn:
    document, images = documents()[name]
    svg = _rendered(document, images, RenderOptions(format=ImageFormat.SVG))
    png = _rendered(document, images, RenderOptions(format=ImageFormat.PNG, scale=ZOOM))
    return Drawn(svg.body.decode(), read(png.body))


def read(png: bytes) -> Pixels:
    """Straight RGBA."""
    return cast("Pixels", np.array(Image.open(io.BytesIO(png)).convert("RGBA")))


def _rendered(document: bytes, images: Mapping[str, bytes], options: RenderOptions) -> RenderResult:
    return render(
        document,
        DocumentFormat.REST_JSON.media_type,
        options=options,
        images=ImageSource(images, limits=_LIMITS),
        fonts=fonts(),
        make_surface=make_raster_surface,
        limits=_LIMITS,
        on_stage=lambda stage: None,
        clock=lambda: 0.0,
    )
