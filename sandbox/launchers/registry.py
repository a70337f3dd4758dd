"""Every launcher by its name. Not in the package's own file: a fork server that needs none of them loads none."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from typing import Final

from sandbox.exceptions import LayerUnavailableError
from sandbox.launchers import NAMES
from sandbox.launchers.bubblewrap import BUBBLEWRAP
from sandbox.launchers.find import LAYER
from sandbox.launchers.firejail import FIREJAIL
from sandbox.launchers.model import Launcher
from sandbox.launchers.nsjail import NSJAIL
from sandbox.launchers.oci import CRUN, RUNC
from sandbox.launchers.site import program
from sandbox.mechanisms.mounts import lies_in

_ALL: Final = {launcher.name: launcher for launcher in (NSJAIL, BUBBLEWRAP, FIREJAIL, CRUN, RUNC)}
_WORKERS_OWN: Final = "/tmp"  # through every launcher, an empty one
_NATIVE_CAN: Final = "the native launcher needs none of this"
LAUNCHERS: Final[dict[str, Launcher]] = {name: _ALL[name] for name in NAMES}


def installed() -> tuple[str, ...]:
    """The names of those that can be used here, by whoever we are."""
    return tuple(name for name, launcher in LAUNCHERS.items() if absent(launcher) is None)


def absent(launcher: Launcher) -> LayerUnavailableError | None:
    """Why it cannot be used here, and what to do about it; None where it can."""
    missing = out_of_sight(launcher, program())
    if missing is not None:
        return missing
    if launcher.needs_root and os.geteuid() != 0:
        return LayerUnavailableError(LAYER, f"{launcher.name} maps ids that only root may map", _NATIVE_CAN)
    try:
        launcher.executable()
        launcher.check()
    except LayerUnavailableError as error:
        return error
    return None


def out_of_sight(launcher: Launcher, paths: Iterable[str]) -> LayerUnavailableError | None:
    """Why a worker would not see one of these; None where it would see them all."""
    for path, folder in itertools.product(paths, (_WORKERS_OWN, *launcher.hides)):
        if lies_in(path, folder):
            detail = f"a launched worker needs something that lies below {folder}: {launcher.name} hides what is there"
            return LayerUnavailableError(LAYER, detail, _NATIVE_CAN)
    return None
