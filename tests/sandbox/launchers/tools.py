"""Which launchers can be tried on this host."""

from __future__ import annotations

import os

import pytest

from sandbox.exceptions import SandboxError
from sandbox.launchers import NAMES
from sandbox.launchers.registry import LAUNCHERS


def absent(name: str) -> str | None:
    """Why a launcher cannot be tried here; None where it can."""
    launcher = LAUNCHERS[name]
    if launcher.needs_root and os.geteuid() != 0:
        return f"{name} needs root"
    try:
        launcher.executable()
    except SandboxError as error:
        return error.detail
    return None


def every_launcher() -> list[object]:
    """For parametrize: each one, skipped with the reason where it cannot be had."""
    why = {name: absent(name) for name in NAMES}
    return [
        pytest.param(name, marks=pytest.mark.skipif(why[name] is not None, reason=why[name] or "")) for name in NAMES
    ]
