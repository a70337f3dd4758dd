"""The start of a fork server: load, give up every privilege, and prove on a first worker that the lock holds."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator, Sequence

from sandbox import messages
from sandbox.composition import enter
from sandbox.exceptions import SandboxError
from sandbox.forkserver.firstworker import lock_one, look_at_one
from sandbox.forkserver.pool import Pool
from sandbox.forkserver.server import ServerLoop, tell
from sandbox.mechanisms import arena, capabilities
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.messages import Tag
from sandbox.policy.model import SandboxPolicy, waive
from sandbox.spec import NATIVE, Confinement, WorkerSpec
from sandbox.workers import rehearsal
from sandbox.workers.cpu import CpuWorkers
from sandbox.workers.entry import Entry, load_entry
from sandbox.workers.gpu import GpuWorkers
from sandbox.workers.kind import WorkerKind


def main(argv: list[str]) -> int:
    channel = socket.socket(fileno=int(argv[1]))
    data, _ = messages.receive(channel)
    if not data:  # the client has gone before it sent one
        return 0
    configuration = messages.decode(data).said
    spec = WorkerSpec.from_json(configuration["spec"])
    try:
        pool, layers, exercises = prepare(spec, [CgroupSlot.from_json(slot) for slot in configuration["slots"]])
    except SandboxError as error:
        tell(channel, Tag.REFUSED, layer=error.layer, detail=error.detail, hint=error.hint)
        return 1
    server = ServerLoop(channel, pool, exercises)
    tell(channel, Tag.READY, layers=layers, device=pool.device, exercised=exercises is None)
    server.run()
    return 0


def prepare(spec: WorkerSpec, slots: Sequence[CgroupSlot] = ()) -> tuple[Pool, tuple[str, ...], Iterator[None] | None]:
    """Load, give up every privilege, and prove on a worker that does nothing that the lock holds."""
    if spec.kind is Confinement.LOCKED:
        arena.settle()
    entry = load_entry(spec.entry, spec.entry_options)
    entry.preload()
    proc_fd = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)  # the tree will have none
    _require_single_thread(proc_fd)
    kind = _workers(spec, entry)
    _require_single_thread(proc_fd)
    os.close(proc_fd)
    # Objects made so far live as long as the server: out of the collector's sight, so that no worker's collection
    # touches (and copies) the pages they are on. What was free on the way is given back: a fork would copy it too.
    gc.collect()
    gc.freeze()
    arena.trim()
    if spec.kind is Confinement.LOCKED:
        arena.plug()
    pool = Pool(kind, size=spec.pool, warm_wall_s=spec.warm_wall_s, slots=slots)
    layers = lock_one(pool, kind) if isinstance(kind, CpuWorkers) else look_at_one(pool)
    inherits = isinstance(kind, GpuWorkers) and kind.inherited is not None
    return pool, layers, entry.exercises() if inherits else None


def _workers(spec: WorkerSpec, entry: Entry) -> WorkerKind:
    if spec.kind is Confinement.LOCKED:
        return _cpu_workers(spec, entry)
    return _gpu_workers(spec, entry) if spec.launcher == NATIVE else _launched_workers(spec, entry)


def _cpu_workers(spec: WorkerSpec, entry: Entry) -> CpuWorkers:
    enter.renounce(spec.uid, spec.gid)
    return CpuWorkers(entry, waive(spec.make_policy(), spec.waived), unsandboxed=spec.unsandboxed)


def _launched_workers(spec: WorkerSpec, entry: Entry) -> WorkerKind:
    # Here, as every fork pays for what its fork server has loaded.
    from sandbox.launchers.launched import LaunchedWorkers  # noqa: PLC0415

    needs, policy = _rehearse(spec, entry)
    return LaunchedWorkers(spec, policy, needs)


def _rehearse(spec: WorkerSpec, entry: Entry) -> tuple[rehearsal.Needs, SandboxPolicy]:
    needs = rehearsal.rehearse(entry, uid=spec.uid, gid=spec.gid)
    return needs, waive(spec.make_policy(jit=needs.software, devices=needs.devices), spec.waived)


def _gpu_workers(spec: WorkerSpec, entry: Entry) -> GpuWorkers:
    needs, policy = _rehearse(spec, entry)
    prepared: enter.Prepared | None = None
    if spec.unsandboxed:
        capabilities.become(spec.uid, spec.gid)
    else:
        prepared = enter.prepare(
            policy, needs.files, mounts=spec.mounts, devices=needs.devices, uid=spec.uid, gid=spec.gid
        )
    return GpuWorkers(entry, policy, prepared, entry.probe() if needs.forkable else None)


def _require_single_thread(proc_fd: int) -> None:
    """A fork copies the calling thread alone: a lock that another one holds would stay locked in every worker."""
    tasks = os.open("self/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=proc_fd)
    threads = len(os.listdir(tasks))
    os.close(tasks)
    if threads != 1:
        raise SandboxError("forkserver", f"it has {threads} threads after loading; something it imported starts them")
