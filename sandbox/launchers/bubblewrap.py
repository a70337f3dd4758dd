"""bubblewrap, which is made for ordinary users: it is one here, too."""

from __future__ import annotations

import json
import os
from typing import Final

from sandbox.export import bubblewrap
from sandbox.export.model import Program
from sandbox.launchers.find import installed
from sandbox.launchers.model import Command, Launcher, Site
from sandbox.policy import SandboxPolicy


def executable() -> str:
    return installed("bwrap", "bubblewrap (Debian)")


def command(policy: SandboxPolicy, program: Program, site: Site) -> Command:
    main, _, bpf = bubblewrap.export(policy, program).files
    path = os.path.join(site.scratch, bpf.name)
    with open(path, "wb") as file:
        file.write(bpf.content)
    argv = json.loads(main.content)["argv"]
    return Command((executable(), *argv[1:]), files=((path, bubblewrap.SECCOMP_FD),), ids=site.ids)


BUBBLEWRAP: Final = Launcher("bubblewrap", executable, command)
