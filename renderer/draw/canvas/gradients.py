"""Gradients as shaders."""

from __future__ import annotations

from typing import Any, Final

import skia

from renderer.displaylist import GradientKind, GradientPaint
from renderer.draw.canvas.convert import to_colour32
from renderer.geometry.skiapath import skia_matrix

_ORIGIN: Final = skia.Point(0, 0)
_UNIT_X: Final = skia.Point(1, 0)
_CLAMP: Final = skia.TileMode.kClamp
_DIAMOND: Final = skia.RuntimeEffect.MakeForShader(
    "uniform shader ramp; half4 main(float2 p) { return ramp.eval(float2(abs(p.x) + abs(p.y), 0)); }"
)


def gradient_shader(paint: GradientPaint) -> Any:
    """A ``skia.Shader`` in the command's coordinates, without the paint's opacity."""
    matrix = skia_matrix(paint.matrix)
    colours = [to_colour32(stop.colour) for stop in paint.stops]
    positions = [stop.position for stop in paint.stops]
    match paint.kind:
        case GradientKind.LINEAR:
            return _linear(colours, positions, matrix)
        case GradientKind.RADIAL:
            return skia.GradientShader.MakeRadial(_ORIGIN, 1.0, colours, positions, _CLAMP, 0, matrix)
        case GradientKind.ANGULAR:
            return skia.GradientShader.MakeSweep(0.0, 0.0, colours, positions, _CLAMP, 0.0, 360.0, 0, matrix)
        case GradientKind.DIAMOND:
            builder = skia.RuntimeShaderBuilder(_DIAMOND)
            builder.setChild("ramp", _linear(colours, positions, skia.Matrix()))
            return builder.makeShader(matrix)


def _linear(colours: list[int], positions: list[float], matrix: Any) -> Any:
    return skia.GradientShader.MakeLinear([_ORIGIN, _UNIT_X], colours, positions, _CLAMP, 0, matrix)
