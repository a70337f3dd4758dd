"""PDF, written from a display list: vectors, text that is text, and pixels only where PDF has no words."""

from __future__ import annotations

from renderer.draw.pdf.write import write_pdf

__all__ = ["write_pdf"]
