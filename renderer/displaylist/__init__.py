"""The display list: what is drawn, in order, with nothing left to find out. Lowering makes it, every target plays it.

It is flat and frozen. Each command says where it is by a matrix of its own (from its coordinates to the page's, in
document pixels; the picture shows ``bounds`` of the page) and what it can touch at most (``bounds``, page coordinates).
``Push...`` commands open a group that ends at the matching :class:`Pop`. There is no device in it: no device pixel, no
coverage mask, no Skia object but the typefaces of glyph runs. What it shares with scenes (blend modes, gradient stops,
kinds of masks, noise, caps and joins) is offered here too: a target needs nothing else.
"""

from __future__ import annotations

from renderer.displaylist.area import Area, Band, bounds_of
from renderer.displaylist.commands import (
    BlurBackdrop,
    CastInnerShadow,
    CastShadow,
    Command,
    Cut,
    DrawNoise,
    FillArea,
    FillGlyphs,
    MaskSource,
    Pen,
    Pop,
    PushClip,
    PushGroup,
    PushMasked,
)
from renderer.displaylist.displaylist import DisplayList, Link, Span
from renderer.displaylist.filters import Blur, Filter, InnerShadowFilter, Ramp, ShadowFilter
from renderer.displaylist.paint import ColourAdjustment, GradientPaint, ImagePaint, Paint, SolidPaint
from renderer.scene import BlendMode, GradientKind, GradientStop, MaskKind, Noise, NoiseKind, StrokeCap, StrokeJoin

__all__ = [
    "Area",
    "Band",
    "BlendMode",
    "Blur",
    "BlurBackdrop",
    "CastInnerShadow",
    "CastShadow",
    "ColourAdjustment",
    "Command",
    "Cut",
    "DisplayList",
    "DrawNoise",
    "FillArea",
    "FillGlyphs",
    "Filter",
    "GradientKind",
    "GradientPaint",
    "GradientStop",
    "ImagePaint",
    "InnerShadowFilter",
    "Link",
    "MaskKind",
    "MaskSource",
    "Noise",
    "NoiseKind",
    "Paint",
    "Pen",
    "Pop",
    "PushClip",
    "PushGroup",
    "PushMasked",
    "Ramp",
    "ShadowFilter",
    "SolidPaint",
    "Span",
    "StrokeCap",
    "StrokeJoin",
    "bounds_of",
]
