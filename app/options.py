"""The options of a render as a query string gives them, checked before anything else happens."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

FORMATS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}
_LATER = ("pdf", "svg")
_HEX = re.compile(r"#?([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\Z")

Rgba = tuple[float, float, float, float]


class Path(Enum):
    AUTO = "auto"
    CPU = "cpu"
    GPU = "gpu"


def parse_colour(text: str) -> Rgba:
    """``#rgb``, ``#rgba``, ``#rrggbb``, ``#rrggbbaa`` or ``transparent`` -> four components in 0..1.

    The ``#`` may be missing, as it starts the fragment in a URL that was not percent-encoded. Raises ValueError.
    """
    if text == "transparent":
        return (0.0, 0.0, 0.0, 0.0)
    match = _HEX.match(text)
    if match is None:
        raise ValueError("a colour is #rgb, #rgba, #rrggbb, #rrggbbaa (send # as %23) or transparent")
    digits = match[1] if len(match[1]) > 4 else "".join(digit * 2 for digit in match[1])
    red, green, blue, alpha = (int(digits.ljust(8, "f")[i : i + 2], 16) / 255 for i in (0, 2, 4, 6))
    return red, green, blue, alpha


def _colour(text: str) -> str:
    parse_colour(text)
    return text


def _supported(value: object) -> object:
    if value in _LATER:
        raise ValueError(f"{value} is not supported yet; png, jpg, webp and avif are")
    return value


class RenderQuery(BaseModel):
    """Query options of ``POST /v1/render``. An unknown name is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    node: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[\x20-\x7e]+$")] | None = Field(
        None, description="Id of the node to draw, as 1:2 or 1-2. Default: the document's first frame."
    )
    format: Annotated[Literal["png", "jpg", "webp", "avif"], BeforeValidator(_supported)] = Field(
        "png", description="Format of the picture."
    )
    scale: float | None = Field(
        None, ge=0.01, le=4, allow_inf_nan=False, description="Device pixels per document pixel. Default 1."
    )
    width: int | None = Field(None, ge=1, le=16384, description="Width of the picture in pixels, instead of scale.")
    height: int | None = Field(None, ge=1, le=16384, description="Height of the picture in pixels, instead of scale.")
    background: Annotated[str, AfterValidator(_colour)] | None = Field(
        None, description="Colour under the picture: #rgb[a], #rrggbb[aa] or transparent."
    )
    path: Path = Field(Path.AUTO, description="auto takes the GPU path where it is on real hardware, else the CPU's.")
    quality: int = Field(90, ge=1, le=100, description="For jpg, webp and avif.")
    contents_only: bool = Field(True, description="Leave out what merely overlaps the node.")
    use_absolute_bounds: bool = Field(False, description="The node's own box, not all that it paints.")

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if self.scale is not None and (self.width is not None or self.height is not None):
            raise ValueError("scale excludes width and height: give one or the other")
        return self

    @property
    def output_media_type(self) -> str:
        return FORMATS[self.format]


def _both(path: Path) -> Path:
    if path is not Path.AUTO:
        raise ValueError("a comparison draws on both paths; leave the option out")
    return path


class CompareQuery(RenderQuery):
    """Query options of ``POST /v1/compare``."""

    path: Annotated[Path, AfterValidator(_both)] = Field(
        Path.AUTO, description="Only auto: a comparison draws on both paths."
    )


def encode_header(query: RenderQuery, *, media_type: str, images: tuple[str, ...]) -> bytes:
    """What the worker is told. ``images``: the digest of each input after the document, in order."""
    options = query.model_dump(mode="json", exclude={"path"})
    if query.background is not None:
        options["background"] = parse_colour(query.background)
    return json.dumps({"options": options, "media_type": media_type, "images": images}).encode()
