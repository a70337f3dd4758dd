"""Fonts: which files there are, which one a style means, and which one has a character."""

from __future__ import annotations

from renderer.fonts.face import Face, FaceInstance, FontMetrics
from renderer.fonts.provider import FontProvider, ResolvedFace

__all__ = ["Face", "FaceInstance", "FontMetrics", "FontProvider", "ResolvedFace"]
