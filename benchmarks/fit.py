"""How a cost grows: ``cost = floor + slope · size ** exponent``, fitted by least squares of the relative error.

Relative, since costs span orders of magnitude and the largest would otherwise be all that is fitted. For a given
exponent the other two follow in closed form, so the exponent is looked for on a grid: no local minimum can catch it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.estimate import CONFIDENCE, RESAMPLES

_EXPONENTS: Final = np.arange(0.05, 3.0001, 0.01)
_SEED: Final = 0
_RESAMPLES: Final = RESAMPLES // 5  # each is a whole fit


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """``exponent_low`` and ``exponent_high``: the ends of its confidence interval (residuals resampled)."""

    floor: float
    slope: float
    exponent: float
    exponent_low: float
    exponent_high: float

    def at(self, size: float) -> float:
        return float(self.floor + self.slope * size**self.exponent)

    @property
    def grows(self) -> bool:
        """False where the cost stays or falls: there is nothing for an exponent to say then."""
        return self.slope > 0

    def __str__(self) -> str:
        span = f"[{self.exponent_low:.2f}, {self.exponent_high:.2f}]"
        return f"{self.floor:.3g} + {self.slope:.3g} · n^{self.exponent:.2f} {span}"


def fit_power_law(sizes: Sequence[float], costs: Sequence[float]) -> PowerLaw:
    """Raises ValueError with fewer than four sizes, or for a size or cost that is not positive."""
    if len(set(sizes)) < 4 or len(sizes) != len(costs) or min(*sizes, *costs) <= 0:
        raise ValueError("a power law needs four different sizes, and sizes and costs that are positive")
    n, cost = np.asarray(sizes, dtype=np.float64), np.asarray(costs, dtype=np.float64)
    floor, slope, exponent = _fit(n, cost)
    fitted = floor + slope * n**exponent
    # A fit with three free numbers leaves residuals that are too small by this much.
    residuals = (cost / fitted - 1) * np.sqrt(len(n) / max(1, len(n) - 3))
    random = np.random.default_rng(_SEED)
    again = [
        _fit(n, fitted * np.maximum(0.05, 1 + random.choice(residuals, size=len(n))))[2] for _ in range(_RESAMPLES)
    ]
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(again, [outside, 1 - outside])
    return PowerLaw(floor, slope, exponent, float(low), float(high))


def _fit(n: NDArray[np.float64], cost: NDArray[np.float64]) -> tuple[float, float, float]:
    """(floor, slope, exponent); floor and slope are not negative."""
    powers = n[np.newaxis, :] ** _EXPONENTS[:, np.newaxis] / cost
    ones = np.broadcast_to(1 / cost, powers.shape)
    # Normal equations of [ones, powers] · [floor, slope] = 1, for every exponent at once.
    a, b, d = (ones * ones).sum(1), (ones * powers).sum(1), (powers * powers).sum(1)
    e, f = ones.sum(1), powers.sum(1)
    determinant = a * d - b * b
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = np.where(determinant > 0, (e * d - b * f) / determinant, 0.0)
    floor = np.maximum(floor, 0.0)
    slope = np.maximum((f - floor * b) / d, 0.0)
    error = ((floor[:, np.newaxis] * ones + slope[:, np.newaxis] * powers - 1) ** 2).sum(1)
    best = int(error.argmin())
    return float(floor[best]), float(slope[best]), float(_EXPONENTS[best])
