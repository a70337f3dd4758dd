"""Image XObjects: photographs as JPEG, all else deflated; each once in a file, however often it is shown.

What a reader gets is encoded here from pixels that were decoded here: no byte of an image file that came with a
document is passed on.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import numpy as np
from isal import isal_zlib
from PIL import Image, JpegImagePlugin

from renderer.displaylist import ColourAdjustment
from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.syntax import dictionary, reference
from renderer.draw.pdf.paint.samples import Samples, adjusted, bled, greys, reduced, straight
from renderer.encode.png import drop_alpha, filter_rows
from renderer.geometry import Colour
from renderer.images import DecodedImage
from renderer.pixels import Pixels, is_opaque

JPEG_KINDS: Final = ("JPEG", "MPO")
_QUALITY: Final = 90
_LEVEL: Final = 3
_PLUGINS: Final = (JpegImagePlugin,)  # imported by name: Pillow would do it when it first saves one
_Key = tuple[str, ColourAdjustment | None, int, bool]


class Images:
    """Numbers of the XObjects of images."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: dict[_Key, int] = {}

    def image(self, image: DecodedImage, adjustment: ColourAdjustment | None, factor: int, *, grey: bool) -> int:
        """``factor``: how many pixels each way become one."""
        key = (image.ref, adjustment, factor, grey)
        if key not in self._known:
            pixels = straight(reduced(image.pixels, factor))
            if adjustment is not None:
                pixels = adjusted(pixels, adjustment)
            self._known[key] = self.picture(pixels, grey=grey, photograph=image.kind in JPEG_KINDS)
        return self._known[key]

    def picture(self, pixels: Pixels, *, grey: bool, photograph: bool = False) -> int:
        """Straight RGBA."""
        opaque = is_opaque(pixels)
        colours = drop_alpha(pixels) if opaque else bled(pixels)
        if grey:
            colours = greys(colours)
        if opaque:
            return self._photograph(colours) if photograph else self._deflated(colours, {})
        mask = self._deflated(pixels[..., 3], {})
        return self._deflated(colours, {"SMask": reference(mask)})

    def tint(self, colour: Colour, coverage: Samples, *, grey: bool) -> int:
        """One colour, as opaque as ``coverage`` says: an image of one pixel with a mask of many."""
        pixel = np.rint(np.array([[[colour.r, colour.g, colour.b]]]) * 255).astype(np.uint8)
        mask = self._deflated(coverage, {})
        return self._deflated(greys(pixel) if grey else pixel, {"SMask": reference(mask)})

    def _photograph(self, colours: Samples) -> int:
        buffer = io.BytesIO()
        Image.fromarray(colours).save(buffer, "JPEG", quality=_QUALITY, subsampling=0, optimize=False)
        return self._objects.add_encoded({**_head(colours), "Filter": "/DCTDecode"}, buffer.getvalue())

    def _deflated(self, samples: Samples, more: Mapping[str, str]) -> int:
        """With the row filters of PNG."""
        height, width, *channels = samples.shape
        per_pixel = channels[0] if channels else 1
        content = isal_zlib.compress(filter_rows(samples.reshape(height, width * per_pixel), per_pixel), _LEVEL)
        parameters = {"Predictor": "15", "Colors": str(per_pixel), "Columns": str(width)}
        entries = {**_head(samples), **more, "Filter": "/FlateDecode", "DecodeParms": dictionary(parameters)}
        return self._objects.add_encoded(entries, content)


def _head(samples: Samples) -> Mapping[str, str]:
    height, width, *channels = samples.shape
    return {
        "Type": "/XObject",
        "Subtype": "/Image",
        "Width": str(width),
        "Height": str(height),
        "ColorSpace": "/DeviceRGB" if channels else "/DeviceGray",
        "BitsPerComponent": "8",
        "Interpolate": "true",
    }
