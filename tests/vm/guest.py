"""In the guest: the steps of a plan, one after the other, each bounded in time; what they say goes to the host.

``python -m tests.vm.guest PLAN OUT``: PLAN is a JSON list of steps; for each, ``OUT/<name>.log`` gets what it prints,
and ``OUT/<name>.status`` its exit status and the seconds it took, once it has ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

_CGROUPS: Final = Path("/sys/fs/cgroup")
# An emulated processor is slow, and that is no finding.
_PATIENCE: Final = {"RENDERSERVER_CPU_S": "600", "RENDERSERVER_WALL_S": "600", "TEST_PATIENCE": "8"}
_DELEGATED: Final = ("", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads")


def main(plan: Path, out: Path) -> None:
    for step in json.loads(plan.read_text()):
        started = time.monotonic()
        status = run(step, out)
        sys.stderr.write(f"vm: {step['name']}: {status} after {time.monotonic() - started:.0f} s\n")
        (out / f"{step['name']}.status").write_text(f"{status} {time.monotonic() - started:.0f}")


def run(step: dict[str, Any], out: Path) -> int | str:
    """The exit status, or "timeout": then everything that was started is gone."""
    command = [sys.executable, *step["arguments"]]
    settings = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", **_PATIENCE, **step["environment"]}
    environment = os.environ | settings
    with (out / f"{step['name']}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: _enter(_CGROUPS / step["name"], step["uid"]),  # noqa: PLW1509 - there is one thread
        )
        try:
            return process.wait(step["timeout_s"])
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return "timeout"


def _enter(cgroup: Path, uid: int) -> None:
    """Into a cgroup of its own where they are v2's, delegated to the user that the step runs as; and become them."""
    if (_CGROUPS / "cgroup.controllers").exists():
        cgroup.mkdir()
        (cgroup / "cgroup.procs").write_text("0")
        for name in _DELEGATED:
            os.chown(cgroup / name, uid, uid)
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
