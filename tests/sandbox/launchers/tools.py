"""Which launchers can be tried on this host."""

from __future__ import annotations

import pytest

from sandbox.launchers import NAMES
from sandbox.launchers.registry import LAUNCHERS, absent


def every_launcher() -> list[object]:
    """For parametrize: each one, skipped with the reason where it cannot be had."""
    return [pytest.param(name, marks=unless_absent(name)) for name in NAMES]


def unless_absent(name: str) -> pytest.MarkDecorator:
    missing = absent(LAUNCHERS[name])
    return pytest.mark.skipif(missing is not None, reason=f"{name}: {missing.detail}" if missing else "")
