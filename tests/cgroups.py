"""The cgroups that a process has made, looked for while others beside it make and remove theirs."""

from __future__ import annotations

import glob


def pools_of(pid: int) -> list[str]:
    """Directories of its pools, in every hierarchy; ``sandbox.cgroups`` names them after the process."""
    # Path.glob raises where a folder goes while it looks; this one passes over it.
    return glob.glob(f"/sys/fs/cgroup/**/renderserver-*-{pid}-*/", recursive=True)


def slots_of(pid: int) -> list[str]:
    """Directories of its pools' slots, likewise."""
    return [slot for pool in pools_of(pid) for slot in glob.glob(f"{pool}*/")]
