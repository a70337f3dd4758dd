"""What Figma says of how a layer is to be exported."""

from __future__ import annotations

from msgspec import Struct

from renderer.figma.base import Ratio


class ExportConstraint(Struct, frozen=True, gc=False):
    """``type``: SCALE, with ``value`` as the factor; WIDTH or HEIGHT, with ``value`` in pixels."""

    type: str
    value: Ratio


class ExportSetting(Struct, frozen=True, kw_only=True, gc=False):
    """``format``: PNG, JPG, SVG or PDF. ``suffix``: what the file's name gets behind the layer's."""

    format: str
    suffix: str = ""
    constraint: ExportConstraint | None = None
