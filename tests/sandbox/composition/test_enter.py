"""The full composition, entered for real and looked at from outside; and refusals, one for each layer left out."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sandbox.composition import enter, readback
from sandbox.composition.enter import Prepared
from sandbox.exceptions import LayerFailedError, SandboxError
from sandbox.mechanisms import capabilities, landlock, mounts, seccomp, syscalls
from sandbox.mechanisms.cgroups import CgroupPool
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.cpu import CPU_COMPUTE, CPU_STRICT
from sandbox.policy.gpu import GPU
from sandbox.policy.model import SandboxPolicy, waive
from sandbox.workers import rehearsal
from tests.host import NO_LANDLOCK, alive
from tests.sandbox import forked
from tests.sandbox.entries import errno_of_opening
from tests.sandbox.forked import Composition

NO_CGROUP = waive(GPU, frozenset({"cgroup"}) | NO_LANDLOCK)
PROC_FD = os.open("/proc", os.O_PATH)
HAS_TIME = os.path.exists("/proc/self/ns/time")
GPU_LAYERS = (
    *("userns", "pidns", "mountns", "netns", "ipcns", "utsns", "cgroupns"),
    *(("timens",) if HAS_TIME else ()),
    *("capabilities", "no-new-privs"),
    *(("landlock",) if landlock.abi() else ()),
    "seccomp",
)


def one_worker(action: Callable[[], object], policy: SandboxPolicy = NO_CGROUP, **options: Any) -> dict[str, Any]:
    """What one worker of a fresh composition did and what was seen of it."""

    def go() -> object:
        result = Composition(policy).run(action, **options)
        return {**vars(result), "layers": list(result.layers), "killed": result.killed_by_filter}

    found: dict[str, Any] = forked.run(go)
    return found


def test_every_layer_is_in_force_and_reported_in_order() -> None:
    found = one_worker(lambda: "done")
    assert found["trouble"] == ""
    assert tuple(found["layers"]) == GPU_LAYERS
    assert found["said"] == "done"
    assert found["facts"]["landlock_abi"] == landlock.abi()


def test_with_a_cgroup_that_is_reported_too(cgroups: CgroupPool) -> None:
    slot = cgroups.slots[0]
    found = one_worker(lambda: 1, replace(waive(GPU, NO_LANDLOCK), cgroup=slot.limits), slot=slot)
    assert found["trouble"] == ""
    assert slot.layer in found["layers"]
    assert found["layers"].index(slot.layer) == found["layers"].index("capabilities") - 1


def test_the_fork_server_itself_is_left_with_no_power() -> None:
    def go() -> object:
        prepared = Composition(NO_CGROUP).prepared
        status = readback.status_of(os.getpid(), prepared.proc_fd)
        sets = [status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
        return [
            sorted(set(sets)),
            status["NoNewPrivs"],
            0 in map(int, status["Uid"].split()),
            os.path.exists("/etc/passwd"),
        ]

    assert forked.run(go) == [["0" * 16], "1", False, False]


def test_an_ordinary_user_gets_every_layer_but_the_cgroup() -> None:
    if os.geteuid() != 0:
        pytest.skip("starts as root, and becomes an ordinary user first")

    def go() -> object:
        os.setgroups([])
        os.setresgid(1234, 1234, 1234)
        os.setresuid(1234, 1234, 1234)
        capabilities.set_dumpable()
        result = Composition(NO_CGROUP, files=()).run(os.getuid)
        return [result.said, result.trouble, list(result.layers)]

    assert forked.run(go) == [1234, "", list(GPU_LAYERS)]


def test_no_core_is_dumped_to_a_file_or_a_program() -> None:
    """core(5): a limit of 0 does not stop a core_pattern that is a program; a limit of 1 does."""
    for policy in (CPU_STRICT, CPU_COMPUTE, GPU):
        assert [limit.value for limit in policy.rlimits if limit.name == "CORE"] == [1]


def test_what_a_worker_sees_of_itself() -> None:
    def look() -> object:
        try:
            listing: object = os.listdir("/proc")
        except OSError as error:
            listing = error.errno
        return [os.getpid(), os.getuid(), os.getgid(), listing, os.uname().nodename]

    pid, uid, gid, listing, host = one_worker(look)["said"]
    assert pid == 1
    assert uid != 0
    assert gid != 0
    assert listing == errno.ENOENT
    assert host == "render"


def test_of_the_tree_it_reads_what_is_named_and_lists_nothing_else() -> None:
    """Landlock knows the files one by one, not "all below the root": it would hold were the root another one."""
    if not landlock.abi():
        pytest.skip("this kernel has no Landlock, or it is not enabled")
    library = next(path for path in rehearsal.mapped_files() if "libc.so" in path)

    def look() -> object:
        return [errno_of_opening(path) for path in ("/", "/tmp", "/usr", library, "/dev/zero", "/nowhere")]

    denied, read = errno.EACCES, 0
    assert one_worker(look)["said"] == [denied, denied, denied, read, read, errno.ENOENT]


def test_no_user_namespace_can_be_made_in_a_workers_own() -> None:
    """As the kernel has it for that namespace: read by one that enters it, which its owner outside may."""

    def look(pid: int, prepared: Prepared | None) -> object:
        assert prepared is not None
        if not prepared.forbids_nested:
            return "/proc/sys is read-only here"
        space = os.open(f"{pid}/ns/user", os.O_RDONLY, dir_fd=prepared.proc_fd)
        read_end, write_end = os.pipe()
        if os.fork() == 0:
            syscalls.setns(space, 0)
            fd = os.open("sys/user/max_user_namespaces", os.O_RDONLY, dir_fd=prepared.proc_fd)
            os.write(write_end, os.read(fd, 8))
            os._exit(0)
        os.close(write_end)
        return os.read(read_end, 8).decode()

    seen = one_worker(lambda: None, look=look)["seen"]
    if seen.startswith("/proc"):
        pytest.skip(seen)
    assert seen == "0\n"


def test_what_is_seen_of_a_worker_from_outside() -> None:
    def look(pid: int, prepared: Prepared | None) -> object:
        assert prepared is not None

        def text(name: str) -> str:
            return readback._read(f"{pid}/{name}", prepared.proc_fd)

        fds = os.open(f"{pid}/fd", os.O_RDONLY | os.O_DIRECTORY, dir_fd=prepared.proc_fd)
        status = dict(readback.status_of(pid, prepared.proc_fd))
        return {"uid_map": text("uid_map").split(), "fds": sorted(map(int, os.listdir(fds))), "status": status}

    seen = one_worker(lambda: None, look=look)["seen"]
    assert seen["uid_map"][2] == "1"
    assert "0" not in seen["uid_map"][:2]
    assert seen["fds"] == [3, 4, 5]
    assert seen["status"]["NSpid"].split()[-1] == "1"
    assert seen["status"]["Groups"].strip() == ""
    assert (seen["status"]["NoNewPrivs"], seen["status"]["Seccomp"], seen["status"]["Seccomp_filters"]) == (
        "1",
        "2",
        "2",
    )


def test_the_filter_holds_on_threads_that_were_there_before_the_lock() -> None:
    release = threading.Event()

    def start_thread() -> object:
        threading.Thread(target=_socket_when, args=(release,), daemon=True).start()
        return "started"

    def wait() -> object:
        release.set()
        time.sleep(2)
        return "alive"

    found = one_worker(wait, inside=start_thread)
    assert found["facts"]["inside"] == "started"
    assert found["killed"]


def _socket_when(release: threading.Event) -> None:
    release.wait()
    socket.socket()


def test_warming_up_may_probe_for_a_socket_and_is_told_no() -> None:
    def probe() -> object:
        try:
            socket.socket()
        except PermissionError as error:
            return error.errno
        return "a socket!"

    assert one_worker(lambda: "on", inside=probe)["facts"]["inside"] == errno.EPERM


def test_the_worker_dies_with_its_fork_server() -> None:
    read_end, write_end = os.pipe()
    server = os.fork()
    if server == 0:
        try:
            composition = Composition(NO_CGROUP)
            composition.run(lambda: time.sleep(60), after_go=lambda pid: _report_and_die(pid, write_end))
        finally:
            os._exit(1)
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        worker = int(pipe.read())
    os.waitpid(server, 0)
    deadline = time.monotonic() + 5
    while alive(worker) and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not alive(worker)


def _report_and_die(worker: int, write_end: int) -> None:
    os.write(write_end, str(worker).encode())
    os.kill(os.getpid(), signal.SIGKILL)


# --- a layer that is missing is named ---------------------------------------------------------------------------------

LEFT_OUT: list[tuple[str, Any, str, Any]] = [
    ("capabilities", capabilities, "drop_all", lambda: None),
    ("seccomp", seccomp, "install", lambda *_, **__: None),
]


@pytest.mark.parametrize(("layer", "module", "function", "nothing"), LEFT_OUT)
def test_a_step_that_did_nothing_is_found_out(
    layer: str, module: Any, function: str, nothing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, function, nothing)
    assert one_worker(lambda: None)["trouble"].startswith(f"{layer}:")


@pytest.mark.parametrize("space", [*GPU.namespaces])
def test_a_namespace_that_is_shared_is_found_out(space: Namespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is made without it, and the read-back is asked for it."""
    if space in (Namespace.USER, Namespace.MOUNT):
        pytest.skip("without these two a worker does not get as far as being ready")
    without = replace(NO_CGROUP, namespaces=tuple(s for s in GPU.namespaces if s is not space), hostname=None)

    def go() -> object:
        composition = Composition(without)
        return composition.run(lambda: None, look=_trouble).seen

    assert forked.run(go).startswith(f"{space.layer}:")


def _trouble(pid: int, prepared: Prepared | None) -> str:
    try:
        readback.verify(pid, NO_CGROUP, prepared=prepared)
    except SandboxError as error:
        return str(error)
    return "nothing is missing"


def test_a_writable_mount_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "_RDONLY", 0)
    assert one_worker(lambda: None)["trouble"].startswith("mountns: ")


def test_another_root_is_found_out() -> None:
    def go() -> object:
        composition = Composition(NO_CGROUP)
        wrong = replace(composition.prepared, root=(0, 0))
        return composition.run(lambda: None, look=lambda pid, _: _trouble(pid, wrong)).seen

    assert "not the tree" in forked.run(go)


def test_no_cgroup_is_a_refusal_unless_waived() -> None:
    assert one_worker(lambda: None, waive(GPU, NO_LANDLOCK))["trouble"].startswith("cgroup:")
    assert one_worker(lambda: None, NO_CGROUP)["trouble"] == ""


def test_a_map_of_more_than_one_id_or_of_zero_is_found_out() -> None:
    for text in ("0 65532 1", "65532 0 1", "65532 65532 2", "1 1 1\n2 2 1"):
        with pytest.raises(SandboxError, match="id map"):
            readback._verify_ids(text)
    readback._verify_ids("     65532      65532          1\n")


def test_an_oci_runtimes_own_id_is_let_pass_where_it_is_expected_and_is_no_root_outside() -> None:
    usual = "0 65533 1\n65532 65532 1"
    readback._verify_ids(usual, inner_root=True)
    for text in ("0 0 1\n65532 65532 1", "0 65533 1", "0 65533 1\n1 1 1\n2 2 1", "0 65533 2\n65532 65532 1"):
        with pytest.raises(SandboxError, match="id map"):
            readback._verify_ids(text, inner_root=True)
    with pytest.raises(SandboxError, match="id map"):
        readback._verify_ids(usual)


def test_a_kernel_without_landlock_is_a_refusal_unless_waived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(AssertionError, match="landlock: not enabled in this kernel"):
        one_worker(lambda: None, waive(GPU, frozenset({"cgroup"})))
    found = one_worker(lambda: "ran", waive(NO_CGROUP, frozenset({"landlock"})))
    assert (found["refused"], found["trouble"], found["said"]) == (None, "", "ran")
    assert "landlock" not in found["layers"]


def test_landlock_that_was_not_asked_for_is_found_out() -> None:
    def go() -> object:
        composition = Composition(NO_CGROUP)
        without = replace(composition.prepared, landlock_abi=0)
        return composition.run(lambda: None, look=lambda pid, _: _trouble(pid, without)).seen

    if not landlock.abi():
        pytest.skip("this kernel has no Landlock, or it is not enabled")
    assert forked.run(go).startswith("landlock:")


def test_landlock_that_does_not_hold_stops_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    if not landlock.abi():
        pytest.skip("this kernel has no Landlock, or it is not enabled")
    monkeypatch.setattr(landlock, "enforce", lambda *_: None)
    assert "does not enforce" in one_worker(lambda: None)["refused"]


def test_a_failing_layer_stops_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LayerFailedError("landlock", "no")

    if not landlock.abi():
        pytest.skip("this kernel has no Landlock, or it is not enabled")
    monkeypatch.setattr(landlock, "enforce", fail)
    assert "landlock" in one_worker(lambda: None)["refused"]


def test_waiving_the_user_namespace_means_waiving_the_rest() -> None:
    with pytest.raises(SandboxError, match="cannot be had without it"):
        enter.wanted_namespaces(waive(GPU, frozenset({"userns"})), PROC_FD)
    nothing = waive(GPU, frozenset(space.layer for space in (*GPU.namespaces, *GPU.optional_namespaces)))
    assert enter.wanted_namespaces(nothing, PROC_FD) == ()


def test_a_waived_namespace_is_left_out() -> None:
    assert Namespace.NET not in enter.wanted_namespaces(waive(GPU, frozenset({"netns"})), PROC_FD)


def test_a_kernel_without_time_namespaces_is_served() -> None:
    assert Namespace.TIME not in enter.wanted_namespaces(replace(GPU, optional_namespaces=()), PROC_FD)


def test_a_waived_namespace_is_not_reported() -> None:
    found = one_worker(lambda: "ran", waive(NO_CGROUP, frozenset({"netns"})))
    assert found["trouble"] == ""
    assert "netns" not in found["layers"]
    assert found["said"] == "ran"


def test_with_every_namespace_waived_landlock_still_hides_the_host() -> None:
    if not landlock.abi():
        pytest.skip("this kernel has no Landlock, or it is not enabled")
    spaces = frozenset(space.layer for space in (*GPU.namespaces, *GPU.optional_namespaces))
    # An ordinary user may empty the bounding set nowhere but in a user namespace.
    also = frozenset({"capabilities"} if os.geteuid() else ())
    bare = waive(NO_CGROUP, spaces | also)

    def read_host() -> object:
        return len(os.listdir("/etc"))

    found = one_worker(read_host, bare)
    assert (found["refused"], found["trouble"]) == (None, "")
    expected = ["capabilities", "no-new-privs", "landlock", "seccomp"]
    assert [layer for layer in found["layers"] if layer not in also] == [name for name in expected if name not in also]
    assert found["said"] == {"errno": errno.EACCES}


# --- the CPU path -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [CPU_STRICT, CPU_COMPUTE])
def test_a_cpu_worker_shows_its_layers_alive(policy: SandboxPolicy) -> None:
    found = forked.run_cpu(lambda: "done", policy=policy)
    assert (found.layers, found.trouble, found.said) == (("capabilities", "no-new-privs", "seccomp"), "", "done")


def test_a_cpu_worker_shows_its_layers_when_it_is_dead_and_not_reaped() -> None:
    program = seccomp.compile_filter(CPU_STRICT.syscalls)
    pid = os.fork()
    if pid == 0:
        try:
            enter.renounce(65532, 65532)
            for limit in CPU_STRICT.rlimits:
                number = getattr(resource, f"RLIMIT_{limit.name}")
                resource.setrlimit(number, (limit.value, limit.value))
            seccomp.install(program)
        finally:
            os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    try:
        assert readback.verify(pid, CPU_STRICT) == ("capabilities", "no-new-privs", "seccomp")
    finally:
        os.waitpid(pid, 0)


def test_a_process_that_is_not_locked_is_refused() -> None:
    with pytest.raises(SandboxError):
        readback.verify(os.getpid(), CPU_STRICT)


def test_a_policy_with_namespaces_cannot_be_verified_blindly() -> None:
    with pytest.raises(SandboxError, match="prepared"):
        readback.verify(os.getpid(), NO_CGROUP)


def test_only_the_jobs_descriptors_stay_open_under_their_numbers() -> None:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:  # by hand: keep_only closes the pipe that forked.run tells its result through
        try:
            pipes = [os.pipe() for _ in range(4)]
            os.write(pipes[3][1], b"third")
            enter.keep_only((pipes[1][0], write_end, pipes[3][0]))
            libc = ctypes.CDLL(None)
            open_fds = [fd for fd in range(256) if libc.fcntl(fd, 1) != -1]
            os.write(4, repr((open_fds, os.read(5, 9))).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with open(read_end, encoding="ascii") as pipe:
        assert pipe.read() == repr(([3, 4, 5], b"third"))
    os.waitpid(pid, 0)
