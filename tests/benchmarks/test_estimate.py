"""Statistics, held against samples whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.estimate import (
    compare_blocks,
    compare_pairs,
    difference,
    estimate_percentile,
    percentile,
    ratio,
)

RANDOM = np.random.default_rng(7)


def test_a_percentile_is_a_value_that_somebody_had() -> None:
    values = np.array([5.0, 1.0, 3.0, 2.0, 4.0])
    assert [percentile(share)(values) for share in (0.2, 0.5, 0.99, 1.0)] == [1.0, 3.0, 5.0, 5.0]


def test_the_interval_of_a_median_is_the_one_of_theory() -> None:
    """Of n uniform values the median's standard error is 1 / (2 √n)."""
    values = RANDOM.uniform(0, 1, 900).tolist()
    found = estimate_percentile(values, 0.5)
    assert found.low < found.value < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 / (2 * 30), rel=0.35)


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    held = 0
    for _ in range(60):
        found = estimate_percentile(RANDOM.exponential(10, 80).tolist(), 0.5)
        held += found.low <= 10 * np.log(2) <= found.high
    assert held >= 50


def test_one_value_is_its_own_interval() -> None:
    found = estimate_percentile([3.0], 0.99)
    assert (found.low, found.value, found.high) == (3.0, 3.0, 3.0)


def test_noise_that_both_share_cancels_in_pairs() -> None:
    """A neighbour makes whole rounds ten times slower; ours is 3 % slower than theirs in each of them."""
    rounds = RANDOM.choice([1.0, 10.0], 400)
    theirs = rounds * RANDOM.normal(1, 0.002, 400)
    found = compare_pairs((1.03 * rounds * RANDOM.normal(1, 0.002, 400)).tolist(), theirs.tolist(), 0.3)
    assert found.value == pytest.approx(1.03, abs=0.005)


def test_blocks_are_drawn_whole() -> None:
    """Values within a block agree and blocks do not: the interval comes from four blocks, not from their values."""
    ours = [[level] * 1000 for level in (1.0, 2.0, 3.0, 4.0)]
    theirs = [[level] * 1000 for level in (1.0, 1.0, 1.0, 1.0)]
    found = compare_blocks(ours, theirs, lambda values: float(values.mean()), difference)
    assert found.value == pytest.approx(1.5)
    assert found.high - found.low > 1.0


def test_a_ratio_of_medians_by_blocks() -> None:
    ours, theirs = [[11.0, 11.0]] * 5, [[10.0, 10.0]] * 5
    found = compare_blocks(ours, theirs, percentile(0.5), ratio)
    assert (found.low, found.value, found.high) == pytest.approx((1.1, 1.1, 1.1))


@pytest.mark.parametrize(("ours", "theirs"), [([], []), ([[1.0]], []), ([[1.0], []], [[1.0], [1.0]])])
def test_blocks_without_a_partner_are_refused(ours: list[list[float]], theirs: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="pairs"):
        compare_blocks(ours, theirs, percentile(0.5), ratio)


def test_values_without_a_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="pairs"):
        compare_pairs([1.0], [1.0, 2.0], 0.5)
    with pytest.raises(ValueError, match="no values"):
        estimate_percentile([], 0.5)
