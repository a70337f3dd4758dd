from __future__ import annotations

import numpy as np
import pytest

from benchmarks.fit import fit_power_law

SIZES = [10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4, 1e5]


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.35, 2.0])
@pytest.mark.parametrize("floor", [0.0, 5.0])
def test_a_known_law_is_found(exponent: float, floor: float) -> None:
    law = fit_power_law(SIZES, [floor + 0.02 * size**exponent for size in SIZES])
    assert law.grows
    assert law.exponent == pytest.approx(exponent, abs=0.011)
    assert law.floor == pytest.approx(floor, abs=0.1)
    assert law.slope == pytest.approx(0.02, rel=0.15)


def test_a_noisy_law_is_within_its_interval() -> None:
    random = np.random.default_rng(3)
    costs = [(4 + 0.01 * size) * random.normal(1, 0.05) for size in SIZES]
    law = fit_power_law(SIZES, costs)
    assert law.exponent_low <= 1.0 <= law.exponent_high
    assert law.exponent_high - law.exponent_low < 0.5


def test_a_cost_that_does_not_grow_has_no_slope() -> None:
    law = fit_power_law(SIZES, [7.0] * len(SIZES))
    assert law.at(1e5) == pytest.approx(7.0, rel=0.01)
    assert law.at(10.0) == pytest.approx(7.0, rel=0.01)


def test_a_cost_that_falls_is_fitted_by_what_never_falls() -> None:
    law = fit_power_law([1.0, 2.0, 4.0, 8.0], [8.0, 4.0, 2.0, 1.0])
    assert law.slope >= 0
    assert law.floor >= 0
    assert not law.grows


@pytest.mark.parametrize(
    ("sizes", "costs"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
        ([1.0] * 5, [1.0] * 5),
        ([0.0, 1, 2, 3], [1.0] * 4),
        ([1.0, 2, 3, 4], [0.0] * 4),
    ],
)
def test_too_little_to_fit_is_refused(sizes: list[float], costs: list[float]) -> None:
    with pytest.raises(ValueError, match="power law"):
        fit_power_law(sizes, costs)
