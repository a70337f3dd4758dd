"""Every launcher by its name. Not in the package's own file: a fork server that needs none of them loads none."""

from __future__ import annotations

from typing import Final

from sandbox.launchers import NAMES
from sandbox.launchers.bubblewrap import BUBBLEWRAP
from sandbox.launchers.firejail import FIREJAIL
from sandbox.launchers.model import Launcher
from sandbox.launchers.nsjail import NSJAIL
from sandbox.launchers.oci import CRUN, RUNC

_ALL: Final = {launcher.name: launcher for launcher in (NSJAIL, BUBBLEWRAP, FIREJAIL, CRUN, RUNC)}
LAUNCHERS: Final[dict[str, Launcher]] = {name: _ALL[name] for name in NAMES}
