"""A seccomp profile for ``docker run --security-opt seccomp=FILE`` and ``podman run`` (the same option)."""

from __future__ import annotations

import json
from typing import Final

from sandbox.export.gaps import Can, gaps
from sandbox.export.model import Export, Program, text_file
from sandbox.export.oci_seccomp import seccomp
from sandbox.policy.model import SandboxPolicy

_CAN: Final = frozenset({Can.ARGUMENTS, Can.ANSWERS})
_RUNC: Final = "runc answers ENOSYS, rather than kill, for calls with a number above every one named here"


def export(policy: SandboxPolicy, program: Program) -> Export:
    """The filter alone: what else a policy says is said by other options of ``docker run``. ``program`` has no say."""
    del program
    missing = (*gaps(policy, _CAN), _RUNC)
    profile = {
        "comment": f"renderserver's policy {policy.name}; made by `renderserver policy export docker`",
        "notExpressed": list(missing),
        **seccomp(policy, comments=True),
    }
    return Export((text_file(f"{policy.name}.seccomp.json", json.dumps(profile, indent=2) + "\n"),), missing)
