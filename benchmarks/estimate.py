"""What a sample says about the whole, and how surely: bootstrap confidence intervals (Efron & Tibshirani, 1993).

Latencies are skewed and have heavy tails, so nothing here assumes a normal distribution: an interval is the middle 95 %
of what the statistic is on resamples of the sample. What was measured in interleaved blocks is resampled by whole
blocks, so that noise which hits a block (a neighbour on the same core) stays in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 1000
_SEED: Final = 0  # the same draws every time: two looks at the same values give the same interval
# One resample of everything at once would be RESAMPLES times the sample in memory.
_AT_ONCE: Final = 4_000_000

Values: TypeAlias = NDArray[np.float64]
Statistic: TypeAlias = Callable[[Values], float]
Effect: TypeAlias = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with the ends of its confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"


def percentile(share: float) -> Statistic:
    """0.5 is the median. The value itself, not one between two: a latency that somebody had."""

    def of(values: Values) -> float:
        return float(np.quantile(values, share, method="inverted_cdf"))

    return of


def estimate_percentile(values: Sequence[float], share: float) -> Estimate:
    """Of independent values. Raises ValueError for none."""
    if not len(values):
        raise ValueError("no values to estimate from")
    array = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(_SEED)
    per_round = max(1, min(RESAMPLES, _AT_ONCE // len(array)))
    found: list[Values] = []
    for start in range(0, RESAMPLES, per_round):
        shape = (min(per_round, RESAMPLES - start), len(array))
        picked = array[random.integers(len(array), size=shape)]
        found.append(np.quantile(picked, share, axis=1, method="inverted_cdf"))
    return _interval(percentile(share)(array), np.concatenate(found))


def compare_pairs(ours: Sequence[float], theirs: Sequence[float], share: float) -> Estimate:
    """The ratio of a percentile of ours to that of theirs, where value i of one was measured next to value i of the
    other: the pairs are drawn together. Raises ValueError when they are not paired."""
    if len(ours) != len(theirs) or not len(ours):
        raise ValueError("values have to come in pairs, and at least one")
    one, other = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    random = np.random.default_rng(_SEED)
    per_round = max(1, min(RESAMPLES, _AT_ONCE // len(one)))
    found: list[Values] = []
    for start in range(0, RESAMPLES, per_round):
        picked = random.integers(len(one), size=(min(per_round, RESAMPLES - start), len(one)))
        sides = (np.quantile(side[picked], share, axis=1, method="inverted_cdf") for side in (one, other))
        found.append(np.divide(*sides))
    of = percentile(share)
    return _interval(ratio(of(one), of(other)), np.concatenate(found))


def compare_blocks(
    ours: Sequence[Sequence[float]],
    theirs: Sequence[Sequence[float]],
    statistic: Statistic,
    effect: Effect,
) -> Estimate:
    """``effect`` (a ratio, a difference) between a statistic of our values and of theirs.

    Block i of ours was measured next to block i of theirs: the pairs are drawn together. Raises ValueError when the two
    are not paired.
    """
    if len(ours) != len(theirs) or not ours or not all(map(len, (*ours, *theirs))):
        raise ValueError("blocks have to come in pairs, and none may be empty")
    one, other = ([np.asarray(block, dtype=np.float64) for block in blocks] for blocks in (ours, theirs))

    def between(chosen: Sequence[int]) -> float:
        mine = statistic(np.concatenate([one[index] for index in chosen]))
        return effect(mine, statistic(np.concatenate([other[index] for index in chosen])))

    random = np.random.default_rng(_SEED)
    draws = random.integers(len(one), size=(RESAMPLES, len(one)))
    found = np.array([between(draw) for draw in draws.tolist()])
    return _interval(between(range(len(one))), found)


def ratio(ours: float, theirs: float) -> float:
    return ours / theirs if theirs else float("nan")


def difference(ours: float, theirs: float) -> float:
    return ours - theirs


def _interval(value: float, found: Values) -> Estimate:
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(found, [outside, 1 - outside])
    return Estimate(value, float(low), float(high))
