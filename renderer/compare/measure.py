"""All measures of two pictures of one size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from renderer.compare import flip
from renderer.compare.ground import Rgb, grounds, laid_on
from renderer.compare.ssim import REACH, ssim_map
from renderer.compare.tiles import MARGIN, Area, Tile, tiles
from renderer.compare.yiq import Mask, differing
from renderer.pixels import Pixels

CLEARLY_OFF: Final = 32
"""Of 255, in some channel."""

_TOO_MUCH: Final = "the pictures differ over more pixels than FLIP is computed for; compare a smaller one"

Delta = NDArray[np.uint8]
"""Shape (height, width): the largest difference of any channel."""


@dataclass(frozen=True, slots=True)
class ComparedBox:
    """In pixels of the picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class CompareLimits:
    """``max_pixels``: of one picture. ``max_flip_pixels``: how many pixels FLIP is computed for (2 s a million); beyond
    that it is left out, and said so."""

    max_pixels: int = 32_000_000
    max_flip_pixels: int = 4_000_000


@dataclass(frozen=True, slots=True)
class MeasuredDifference:
    """Of the judged pixels: those that no mask covers.

    ``changed``: any channel differs at all; ``differing``: to the eye (YIQ), edges' smoothing left out; ``smoothing``:
    what was left out; ``clearly_off``: some channel by more than 32 of 255. Shares are of the judged pixels. ``box``:
    around what differs, ``changed_box``: around what changed. ``flip_missing``: why there is no FLIP.
    """

    width: int
    height: int
    judged_pixels: int
    max_delta: int
    changed_pixels: int
    differing_pixels: int
    smoothing_pixels: int
    clearly_off_pixels: int
    ssim: float
    flip_mean: float | None
    flip_p99: float | None
    flip_missing: str | None
    bounding_box: ComparedBox | None
    changed_box: ComparedBox | None


@dataclass(frozen=True, slots=True)
class PixelComparison:
    """The numbers, and where they come from."""

    difference: MeasuredDifference
    delta: Delta


def measure(
    reference: Pixels, test: Pixels, *, masks: Iterable[ComparedBox] = (), limits: CompareLimits | None = None
) -> PixelComparison:
    """Two pictures of one size; what a mask covers counts as the same and is not judged."""
    height, width, _ = reference.shape
    judged = _judged(width, height, masks)
    on = grounds(reference, test)
    budget = (limits or CompareLimits()).max_flip_pixels // len(on)
    looks = [_Look(reference, test, judged, ground, budget) for ground in on]
    for look in looks:
        look.go()
    return _summary(looks, judged)


def _judged(width: int, height: int, masks: Iterable[ComparedBox]) -> Mask:
    """One pixel more on each side of a mask: its edge is smoothed."""
    judged = np.ones((height, width), np.bool_)
    for mask in masks:
        rows = slice(max(0, int(mask.y) - 1), max(0, int(mask.y + mask.height) + 2))
        columns = slice(max(0, int(mask.x) - 1), max(0, int(mask.x + mask.width) + 2))
        judged[rows, columns] = False
    return judged


class _Look:
    """Both pictures on one ground."""

    def __init__(self, reference: Pixels, test: Pixels, judged: Mask, ground: int, flip_budget: int) -> None:
        self._pair = (reference, test)
        self._judged = judged
        self._ground = ground
        self._flip_left = flip_budget
        self.delta: Delta = np.zeros(judged.shape, np.uint8)
        self.differs: Mask = np.zeros(judged.shape, np.bool_)
        self.smoothing: Mask = np.zeros(judged.shape, np.bool_)
        self.ssim = np.ones(judged.shape, np.float32)
        self.flip = np.zeros(judged.shape, np.float32)
        self.flip_missing = flip.MISSING

    def go(self) -> None:
        height, width = self._judged.shape
        for tile in tiles(width, height):
            self._look_at(tile)

    def _look_at(self, tile: Tile) -> None:
        reference, test = (laid_on(picture[tile.around], self._ground) for picture in self._pair)
        covered = ~self._judged[tile.around]
        test[covered] = reference[covered]
        delta = (np.maximum(reference, test) - np.minimum(reference, test)).max(axis=2)
        near = _surroundings(delta)
        if near is not None:
            self.delta[tile.core] = delta[tile.inner]
            self._measure(tile, near, reference[near], test[near])

    def _measure(self, tile: Tile, near: Area, reference: Rgb, test: Rgb) -> None:
        """Only around what changed: further away every measure says 'the same'."""
        differs, all_that_differ = differing(reference, test), differing(reference, test, smoothing_counts=True)
        _put(self.differs, tile, near, differs)
        _put(self.smoothing, tile, near, all_that_differ & ~differs)
        _put(self.ssim, tile, near, ssim_map(reference, test))
        if self._has_flip(reference):
            _put(self.flip, tile, near, flip.flip_map(reference, test))

    def _has_flip(self, reference: Rgb) -> bool:
        if self.flip_missing is None:
            self._flip_left -= reference.shape[0] * reference.shape[1]
            if self._flip_left < 0:
                self.flip_missing = _TOO_MUCH
        return self.flip_missing is None


def _surroundings(delta: Delta) -> Area | None:
    """The part of a tile that holds all that changed, and twice a margin around it: within one margin of this part's
    own edge nothing is near a change, so cutting there changes no result. None where nothing changed."""
    around = _extent(delta > 0)
    if around is None:
        return None
    rows, columns = around
    reach = 2 * MARGIN
    return (
        slice(max(0, rows.start - reach), rows.stop + reach),
        slice(max(0, columns.start - reach), columns.stop + reach),
    )


def _put(into: NDArray[Any], tile: Tile, near: Area, values: NDArray[Any]) -> None:
    """What was found near a change, as far as it lies in the tile's core; all else there is as it was."""
    seen = into[tile.around].copy()
    seen[near] = values
    into[tile.core] = seen[tile.inner]


def _summary(looks: list[_Look], judged: Mask) -> PixelComparison:
    """The worse of the looks, pixel by pixel where pixels are counted and as a whole where they are averaged."""
    delta = np.maximum.reduce([look.delta for look in looks])
    differs = np.logical_or.reduce([look.differs for look in looks])
    smoothing = np.logical_or.reduce([look.smoothing for look in looks]) & ~differs
    changed = delta > 0
    missing = next((look.flip_missing for look in looks if look.flip_missing), None)
    errors = [] if missing else [look.flip[judged] for look in looks]
    difference = MeasuredDifference(
        width=judged.shape[1],
        height=judged.shape[0],
        judged_pixels=int(judged.sum()),
        max_delta=int(delta.max(initial=0)),
        changed_pixels=int(changed.sum()),
        differing_pixels=int(differs.sum()),
        smoothing_pixels=int(smoothing.sum()),
        clearly_off_pixels=int((delta > CLEARLY_OFF).sum()),
        ssim=min(_mean_ssim(look, judged) for look in looks),
        flip_mean=max((_mean(error) for error in errors), default=None),
        flip_p99=max((_p99(error) for error in errors), default=None),
        flip_missing=missing,
        bounding_box=_box(differs),
        changed_box=_box(changed),
    )
    return PixelComparison(difference, delta)


def _mean_ssim(look: _Look, judged: Mask) -> float:
    """Away from the edges, where the window is whole, as scikit-image averages it; of a tiny picture, all."""
    inside = (slice(REACH, -REACH), slice(REACH, -REACH))
    values = look.ssim[inside][judged[inside]]
    return _mean(values if values.size else look.ssim[judged], nothing=1.0)


def _mean(values: NDArray[np.float32], *, nothing: float = 0.0) -> float:
    return float(values.mean(dtype=np.float64)) if values.size else nothing


def _p99(values: NDArray[np.float32]) -> float:
    return float(np.percentile(values, 99)) if values.size else 0.0


def _box(mask: Mask) -> ComparedBox | None:
    around = _extent(mask)
    if around is None:
        return None
    rows, columns = around
    return ComparedBox(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)


def _extent(mask: Mask) -> Area | None:
    """The rows and columns between the first and the last that hold something."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
