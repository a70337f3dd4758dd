"""firejail, which starts from the whole of what is there and hides. So what is there is the tree, and little else."""

from __future__ import annotations

import contextlib
import os
import subprocess
from dataclasses import replace
from typing import Final

from sandbox.exceptions import LayerUnavailableError
from sandbox.export import firejail
from sandbox.export.model import Program
from sandbox.launchers import CHANNEL_FD
from sandbox.launchers.find import LAYER, installed
from sandbox.launchers.model import Command, Launcher, Site
from sandbox.policy.model import SandboxPolicy

# What firejail itself reads: its helpers, its settings, who its user is.
_INSIDE: Final = ("/usr", "/etc")
_ADDS: Final = ("/dev", "/etc", "/home", "/proc", "/run", "/sys", "/usr/etc", "/var")
_DEVICES: Final = frozenset(
    {"fd", "full", "log", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty"}  # of its private-dev
)
_START_S: Final = 10


def executable() -> str:
    return installed("firejail", "firejail (Debian)")


def check() -> None:
    """It looks for kernel threads in /proc. Where it finds none, as in any container, it takes itself for being in a
    sandbox already and starts the program in none. What it believes is found out by having it start one."""
    ours = os.readlink("/proc/self/ns/pid")
    if _started("readlink", "/proc/self/ns/pid") == ours:
        detail = "firejail sees no kernel threads here, takes that for a sandbox, and would start a worker without one"
        raise LayerUnavailableError(LAYER, detail, "another launcher, or a server in the machine's own pid namespace")


def _started(*program: str) -> str:
    """What the program says, started by firejail as a worker is; nothing where it cannot be started, which firejail
    itself then gives the reason for."""
    argv = (executable(), "--quiet", "--noprofile", "--", *program)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        run = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={"PATH": os.defpath},
            timeout=_START_S,
            check=False,
        )
        return run.stdout.strip()
    return ""


def command(policy: SandboxPolicy, program: Program, site: Site) -> Command:
    path = os.path.join(site.scratch, "worker.profile")
    with open(path, "wb") as file:
        file.write(firejail.export(policy, _from_the_root(program, site), deny="EPERM").files[0].content)
    options = ("--quiet", "--keep-fd=" + str(CHANNEL_FD), f"--profile={path}")
    return Command((executable(), *options, "--", "exec", *program.argv), ids=site.ids, set_uid=True)


def _from_the_root(program: Program, site: Site) -> Program:
    """Its shell is told where it is: asked, the filter would refuse to say, and it would complain."""
    return replace(program, files=site.files, environment=(*program.environment, ("PWD", "/")))


FIREJAIL: Final = Launcher(
    "firejail",
    executable,
    command,
    lacks=frozenset({"cgroupns"}),
    inside=_INSIDE,
    adds=_ADDS,
    devices=_DEVICES,
    empty=("/dev", "/home", "/proc", "/root", "/run", "/sys", "/var"),
    needs_root=True,
    hides=("/boot", "/dev", "/run"),
    check=check,
)
