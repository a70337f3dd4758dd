"""Images as paints."""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.displaylist import ColourAdjustment, ImagePaint
from renderer.geometry.skiapath import skia_matrix

# Bilinear, with mipmaps where the image shrinks: what both surfaces compute alike.
_SAMPLING: Final = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)


def image_shader(paint: ImagePaint) -> Any:
    """A ``skia.Shader`` in the command's coordinates, without opacity and adjustment."""
    tiling = skia.TileMode.kRepeat if paint.repeats else skia.TileMode.kClamp
    return paint.image.drawable.makeShader(tiling, tiling, _SAMPLING, skia_matrix(paint.matrix))


def colour_filter(adjustment: ColourAdjustment) -> Any:
    matrix = skia.ColorFilters.Matrix(list(adjustment.matrix))
    if not adjustment.curve:
        return matrix
    curve = list(adjustment.curve)
    return skia.ColorFilters.Compose(matrix, skia.TableColorFilter.MakeARGB(None, curve, curve, curve))
