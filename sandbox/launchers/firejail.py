"""firejail, which starts from the whole of what is there and hides: its worker's root is the launch server's."""

from __future__ import annotations

import os
from typing import Final

from sandbox.export import firejail
from sandbox.export.model import Program
from sandbox.launchers import CHANNEL_FD
from sandbox.launchers.find import installed
from sandbox.launchers.model import Command, Launcher, Site
from sandbox.policy import SandboxPolicy


def executable() -> str:
    return installed("firejail", "firejail (Debian)")


def command(policy: SandboxPolicy, program: Program, site: Site) -> Command:
    path = os.path.join(site.scratch, "worker.profile")
    with open(path, "wb") as file:
        file.write(firejail.export(policy, program).files[0].content)
    options = ("--quiet", "--keep-fd=" + str(CHANNEL_FD), f"--profile={path}")
    return Command((executable(), *options, "--", *program.argv), ids=site.ids)


FIREJAIL: Final = Launcher("firejail", executable, command, lacks=frozenset({"cgroupns", "mountns"}), own_tree=False)
