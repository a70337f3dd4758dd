"""bubblewrap, which is made for ordinary users: it is one here, too."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Final

from sandbox.export import bubblewrap
from sandbox.export.model import Program
from sandbox.launchers.find import installed
from sandbox.launchers.model import Command, Launcher, Site
from sandbox.mechanisms import namespaces
from sandbox.policy.model import Mount, SandboxPolicy


def executable() -> str:
    return installed("bwrap", "bubblewrap (Debian)")


def command(policy: SandboxPolicy, program: Program, site: Site) -> Command:
    if not namespaces.nested_can_be_forbidden():  # it would not start anything
        policy = replace(policy, nested_user_namespaces=True)
    policy = replace(policy, mounts=tuple(_read_only(mount, site) for mount in policy.mounts))
    main, _, bpf = bubblewrap.export(policy, program).files
    path = os.path.join(site.scratch, bpf.name)
    with open(path, "wb") as file:
        file.write(bpf.content)
    argv = json.loads(main.content)["argv"]
    return Command((executable(), *argv[1:]), files=((path, bubblewrap.SECCOMP_FD),), ids=site.ids)


def _read_only(mount: Mount, site: Site) -> Mount:
    """A device as the tree has it, which is read-only already."""
    return replace(mount, source=site.tree + mount.target) if mount.target.startswith("/dev/") else mount


BUBBLEWRAP: Final = Launcher("bubblewrap", executable, command)
