"""Gradients: axial and radial shadings as PDF has them; angular and diamond ones as meshes of triangles.

What a ramp's alpha does is a soft mask: the same shading in grey.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from renderer.displaylist import GradientKind, GradientPaint, GradientStop
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream, Resource, add_mask
from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.states import SoftMask, luminosity
from renderer.draw.pdf.file.syntax import matrix_array, matrix_operands, number, reference
from renderer.draw.pdf.paint.colours import components
from renderer.draw.pdf.paint.functions import ramp_function
from renderer.draw.pdf.paint.meshes import angular_mesh, diamond_mesh
from renderer.geometry import Matrix, Rect

Spell = Callable[[GradientStop], str]
_COORDINATES: Final = {GradientKind.LINEAR: ("2", "[0 0 1 0]"), GradientKind.RADIAL: ("3", "[0 0 0 0 0 1]")}


def gradient_pattern(paint: GradientPaint, space: Matrix, box: Rect, content: ContentStream, drawing: Drawing) -> str:
    """The name of a pattern with the ramp's colours. ``space``: from the gradient's space to the picture's coordinates;
    ``box``: what it has to cover there."""

    def colour(stop: GradientStop) -> str:
        return components(stop.colour, grey=content.grey)

    shading = _shading(paint, paint.stops, colour, "/DeviceRGB", _reached(space, box), drawing.objects)
    entries = {"PatternType": "2", "Shading": reference(shading), "Matrix": matrix_array(space)}
    return content.use(Resource.PATTERN, drawing.objects.add(entries))


def gradient_alpha(paint: GradientPaint, space: Matrix, box: Rect, drawing: Drawing) -> tuple[float, SoftMask | None]:
    """The opacity that all of it has, and the soft mask for what the stops have beyond that."""
    alphas = {stop.colour.a for stop in paint.stops}
    if len(alphas) == 1:
        return paint.opacity * alphas.pop(), None
    shading = _shading(paint, paint.stops, _alpha, "/DeviceGray", _reached(space, box), drawing.objects)
    mask = ContentStream()
    mask.write(f"{matrix_operands(space)} cm", f"{mask.use(Resource.SHADING, shading)} sh")
    return paint.opacity, luminosity(add_mask(drawing.objects, mask, box, space="/DeviceGray"))


def _alpha(stop: GradientStop) -> str:
    return number(stop.colour.a, 4)


def _shading(
    paint: GradientPaint, stops: Sequence[GradientStop], spell: Spell, space: str, reached: Rect, objects: Objects
) -> int:
    ramp = [(stop.position, spell(stop)) for stop in stops]
    match paint.kind:
        case GradientKind.ANGULAR:
            return angular_mesh(ramp, space, reached, objects)
        case GradientKind.DIAMOND:
            return diamond_mesh(ramp, space, reached, objects)
        case GradientKind.LINEAR | GradientKind.RADIAL:
            kind, coordinates = _COORDINATES[paint.kind]
            entries = {"ShadingType": kind, "ColorSpace": space, "Coords": coordinates, "Extend": "[true true]"}
            return objects.add({**entries, "Function": ramp_function(ramp)})


def _reached(space: Matrix, box: Rect) -> Rect:
    """The part of the gradient's space that is seen."""
    inverse = space.inverse()
    return Rect(0.0, 0.0, 0.0, 0.0) if inverse is None else inverse.box(box)
