"""The same render sandboxed and not, on both paths, through real fork servers: with a worker that waits, and with none.

The document is a phone screen of 63 nodes at twice its size. What a launcher other than our own costs would be one more
configuration here.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from benchmarks.documents import screen
from benchmarks.fleet import configuration, fleet, header
from benchmarks.sampling import Collected, Effort, interleave
from sandbox.exceptions import SandboxError
from sandbox.spec import WorkerSpec

_REST_S = 0.15


def collect(effort: Effort) -> Collected:
    document, head = screen(), header(scale=2)
    wanted = {**_configurations("cpu"), **_configurations("gpu")}
    absent: dict[str, str] = {}
    try:
        with fleet(wanted) as started:
            candidates = {name: partial(started.render, name, head, document, rest_s=_REST_S) for name in wanted}
            return Collected(interleave(candidates, effort), absent=absent)
    except SandboxError as error:  # no GPU path on this machine, say: what is left is still worth knowing
        absent["gpu"] = str(error)
        wanted = _configurations("cpu")
        with fleet(wanted) as started:
            candidates = {name: partial(started.render, name, head, document, rest_s=_REST_S) for name in wanted}
            return Collected(interleave(candidates, effort), absent=absent)


def _configurations(path: str) -> dict[str, WorkerSpec]:
    usual = configuration(path)
    bare = replace(usual, unsandboxed=True)
    found = {
        f"{path}: no sandbox": bare,
        f"{path}: sandbox": usual,
        f"{path}: no sandbox, pool empty": replace(bare, pool=0),
        f"{path}: sandbox, pool empty": replace(usual, pool=0),
    }
    return found | ({"cpu: level compute": replace(usual, policy="cpu-compute")} if path == "cpu" else {})
