"""The options of a render as a query string gives them, checked before anything else happens."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from enum import Enum
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from renderer.formats import BITMAPS, DEFAULT, LOSSY, VECTORS, ImageFormat, listed
from renderer.options import Shows, SvgOptions

SVG_PREFIX: Final = "svg_"
"""What the names of options for SVG alone begin with."""
ON_THE_CPU_ALONE: Final = "is written on the CPU path alone; leave the option out, or take cpu or auto"
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


def _described(formats: Iterable[ImageFormat]) -> dict[str, Any]:
    """For a JSON schema: the values, and as an extension of ours what the page must know of each format."""
    known = tuple(formats)
    facts = [
        {
            "name": each.value,
            "label": each.label,
            "media_type": each.media_type,
            "suffixes": each.suffixes,
            "vector": each.vector,
            "lossy": each.lossy,
        }
        for each in known
    ]
    return {"enum": [each.value for each in known], "x-formats": facts}


NodeId = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[\x20-\x7e]+$")]
"""As ``1:2`` or ``1-2``."""


class Options(BaseModel):
    """An unknown name is refused, not ignored. Fields are checked in the order that they are shown in, those of the
    last base first: what is checked against another comes after it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _OneNode(Options):
    node: NodeId | None = Field(
        None,
        description="Id of the node to draw, as 1:2 or 1-2. "
        "Default: of a file its first page with anything on it, else the node itself.",
    )


class PictureOptions(Options):
    """What can be chosen for each picture by itself."""

    format: ImageFormat | None = Field(
        None,
        description=f"Format of the picture. Default: what `Accept` asks for, else {DEFAULT.value}.",
        json_schema_extra=_described(ImageFormat),
    )
    scale: float | None = Field(
        None,
        ge=0.01,
        le=4,
        allow_inf_nan=False,
        description="Pixels of the picture per document pixel; of a vector format, units of its page. Default 1.",
    )
    width: int | None = Field(None, ge=1, le=16384, description="Width of the picture in pixels, instead of scale.")
    height: int | None = Field(None, ge=1, le=16384, description="Height of the picture in pixels, instead of scale.")
    background: Annotated[str, AfterValidator(_colour)] | None = Field(
        None, description="Colour under the picture: #rgb[a], #rrggbb[aa] or transparent."
    )
    quality: int = Field(90, ge=1, le=100, description=f"For {listed(LOSSY)}.")
    contents_only: bool = Field(True, description="Leave out what merely overlaps the node.")
    use_absolute_bounds: bool = Field(False, description="The node's own box, not all that it paints.")

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if self.scale is not None and (self.width is not None or self.height is not None):
            raise ValueError("scale excludes width and height: give one or the other")
        return self

    @property
    def picture_format(self) -> ImageFormat:
        """What is made: the format that was asked for, or the one for who asks for none."""
        return self.format or DEFAULT


class OnPath(PictureOptions):
    """With the path, which one backend takes for all that it draws of a document."""

    path: Path = Field(
        Path.AUTO,
        description="auto takes the GPU path where it is on real hardware, else the CPU's; "
        f"for {listed(VECTORS)} always the CPU's, which alone writes them.",
    )

    @field_validator("path")
    @classmethod
    def _vectors_take_the_cpu(cls, path: Path, info: ValidationInfo) -> Path:
        wanted: ImageFormat | None = info.data.get("format")
        if wanted is not None and wanted.vector and path is Path.GPU:
            raise ValueError(f"{wanted.value} {ON_THE_CPU_ALONE}")
        return path


class PictureQuery(OnPath, _OneNode):
    """The options of every call that draws one picture."""

    @property
    def render_path(self) -> Path:
        """The path to ask for, with what the format says about it."""
        return Path.CPU if self.picture_format.vector else self.path


def _of_svg(text: str, name: str) -> Any:
    default = str(getattr(SvgOptions(), name)).lower()
    return Field(None, description=f"For {ImageFormat.SVG.value}: {text} Default {default}.")


class OfSvg(PictureOptions):
    """With those for SVG, which are Figma's own, of ``GET /v1/images``."""

    svg_outline_text: bool | None = _of_svg("text as paths, which needs no font where it is seen.", "outline_text")
    svg_include_id: bool | None = _of_svg("each layer's name as the `id` of its element.", "include_id")
    svg_include_node_id: bool | None = _of_svg("each layer's id as `data-node-id`.", "include_node_id")
    svg_simplify_stroke: bool | None = _of_svg(
        "inside and outside strokes as plain ones, without a mask, where that looks the same.", "simplify_stroke"
    )

    @field_validator("svg_outline_text", "svg_include_id", "svg_include_node_id", "svg_simplify_stroke")
    @classmethod
    def _only_with_svg(cls, value: bool | None, info: ValidationInfo) -> bool | None:  # noqa: FBT001 - pydantic's own
        wanted: ImageFormat | None = info.data.get("format")
        if value is not None and wanted not in (None, ImageFormat.SVG):
            name = ImageFormat.SVG.value
            raise ValueError(f"belongs to {name}; ask for format={name}, or leave the option out")
        return value


class RenderQuery(OfSvg, PictureQuery):
    """The options of one picture."""


def _both(path: Path) -> Path:
    if path is not Path.AUTO:
        raise ValueError("a comparison draws on both paths; leave the option out")
    return path


def _of_pixels(image_format: ImageFormat) -> ImageFormat:
    if image_format.vector:
        raise ValueError(
            f"a comparison looks at pixels, and {image_format.value} has none; take {listed(BITMAPS, 'or')}"
        )
    return image_format


class CompareQuery(PictureQuery):
    """Query options of ``POST /v1/compare``."""

    format: Annotated[ImageFormat, AfterValidator(_of_pixels)] = Field(
        DEFAULT, description="Format of the pictures that are compared.", json_schema_extra=_described(BITMAPS)
    )
    path: Annotated[Path, AfterValidator(_both)] = Field(
        Path.AUTO, description="Only auto: a comparison draws on both paths."
    )


def encode_header(
    *asked: PictureQuery,
    media_type: str,
    images: tuple[str, ...],
    exports: bool = False,
    skip: Collection[int] = (),
    max_outputs: int = 1,
    shows: Shows = Shows.PICTURE,
) -> bytes:
    """What the worker is told: the options of each output. ``images``: the digest of each input after the document, in
    order. ``exports``: each output says whose export settings are meant; ``skip``: outputs that are not to be made."""
    said = {
        "media_type": media_type,
        "images": images,
        "outputs": [_encoded(query, shows) for query in asked],
        "exports": exports,
        "skip": sorted(skip),
        "max_outputs": max_outputs,
    }
    return json.dumps(said).encode()


def _encoded(query: PictureQuery, shows: Shows) -> dict[str, Any]:
    said = query.model_dump(mode="json", exclude={"path"})
    options = {name: value for name, value in said.items() if not name.startswith(SVG_PREFIX)}
    options["format"] = query.picture_format.value
    options["shows"] = shows.value
    options["svg_options"] = {
        name.removeprefix(SVG_PREFIX): value
        for name, value in said.items()
        if name.startswith(SVG_PREFIX) and value is not None  # what was not asked for has the renderer's own default
    }
    if query.background is not None:
        options["background"] = parse_colour(query.background)
    return options
