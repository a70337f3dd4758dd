"""For a tool that starts from the root it finds: the tree becomes the launch server's own root.

It gets what such a tool expects of a system: /proc, /dev, /sys, places to write, and a name for the worker's user.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Final

from sandbox.exceptions import layer
from sandbox.launchers.model import Site
from sandbox.mechanisms import mounts, syscalls
from sandbox.mechanisms.syscalls import MS_BIND, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY, MS_REC

_SCRATCH: Final = "/run/launch"
_USERS: Final = {
    "passwd": "root:x:0:0::/:/usr/sbin/nologin\nrender:x:{uid}:{gid}::/nonexistent:/bin/sh\n",
    "group": "root:x:0:\nrender:x:{gid}:\n",
}


def go_in(place: Site) -> Site:
    """Needs to be root of a private mount namespace. The old root is let go of."""
    with layer(mounts.LAYER):
        _furnish(place.tree)
        mounts.pivot(place.tree)
        os.mkdir(_SCRATCH, 0o755)
        for name, text in _USERS.items():
            _replace(f"/etc/{name}", text.format(uid=place.ids[0], gid=place.ids[1]))
    return replace(place, tree="/", scratch=_SCRATCH)


def _furnish(tree: str) -> None:
    quiet = MS_NOSUID | MS_NODEV | MS_NOEXEC
    syscalls.mount("proc", f"{tree}/proc", "proc", quiet)
    syscalls.mount("/dev", f"{tree}/dev", None, MS_BIND | MS_REC)
    syscalls.mount("sysfs", f"{tree}/sys", "sysfs", quiet | MS_RDONLY)
    for name, mode in (("run", "0755"), ("tmp", "1777"), ("var", "0755")):
        if name != "var" or not os.listdir(f"{tree}/var"):  # the program itself may lie in /var
            syscalls.mount("tmpfs", f"{tree}/{name}", "tmpfs", quiet, f"mode={mode},size=4m")


def _replace(path: str, text: str) -> None:
    """Cover one file by another."""
    own = os.path.join(_SCRATCH, os.path.basename(path))
    with open(own, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(own, 0o644)
    syscalls.mount(own, path, None, MS_BIND)
