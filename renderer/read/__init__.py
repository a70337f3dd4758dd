"""Readers: bytes of a document in, one immutable :class:`renderer.scene.Scene` out.

``rest`` reads the answers of Figma's REST API. Its steps, a module each: ``parse`` (bytes to JSON values), ``locate``
(the node asked for), ``tree`` (the visible nodes below it), ``placement`` (where each lies), ``node`` (its scene value,
with ``geometry``, ``paints``, ``strokes``, ``effects`` and ``text``) and ``bounds`` (what the picture covers).
"""

from __future__ import annotations

from renderer.read.rest import read_rest

__all__ = ["read_rest"]
