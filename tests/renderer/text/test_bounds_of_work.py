"""A hostile text costs time in proportion to its length: no rule here may look at everything again and again.

The limits are far above what is needed (a loaded machine) and far below what a quadratic rule would take.
"""

from __future__ import annotations

import time

import pytest

from tests.renderer.text.words import lay

LENGTH = 40_000
LIMIT_S = 15.0


@pytest.mark.parametrize(
    "unit",
    [
        "word ",
        "a",
        " ",
        "\t",
        "\u0301",
        "\u200d",
        "\U0001f600",
        "\U0001f1e9",
        "\u0633\u0644 ",
        "a\u0628",
        "\u2068",
        "(\u05d0",
        "\U0010fffd",
        "\u1100",
        "\ud800",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("width", [0.0, 400.0, 1e7])
def test_time_grows_with_the_length_only(unit: str, width: float) -> None:
    started = time.perf_counter()
    lay(unit * (LENGTH // len(unit)), width)
    assert time.perf_counter() - started < LIMIT_S
