"""Where a tool is installed."""

from __future__ import annotations

import os
import shutil

from sandbox.exceptions import LayerUnavailableError

LAYER = "launcher"


def installed(name: str, package: str) -> str:
    """The path of a program. Raises LayerUnavailableError naming the package it comes in."""
    path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin")))
    if path is None:
        raise LayerUnavailableError(LAYER, f"{name} is not installed", f"install {package}")
    return os.path.realpath(path)
