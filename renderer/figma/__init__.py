"""What Figma says of a node, in Figma's concepts: the values that every decoder makes and only the builder reads.

A decoder (``renderer.read``) turns bytes into a tree of :class:`FigmaNode` and decides nothing. None means that the
document does not say it; what that means, the builder alone knows. Names of kinds, blend modes, paints and effects are
strings in the spelling of Figma's public API (``RECTANGLE``, ``LINEAR_BURN``, ``DROP_SHADOW``), since the next version
may bring one that nobody here has heard of; the decoder of a format that spells them otherwise translates.

Units: document pixels, radians clockwise, colours straight sRGB in 0..1. All values are frozen.
"""

from __future__ import annotations

from renderer.figma.decoded import Decoded
from renderer.figma.document import DocumentNode, NodeExport, OpenDocument
from renderer.figma.effect import FigmaEffect
from renderer.figma.export import ExportConstraint, ExportSetting
from renderer.figma.node import Arc, FigmaNode, Outline, OutlineProblem, PaintOverride, SideWeights
from renderer.figma.paint import FigmaColour, FigmaPaint, FigmaStop, ImageAdjustments
from renderer.figma.text import FigmaTextStyle, Hyperlink

__all__ = [
    "Arc",
    "Decoded",
    "DocumentNode",
    "ExportConstraint",
    "ExportSetting",
    "FigmaColour",
    "FigmaEffect",
    "FigmaNode",
    "FigmaPaint",
    "FigmaStop",
    "FigmaTextStyle",
    "Hyperlink",
    "ImageAdjustments",
    "NodeExport",
    "OpenDocument",
    "Outline",
    "OutlineProblem",
    "PaintOverride",
    "SideWeights",
]
