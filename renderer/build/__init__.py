"""The builder: what Figma says to what is seen. It alone knows what a document means.

``scene`` makes the whole, ``tree`` walks the nodes, ``item`` makes one of them, with ``placement``, ``geometry``,
``outlines``, ``paints``, ``strokes``, ``effects``, ``text``, ``figjam`` and ``segments``; ``masks`` joins masks to what
they mask, ``operands`` judges boolean operations, ``bounds`` finds what the picture covers. Errors name fields as
Figma's public API does, whatever the document's format.
"""

from __future__ import annotations

from renderer.build.scene import build_scene

__all__ = ["build_scene"]
