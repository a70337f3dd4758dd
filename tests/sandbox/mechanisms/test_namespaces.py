"""A fork into new namespaces that is still a proper fork, and the id map behind it."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import threading
from pathlib import Path

import pytest

from sandbox.composition import enter, outer
from sandbox.exceptions import LayerFailedError, LayerNotInForceError, SyscallError
from sandbox.mechanisms import capabilities, namespaces, syscalls
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.gpu import GPU
from tests.sandbox import forked

ALL = (*GPU.namespaces, *GPU.optional_namespaces)
PROC = os.open("/proc", os.O_PATH)


def test_each_namespace_is_new_in_the_child_and_the_parents_is_untouched() -> None:
    def go() -> object:
        if os.geteuid() == 0:
            outer._enter_userns_as_root([Namespace.USER], (65532, 65532), PROC)
            os.setresgid(65532, 65532, 65532)
            os.setresuid(65532, 65532, 65532)
            capabilities.set_dumpable()
        before = namespaces.inodes(PROC, "self")
        wanted = enter.wanted_namespaces(GPU, PROC)
        pid, pidfd = namespaces.fork_into(wanted)
        if pid == 0:
            signal.pause()
        child, after = namespaces.inodes(PROC, pid), namespaces.inodes(PROC, "self")
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(pidfd)
        fresh = sorted(space.layer for space in wanted if child[space] != before[space])
        return [before == after, fresh, sorted(space.layer for space in wanted if space is not Namespace.CGROUP)]

    untouched, fresh, wanted = forked.run(go)
    assert untouched
    assert fresh == wanted


@pytest.mark.parametrize("with_clone3", [True, False])
def test_the_child_of_a_bare_clone_is_whole(with_clone3: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its threads start and can be signalled and joined, which needs libc to know the child's own thread id."""
    if not with_clone3:
        monkeypatch.setattr(syscalls, "clone3", _no_clone3)

    def go() -> object:
        pid, _ = namespaces.fork_into([])
        if pid == 0:
            os._exit(_try_threads())
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    assert forked.run(go) == 0


def _no_clone3(*_: object, **__: object) -> tuple[int, int]:
    raise SyscallError(38, "Function not implemented", "clone3", "")


def _try_threads() -> int:
    done: list[int] = []
    thread = threading.Thread(target=lambda: done.append(threading.get_native_id()))
    thread.start()
    thread.join(5)
    cached = ctypes.c_int.from_address(namespaces._tid_address()).value
    libc = ctypes.CDLL(None)
    libc.pthread_self.restype = ctypes.c_void_p
    libc.pthread_kill.argtypes = [ctypes.c_void_p, ctypes.c_int]
    signalled = libc.pthread_kill(libc.pthread_self(), 0)
    return 0 if done and done[0] != os.getpid() and cached == os.getpid() and signalled == 0 else 1


def test_pidfd_names_the_child() -> None:
    def go() -> object:
        pid, pidfd = namespaces.fork_into([])
        if pid == 0:
            os._exit(7)
        found = os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
        assert found is not None
        return [found.si_pid == pid, found.si_status]

    assert forked.run(go) == [True, 7]


@pytest.mark.parametrize("ids", [((0, 1000), (1000, 1000)), ((1000, 1000), (1000, 0)), ((1000, 1000), (0, 1000))])
def test_a_map_to_zero_is_never_written(ids: tuple[tuple[int, int], tuple[int, int]]) -> None:
    with pytest.raises(LayerFailedError, match="no boundary"):
        namespaces.map_ids(PROC, "self", inside=ids[0], outside=ids[1])


def test_a_refused_namespace_names_its_layer() -> None:
    def go() -> object:
        enter.renounce(65532, 65532)
        with pytest.raises(LayerFailedError) as caught:
            namespaces.unshare([Namespace.NET])
        return caught.value.layer

    assert forked.run(go) == "netns"


def test_a_forbidden_user_namespace_cannot_be_made_though_a_control_can() -> None:
    def nested(*, forbidden: bool) -> object:
        if os.geteuid() == 0:
            enter.renounce(65532, 65532)
        outer.enter_own_userns([Namespace.USER])
        if forbidden:
            namespaces.forbid_nested(PROC)
        try:
            namespaces.unshare([Namespace.USER])
        except LayerFailedError as error:
            return [error.layer, error.errno]
        return "made"

    if not namespaces.nested_can_be_forbidden(PROC):
        pytest.skip("/proc/sys is read-only here")
    assert forked.run(lambda: nested(forbidden=False)) == "made"
    assert forked.run(lambda: nested(forbidden=True)) == ["userns", errno.ENOSPC]


def test_whether_nested_ones_can_be_forbidden_is_found_out_by_trying(tmp_path: Path) -> None:
    """Nothing there, or something that does not become what is written."""
    fd = os.open(tmp_path, os.O_PATH | os.O_DIRECTORY)
    assert not namespaces.nested_can_be_forbidden(fd)
    (tmp_path / "sys/user").mkdir(parents=True)
    fd = _odd(tmp_path)
    assert not namespaces.nested_can_be_forbidden(fd)
    with pytest.raises(LayerNotInForceError, match="did not become 0"):
        namespaces.forbid_nested(fd)


def _odd(root: Path) -> int:
    """A file that holds more than what is written."""
    (root / "sys/user/max_user_namespaces").write_text("15000\n")
    return os.open(root, os.O_PATH | os.O_DIRECTORY)
