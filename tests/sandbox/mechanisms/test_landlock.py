"""Which objects: what Landlock denies by itself, with no mount namespace and no filter to help."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.exceptions import LayerFailedError, LayerNotInForceError
from sandbox.mechanisms import capabilities, landlock, syscalls
from sandbox.mechanisms.landlock import LandlockPolicy
from tests.sandbox import forked

ABI = landlock.abi()
pytestmark = pytest.mark.skipif(ABI == 0, reason="this kernel has no Landlock, or it is not enabled (lsm=)")


def attempt(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "works"


def restricted(policy: LandlockPolicy, *actions: Callable[[], object]) -> object:
    """Each action's fate under the policy, and in the control without it."""

    def locked() -> object:
        capabilities.no_new_privs()
        landlock.restrict(policy, ABI)
        return [attempt(action) for action in actions]

    control = forked.run(lambda: [attempt(action) for action in actions])
    assert control == ["works"] * len(actions), "the control must work, or the test shows nothing"
    return forked.run(locked)


def test_only_what_is_named_can_be_read(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "file").write_text("x")
    policy = LandlockPolicy(read=(str(inside),))
    found = restricted(policy, (inside / "file").read_text, (outside / "file").read_text, lambda: os.listdir(outside))
    assert found == ["works", "PermissionError", "PermissionError"]


def test_a_readable_tree_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    policy = LandlockPolicy(read=(str(tmp_path),))
    found = restricted(
        policy,
        lambda: os.close(os.open(tmp_path / "file", os.O_WRONLY)),
        lambda: os.close(os.open(tmp_path / str(os.getpid()), os.O_CREAT | os.O_WRONLY)),
        lambda: os.mkdir(tmp_path / f"{os.getpid()}d"),
    )
    assert found == ["PermissionError"] * 3


def test_a_single_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("x")
    found = restricted(
        LandlockPolicy(read=(str(tmp_path / "a"),)), (tmp_path / "a").read_text, (tmp_path / "b").read_text
    )
    assert found == ["works", "PermissionError"]


@pytest.mark.skipif(ABI < 4, reason="TCP needs Landlock ABI 4")
def test_no_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = restricted(LandlockPolicy(), lambda: socket.create_connection(server.getsockname()).close())
    assert found == ["PermissionError"]


@pytest.mark.skipif(ABI < 6, reason="scopes need Landlock ABI 6")
def test_no_abstract_socket_outside() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(b"\0renderserver-test-%d" % os.getpid())
        server.listen()

        def connect() -> None:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(server.getsockname())

        assert restricted(LandlockPolicy(), connect) == ["PermissionError"]


@pytest.mark.skipif(ABI < 6, reason="scopes need Landlock ABI 6")
def test_no_signal_outside() -> None:
    parent = os.getpid()
    assert restricted(LandlockPolicy(), lambda: os.kill(parent, 0)) == ["PermissionError"]


def test_the_proof_sees_a_missing_landlock(tmp_path: Path) -> None:
    policy = LandlockPolicy(read=("/",), write=(str(tmp_path),))
    with pytest.raises(LayerNotInForceError):
        landlock.prove(policy)
    (tmp_path / ".landlock").unlink()

    def locked() -> object:
        capabilities.no_new_privs()
        landlock.restrict(policy, ABI)
        landlock.prove(policy)
        return True

    assert forked.run(locked)


def test_a_refusal_of_the_kernel_is_an_error_and_not_a_weaker_sandbox() -> None:
    def without_no_new_privs() -> object:
        syscalls.capset(0, 0, 0)
        with pytest.raises(LayerFailedError) as caught:
            landlock.restrict(LandlockPolicy(), ABI)
        return caught.value.layer

    assert forked.run(without_no_new_privs) == "landlock"


@pytest.mark.parametrize(
    ("abi", "filesystem", "network", "scopes"),
    [(1, 13, 0, 0), (2, 14, 0, 0), (3, 15, 0, 0), (4, 15, 3, 0), (5, 16, 3, 0), (6, 16, 3, 3), (7, 16, 3, 3)],
)
def test_all_that_each_abi_can_deny_is_handled(abi: int, filesystem: int, network: int, scopes: int) -> None:
    rights = landlock.handled(abi)
    assert (rights.filesystem, rights.network, rights.scopes) == ((1 << filesystem) - 1, network, scopes)
