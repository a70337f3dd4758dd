"""Which launchers can be tried on this host."""

from __future__ import annotations

import pytest

from sandbox.launchers import NAMES
from sandbox.launchers.registry import LAUNCHERS, absent


def every_launcher() -> list[object]:
    """For parametrize: each one, skipped with the reason where it cannot be had."""
    why = {name: absent(LAUNCHERS[name]) for name in NAMES}
    return [
        pytest.param(name, marks=pytest.mark.skipif(why[name] is not None, reason=why[name] or "")) for name in NAMES
    ]
