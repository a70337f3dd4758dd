"""The one entry point."""

from __future__ import annotations

from renderer.collector import collector_paused
from renderer.displaylist import DisplayList
from renderer.fonts import FontProvider
from renderer.geometry import IDENTITY
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.lower.items import lower_item
from renderer.lower.lowering import Lowering
from renderer.lower.measure import measure
from renderer.scene import Scene
from renderer.text import match_versions
from renderer.warnings import Warnings


def lower(
    scene: Scene,
    *,
    scale: float,
    fonts: FontProvider,
    images: ImageSource,
    limits: RenderLimits,
    warnings: Warnings,
) -> DisplayList:
    """The display list of a scene that is going to be drawn with ``scale`` device pixels to a document pixel.

    Raises :class:`LimitError`, and :class:`ImageError` for bytes that are no image.
    """
    lowering = Lowering(scene.bounds, scale, match_versions(scene, fonts), images, limits, warnings)
    with collector_paused():
        lower_item(measure(scene.root, lowering), IDENTITY, lowering)
    return DisplayList(
        bounds=scene.bounds,
        scale=scale,
        background=scene.background,
        commands=tuple(lowering.commands),
        spans=tuple(lowering.spans),
        links=tuple(lowering.links),
        title=scene.root.name,
    )
