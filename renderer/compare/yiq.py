"""Which pixels differ to the eye, as pixelmatch sees it: distance in YIQ, and neighbours that tell an edge's smoothing.

Kotsarenko and Ramos, *Measuring perceived color difference using YIQ NTSC transmission color space* (2010);
Vyšniauskas, *Anti-aliased pixel and intensity slope detector* (2009).
"""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np
from numba.core.dispatcher import Dispatcher
from numpy.typing import NDArray
from PIL import Image

from renderer.compare.ground import Rgb

THRESHOLD: Final = 0.1  # of the largest distance there is; pixelmatch's own default

Mask = NDArray[np.bool_]
"""Shape (height, width)."""


def _import_pixelmatch() -> Any:
    """Pixelmatch asks for its machine code to be kept beside its source; where nobody may write there it is compiled
    anew at each start instead."""
    try:
        import pixelmatch  # noqa: PLC0415 - it compiles when it is imported
    except RuntimeError:
        Dispatcher.enable_caching = lambda _: None  # type: ignore[method-assign, assignment]
        import pixelmatch  # noqa: PLC0415
    return pixelmatch.pixelmatch


_pixelmatch: Final = _import_pixelmatch()


def differing(one: Rgb, other: Rgb, *, smoothing_counts: bool = False) -> Mask:
    """Where the two differ. ``smoothing_counts``: also where only the smoothing of an edge does."""
    first, second = Image.fromarray(one), Image.fromarray(other)
    marked = Image.new("RGBA", first.size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses a deprecated argument of Pillow's
        # As a mask: to draw on the picture itself it would start threads.
        _pixelmatch(first, second, marked, threshold=THRESHOLD, includeAA=smoothing_counts, diff_mask=True)
    found: Mask = np.asarray(marked)[..., 3] != 0
    return found
