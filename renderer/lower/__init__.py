"""Lowering: everything that is not drawing. A scene in, a flat display list out.

``measure`` finds outlines and reach, children first; ``items`` then writes the commands, parents first, with
``effects``, ``strokes``, ``paints``, ``text`` and ``masks`` a module each. It knows no device: only how many pixels a
document pixel is going to have, for how finely curves are flattened.
"""

from __future__ import annotations

from renderer.lower.lower import lower

__all__ = ["lower"]
