"""What one lowering collects."""

from __future__ import annotations

from renderer.displaylist import Command, Link, Span
from renderer.fonts import FontProvider
from renderer.geometry import Rect
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.warnings import Warnings

# How far beyond what is seen something is still written down: anti-aliasing reaches over an edge. Device pixels.
_MARGIN_PX = 2.0


class Lowering:
    """``commands``, ``spans`` and ``links`` grow. ``seen``: the part of the page, in page coordinates, outside of which
    nothing that is written down now can show."""

    __slots__ = ("commands", "fonts", "images", "limits", "links", "scale", "seen", "spans", "warnings")

    def __init__(
        self,
        bounds: Rect,
        scale: float,
        fonts: FontProvider,
        images: ImageSource,
        limits: RenderLimits,
        warnings: Warnings,
    ) -> None:
        self.commands: list[Command] = []
        self.spans: list[Span] = []
        self.links: list[Link] = []
        self.scale = scale
        self.fonts = fonts
        self.images = images
        self.limits = limits
        self.warnings = warnings
        self.seen = bounds.outset(_MARGIN_PX / scale)
