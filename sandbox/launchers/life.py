"""A launched worker's life once its libraries can be found: what is left to give up, ready, one job."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Mapping
from typing import Any, NoReturn

from sandbox.composition import enter
from sandbox.exceptions import SandboxError
from sandbox.export.start import with_start
from sandbox.mechanisms import landlock, rlimits, seccomp, syscalls
from sandbox.mechanisms.landlock import LandlockPolicy
from sandbox.policy.descriptors import INPUT_FD
from sandbox.policy.model import SandboxPolicy, waive
from sandbox.spec import WorkerSpec
from sandbox.workers import life
from sandbox.workers.entry import Entry, load_entry
from sandbox.workers.gpu import serve
from sandbox.workers.process import EXIT_BROKEN, EXIT_MEMORY, default_signals, say_nothing
from sandbox.workers.progress import Progress


def live(channel: socket.socket, page: int, orders: Mapping[str, Any], sealed: bytes) -> NoReturn:
    """``page``: descriptor of the progress page; ``sealed``: the second filter."""
    status = EXIT_BROKEN
    try:
        default_signals()
        say_nothing()
        progress = Progress(page)
        os.close(page)
        channel = _keep_only(channel)
        entry = _get_ready(channel, orders, sealed)
        if entry is not None:
            status = serve(entry, channel, progress)
    except MemoryError:
        status = EXIT_MEMORY
    finally:
        os._exit(status)


def _keep_only(channel: socket.socket) -> socket.socket:
    """Whatever else the tool has left open is closed."""
    enter.keep_only((channel.detach(),))
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=INPUT_FD)


def _get_ready(channel: socket.socket, orders: Mapping[str, Any], sealed: bytes) -> Entry | None:
    """None when it could not, after saying why."""
    try:
        entry, facts = _load(orders, sealed)
    except SandboxError as error:
        life.refuse(channel, error.layer, error.detail, error.hint)
        return None
    except Exception as error:  # noqa: BLE001 - whatever a driver's bindings raise: the operator has to read it
        life.refuse(channel, *life.broken(error))
        return None
    life.say(channel, ready=facts)
    return entry


def _load(orders: Mapping[str, Any], sealed: bytes) -> tuple[Entry, dict[str, object]]:
    spec, needs = WorkerSpec.from_json(orders["spec"]), orders["needs"]
    policy = waive(spec.make_policy(jit=needs["software"], devices=tuple(needs["devices"])), spec.waived)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    life.reserve_descriptors()
    rlimits.apply(policy.rlimits)
    _restrict(policy, with_start(policy).landlock)
    entry = load_entry(spec.entry, spec.entry_options)
    entry.preload()
    facts = entry.warm()
    _restrict(policy, enter.holding(policy.landlock, orders["readable"]))  # on top: Python's own files are read
    seccomp.install(sealed, all_threads=True)
    life.free_job_descriptors()  # last: Landlock opens files of its own
    return entry, facts


def _restrict(policy: SandboxPolicy, objects: LandlockPolicy | None) -> None:
    """No tool has a word for this. What one should have done and did not, the read-back finds."""
    version = 0 if policy.waives(landlock.LAYER) else landlock.abi()
    if objects is not None and version:
        landlock.restrict(objects, version)
        landlock.prove(objects)
