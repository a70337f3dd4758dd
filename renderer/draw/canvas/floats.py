"""One colour that is blended in floats.

Skia's rasteriser lays a plain colour through a mask in 8-bit steps that round down: up to two of 255 too dark over the
whole of a soft shadow, which is its largest distance from the GPU. What a runtime shader gives it blends in floats, as
a GPU does.
"""

from __future__ import annotations

from typing import Any, Final

import skia

_PLAIN: Final = skia.RuntimeEffect.MakeForShader("uniform half4 colour; half4 main(float2 position) { return colour; }")


def blend_in_floats(paint: Any) -> None:
    """Give the paint its own colour as a shader."""
    colour = paint.getColor4f()
    alpha = colour.fA
    plain = skia.RuntimeShaderBuilder(_PLAIN)
    plain.setUniform("colour", [colour.fR * alpha, colour.fG * alpha, colour.fB * alpha, alpha])
    paint.setShader(plain.makeShader())
    paint.setAlphaf(1)
