"""Points, rectangles, matrices, paths and colours: the values that every stage shares. No word of a document, no
device.

Lengths are document pixels, angles radians (clockwise, y grows downwards), colours straight (not premultiplied) sRGB
components in 0..1. All values are frozen.
"""

from __future__ import annotations

from renderer.geometry.colour import Colour
from renderer.geometry.matrix import IDENTITY, Matrix
from renderer.geometry.path import PathData, Verb
from renderer.geometry.rect import Point, Rect
from renderer.geometry.roundrect import RoundRect

__all__ = ["IDENTITY", "Colour", "Matrix", "PathData", "Point", "Rect", "RoundRect", "Verb"]
