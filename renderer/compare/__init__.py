"""Two pictures held against each other: how far apart they are, by four measures, and where.

Runs inside a locked worker, as pictures are untrusted like everything that made them. Colours are compared as they are
looked at: laid on a ground. Where a picture has clear pixels that is done on white and on black, and the worse counts,
so that nothing hides in the colour of the ground.
"""

from __future__ import annotations

from renderer.compare.decode import decode
from renderer.compare.heatmap import heat_map
from renderer.compare.measure import ComparedBox, CompareLimits, MeasuredDifference, PixelComparison, measure
from renderer.compare.strip import strip
from renderer.compare.warm import touch, warm

__all__ = [
    "CompareLimits",
    "ComparedBox",
    "MeasuredDifference",
    "PixelComparison",
    "decode",
    "heat_map",
    "measure",
    "strip",
    "touch",
    "warm",
]
