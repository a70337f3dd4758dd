"""Pixels drawn by the GPU. Importing it loads the GL libraries."""

from __future__ import annotations

from renderer.draw.ganesh.egl import GlContext, GlUnavailableError, is_software, make_gl_context
from renderer.draw.ganesh.surface import GaneshDevice, GaneshSurface

__all__ = ["GaneshDevice", "GaneshSurface", "GlContext", "GlUnavailableError", "is_software", "make_gl_context"]
