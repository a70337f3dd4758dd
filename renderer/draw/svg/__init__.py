"""SVG: a display list as a document of its own (SVG 1.1 and what engines know of SVG 2 and CSS).

It holds no script and refers to nothing outside of it; all names and texts in it are escaped. What SVG cannot say is a
picture in it, of that area alone.

``write`` is the entry, with the one ``match`` over the commands; ``page`` keeps the elements and the groups that are
open, ``nodes`` follows the document's nodes, ``sheet`` is what all share. ``structure`` looks ahead once. The rooms
hold a module for each primitive: ``shapes``, ``text``, ``pictures``, ``groups``, and ``syntax`` for how SVG is spelt.
"""

from __future__ import annotations

from renderer.draw.svg.write import write_svg

__all__ = ["write_svg"]
