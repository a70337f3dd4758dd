"""Percentiles of latencies: HDR histograms (Gil Tene), so that runs can be added up and read by other tools.

Three significant digits, from a microsecond to ten minutes. Where the library has no wheel the percentiles come from
the sorted values, which are exact and cannot be passed on.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

try:
    with warnings.catch_warnings():
        # Python 3.14 wants a packed structure to say its layout; the library's do not, and mean what they get.
        warnings.filterwarnings("ignore", "Due to '_pack_'", DeprecationWarning)
        from hdrh.histogram import HdrHistogram
except ImportError:  # not on this architecture
    HdrHistogram = None

_MOST_US: Final = 600_000_000
_DIGITS: Final = 3
SHARES: Final = (0.5, 0.9, 0.95, 0.99, 0.999, 1.0)


@dataclass(frozen=True, slots=True)
class Latencies:
    """``percentiles_ms``: by share, 0.5 the median; ``encoded``: the histogram in HdrHistogram's own form (base64), of
    microseconds; None where there is no library for it."""

    count: int
    percentiles_ms: dict[float, float]
    encoded: str | None


def summarise(values_ms: Sequence[float]) -> Latencies:
    if not values_ms:
        return Latencies(0, {}, None)
    if HdrHistogram is None:
        return Latencies(len(values_ms), _sorted(values_ms), None)
    histogram = HdrHistogram(1, _MOST_US, _DIGITS)
    for value in values_ms:
        histogram.record_value(min(_MOST_US, max(1, round(value * 1000))))
    found = {share: histogram.get_value_at_percentile(share * 100) / 1000 for share in SHARES}
    encoded = histogram.encode()
    return Latencies(len(values_ms), found, encoded.decode() if isinstance(encoded, bytes) else encoded)


def _sorted(values_ms: Sequence[float]) -> dict[float, float]:
    ordered = sorted(values_ms)
    return {share: ordered[max(0, -int(-share * len(ordered) // 1) - 1)] for share in SHARES}
