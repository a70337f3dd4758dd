"""Figma's REST JSON: answers of ``GET /v1/files/:key``, of its ``/nodes``, or one bare node.

The steps, a module each: ``parse`` (bytes to JSON values) and ``locate`` (the nodes asked for), once for a document;
for each ``node`` of it ``visible`` (what of it can be seen), ``outlines`` and ``svgpath`` (path data to paths) and
``spelling`` (JSON values to Figma's own, all at once). Where that fails, ``refusal`` finds the field to blame.
"""

from __future__ import annotations

from renderer.read.rest.decode import open_rest

__all__ = ["open_rest"]
