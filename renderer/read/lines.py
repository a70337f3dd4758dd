"""Segments: lines, and vectors so thin that they need no outline."""

from __future__ import annotations

import math
from dataclasses import replace

from renderer.scene import Matrix, Node, Stroke, StrokeAlign, StrokeCap


def laid_along(node: Node) -> Node:
    """The node as a segment along its own x axis, with a centred stroke.

    A line has no inside, yet Figma aligns its stroke: INSIDE lies wholly on its upper side and ends where the line
    does, caps and all (a line of weight 5 at y = 0 has the render bounds y = -5 to 0, and no more width than itself).
    """
    along = node if node.width >= node.height else _turned(node)
    along = replace(along, height=0.0)
    return along if along.stroke is None else _centred(along, along.stroke)


def _turned(node: Node) -> Node:
    """One from top to bottom as one from left to right."""
    quarter = Matrix(0.0, 1.0, -1.0, 0.0)
    return replace(node, width=node.height, transform=node.transform @ quarter)


def _centred(node: Node, stroke: Stroke) -> Node:
    centred = replace(stroke, align=StrokeAlign.CENTER)
    if stroke.align is StrokeAlign.CENTER or stroke.outline:
        return replace(node, stroke=centred)
    inside = stroke.align is StrokeAlign.INSIDE
    inset = stroke.weight / 2 if inside and stroke.cap in (StrokeCap.ROUND, StrokeCap.SQUARE) else 0.0
    shift = Matrix.translation(inset, -stroke.weight / 2 if inside else stroke.weight / 2)
    width = max(math.ulp(1.0), node.width - 2 * inset)
    return replace(node, width=width, transform=node.transform @ shift, stroke=centred)
