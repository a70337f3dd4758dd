"""What all models share, and the number types with their bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from renderer.limits import MAX_COORDINATE

# A little room for the float32 noise of real answers; it is clamped away when the scene is built.
_NOISE = 1e-3

Length = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
Extent = Annotated[float, Field(ge=-_NOISE, le=MAX_COORDINATE)]
Fraction = Annotated[float, Field(ge=-_NOISE, le=1 + _NOISE)]
# The linear part of a matrix, or a position in a unit square: no unit, but not a place to hide 1e300 either.
Ratio = Annotated[float, Field(ge=-1e6, le=1e6)]
# Whole numbers: some programs that pass answers on write 1 as 1.0.
Whole = Annotated[float, Field(ge=-1e9, le=1e9)]
Angle = Annotated[float, Field(ge=-1e6, le=1e6)]


class Model(BaseModel):
    """Strict, finite, camelCase in the document."""

    # Models are only made by validating documents, never by keywords of their own, so the aliases may be made up here.
    model_config = ConfigDict(  # type: ignore[pydantic-alias]
        strict=True, extra="ignore", allow_inf_nan=False, alias_generator=to_camel
    )


class ColourModel(Model):
    r: Fraction
    g: Fraction
    b: Fraction
    a: Fraction = 1.0


class VectorModel(Model):
    x: Length
    y: Length


class HandleModel(Model):
    x: Ratio
    y: Ratio


class SizeModel(Model):
    x: Extent
    y: Extent


class RectangleModel(Model):
    x: Length
    y: Length
    width: Extent
    height: Extent


_RatioRow = Annotated[list[Ratio], Field(min_length=3, max_length=3)]
_LengthRow = Annotated[list[Length], Field(min_length=3, max_length=3)]
# Two rows of three: [[m00, m01, m02], [m10, m11, m12]].
ImageTransform = Annotated[list[_RatioRow], Field(min_length=2, max_length=2)]
RelativeTransform = Annotated[list[_LengthRow], Field(min_length=2, max_length=2)]
