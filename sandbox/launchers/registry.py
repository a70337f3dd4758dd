"""Every launcher by its name. Not in the package's own file: a fork server that needs none of them loads none."""

from __future__ import annotations

import os
from typing import Final

from sandbox.exceptions import LayerUnavailableError
from sandbox.launchers import NAMES
from sandbox.launchers.bubblewrap import BUBBLEWRAP
from sandbox.launchers.firejail import FIREJAIL
from sandbox.launchers.model import Launcher
from sandbox.launchers.nsjail import NSJAIL
from sandbox.launchers.oci import CRUN, RUNC

_ALL: Final = {launcher.name: launcher for launcher in (NSJAIL, BUBBLEWRAP, FIREJAIL, CRUN, RUNC)}
LAUNCHERS: Final[dict[str, Launcher]] = {name: _ALL[name] for name in NAMES}


def installed() -> tuple[str, ...]:
    """The names of those that can be used here, by whoever we are."""
    return tuple(name for name, launcher in LAUNCHERS.items() if absent(launcher) is None)


def absent(launcher: Launcher) -> str | None:
    """Why it cannot be used here; None where it can."""
    if os.path.realpath(__file__).startswith("/tmp/"):
        return "this program lies below /tmp, and a launched worker, which loads it, has an empty /tmp of its own"
    if launcher.needs_root and os.geteuid() != 0:
        return f"{launcher.name} maps ids that only root may map"
    try:
        launcher.executable()
    except LayerUnavailableError as error:
        return error.detail
    return None
