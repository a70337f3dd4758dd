"""The start of a fork server: load, give up every privilege, and prove on a first worker that the lock holds."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox import messages
from sandbox.composition import enter
from sandbox.exceptions import SandboxError
from sandbox.forkserver.firstworker import lock_one, look_at_one
from sandbox.forkserver.pool import Pool
from sandbox.forkserver.server import ServerLoop, tell
from sandbox.launchers import NATIVE
from sandbox.mechanisms import arena, capabilities
from sandbox.mechanisms.cgroups import CgroupSlot
from sandbox.mechanisms.seccomp import compile_filter
from sandbox.messages import Tag
from sandbox.policy.gpu import gpu
from sandbox.policy.model import SandboxPolicy, sealed, waive
from sandbox.workers import rehearsal
from sandbox.workers.cpu import CpuWorkers
from sandbox.workers.entry import Entry, load_entry
from sandbox.workers.gpu import GpuWorkers
from sandbox.workers.kind import WorkerKind


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """What the client sends first. ``uid``/``gid``: who the server becomes when it was started by root."""

    path: str
    entry: str
    entry_options: dict[str, object] = field(default_factory=dict)
    level: str = "strict"
    launcher: str = NATIVE
    pool: int = 2
    uid: int = 65532
    gid: int = 65532
    waived: tuple[str, ...] = ()
    unsandboxed: bool = False
    slots: tuple[dict[str, Any], ...] = ()
    mounts: tuple[tuple[str, str], ...] = ()
    warm_wall_s: float = 60.0


def main(argv: list[str]) -> int:
    channel = socket.socket(fileno=int(argv[1]))
    config = _configuration(channel)
    if config is None:
        return 0
    try:
        pool, layers, exercises = prepare(config)
    except SandboxError as error:
        tell(channel, Tag.REFUSED, layer=error.layer, detail=error.detail, hint=error.hint)
        return 1
    server = ServerLoop(channel, pool, exercises)
    tell(channel, Tag.READY, layers=layers, device=pool.device, exercised=exercises is None)
    server.run()
    return 0


def _configuration(channel: socket.socket) -> ServerConfig | None:
    """None when the client has gone before it sent one."""
    data, _ = messages.receive(channel)
    return ServerConfig(**messages.decode(data).said) if data else None


def prepare(config: ServerConfig) -> tuple[Pool, tuple[str, ...], Iterator[None] | None]:
    """Load, give up every privilege, and prove on a worker that does nothing that the lock holds."""
    if config.path == "cpu":
        arena.settle()
    entry = load_entry(config.entry, config.entry_options)
    entry.preload()
    proc_fd = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)  # the tree will have none
    _require_single_thread(proc_fd)
    kind = _workers(config, entry)
    _require_single_thread(proc_fd)
    os.close(proc_fd)
    # Objects made so far live as long as the server: out of the collector's sight, so that no worker's collection
    # touches (and copies) the pages they are on. What was free on the way is given back: a fork would copy it too.
    gc.collect()
    gc.freeze()
    arena.trim()
    if config.path == "cpu":
        arena.plug()
    slots = tuple(CgroupSlot.from_json(slot) for slot in config.slots)
    pool = Pool(kind, size=config.pool, warm_wall_s=config.warm_wall_s, slots=slots)
    layers = lock_one(pool, kind) if isinstance(kind, CpuWorkers) else look_at_one(pool)
    inherits = isinstance(kind, GpuWorkers) and kind.inherited is not None
    return pool, layers, entry.exercises() if inherits else None


def _workers(config: ServerConfig, entry: Entry) -> WorkerKind:
    if config.path == "cpu":
        return _cpu_workers(config, entry)
    return _gpu_workers(config, entry) if config.launcher == NATIVE else _launched_workers(config, entry)


def _cpu_workers(config: ServerConfig, entry: Entry) -> CpuWorkers:
    enter.renounce(config.uid, config.gid)
    waived = frozenset(config.waived)
    return CpuWorkers(entry, level=config.level, unsandboxed=config.unsandboxed, waived=waived)


def _launched_workers(config: ServerConfig, entry: Entry) -> WorkerKind:
    # Here, as every fork pays for what its fork server has loaded.
    from sandbox.launchers.launched import LaunchedWorkers, Orders  # noqa: PLC0415

    needs, policy = _rehearse(config, entry)
    orders = Orders(
        entry=config.entry,
        entry_options=config.entry_options,
        jit=needs.software,
        devices=needs.devices,
        waived=config.waived,
        files=needs.files,
        sealed=compile_filter(sealed(policy).syscalls),
    )
    ids = (config.uid, config.gid)
    return LaunchedWorkers(config.launcher, policy, needs, orders, mounts=config.mounts, ids=ids)


def _rehearse(config: ServerConfig, entry: Entry) -> tuple[rehearsal.Needs, SandboxPolicy]:
    needs = rehearsal.rehearse(entry, uid=config.uid, gid=config.gid)
    return needs, waive(gpu(jit=needs.software, devices=needs.devices), frozenset(config.waived))


def _gpu_workers(config: ServerConfig, entry: Entry) -> GpuWorkers:
    needs, policy = _rehearse(config, entry)
    prepared: enter.Prepared | None = None
    if config.unsandboxed:
        capabilities.become(config.uid, config.gid)
    else:
        prepared = enter.prepare(
            policy, needs.files, mounts=config.mounts, devices=needs.devices, uid=config.uid, gid=config.gid
        )
    return GpuWorkers(entry, policy, prepared, entry.probe() if needs.forkable else None)


def _require_single_thread(proc_fd: int) -> None:
    """A fork copies the calling thread alone: a lock that another one holds would stay locked in every worker."""
    tasks = os.open("self/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=proc_fd)
    threads = len(os.listdir(tasks))
    os.close(tasks)
    if threads != 1:
        raise SandboxError("forkserver", f"it has {threads} threads after loading; something it imported starts them")
