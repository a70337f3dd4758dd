"""The read-only tree: what is in it, and that nothing in it can be changed or taken off again."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.composition import enter
from sandbox.exceptions import LayerFailedError
from sandbox.mechanisms import capabilities, mounts, namespaces, syscalls
from sandbox.mechanisms.namespaces import Namespace
from sandbox.mechanisms.syscalls import MNT_DETACH, MS_BIND, MS_REMOUNT
from sandbox.policy.gpu import GPU
from tests.sandbox import forked


def in_tree(action: Callable[[], object], *, folders: tuple[tuple[str, str], ...] = ()) -> object:
    """Run ``action`` as root of a user namespace would: in the tree, with every capability over it."""

    def go() -> object:
        capabilities.drop_all = lambda: None  # in this fork alone: an attacker who got everything back
        enter.prepare(GPU, forked.mapped_files(), mounts=folders)
        effective, _, _ = syscalls.capget()
        assert effective
        return action()

    return forked.run(go)


def fate(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "works"


def test_nothing_of_the_host_but_what_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "font").write_bytes(b"font")
    tmp_path.chmod(0o755)
    # Wherever this project lies: the folders above its libraries are in the tree, with nothing else in them.
    needed = {str(folder) for file in forked.mapped_files() for folder in Path(file).parents}

    def look() -> object:
        return [
            os.listdir("/fonts"),
            Path("/fonts/font").read_bytes().decode(),
            sorted(os.listdir("/dev")),
            [name for name in os.listdir("/tmp") if f"/tmp/{name}" not in needed],
            [
                path
                for path in ("/etc/passwd", "/etc/shadow", "/proc/self", "/sys", "/home", "/var")
                if os.path.exists(path) and path not in needed
            ],
            os.path.exists(tmp_path),
        ]

    found = in_tree(look, folders=((str(tmp_path), "/fonts"),))
    assert found == [["font"], "font", ["null", "urandom", "zero"], [], [], False]


def test_devices_work_and_are_devices() -> None:
    def look() -> object:
        with open("/dev/zero", "rb") as zero:
            data = zero.read(3)
        return [data.hex(), stat.S_ISCHR(os.stat("/dev/null").st_mode)]

    assert in_tree(look) == ["000000", True]


def test_no_place_can_be_written_even_with_every_capability_inside(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("unchanged")
    tmp_path.chmod(0o777)
    (tmp_path / "file").chmod(0o666)

    def attack() -> object:
        paths = ("/new", "/fonts/new", "/usr/new", "/tmp/new", "/dev/new")
        made = [fate(lambda path=path: os.close(os.open(path, os.O_CREAT | os.O_WRONLY))) for path in paths]  # type: ignore[misc]
        return [
            *made,
            fate(lambda: os.close(os.open("/fonts/file", os.O_RDWR))),
            fate(lambda: os.unlink("/fonts/file")),
        ]

    assert in_tree(attack, folders=((str(tmp_path), "/fonts"),)) == ["EROFS"] * 7
    assert (tmp_path / "file").read_text() == "unchanged"
    assert os.listdir(tmp_path) == ["file"]


def test_a_worker_cannot_take_the_locks_off_with_all_its_capabilities(tmp_path: Path) -> None:
    """Its namespace is less privileged than the one the tree was made in, so the mounts are locked."""

    def attack() -> object:
        prepared = enter.prepare(GPU, forked.mapped_files(), mounts=((str(tmp_path), "/fonts"),))
        ready, done = os.pipe(), os.pipe()
        pid, _ = namespaces.fork_into([Namespace.USER, Namespace.MOUNT])
        if pid == 0:
            os.read(ready[0], 1)
            fates = [
                fate(lambda: syscalls.mount(None, "/fonts", None, MS_REMOUNT | MS_BIND)),
                fate(lambda: syscalls.mount(None, "/", None, MS_REMOUNT | MS_BIND)),
                fate(lambda: syscalls.umount2("/fonts", MNT_DETACH)),
                fate(lambda: syscalls.umount2("/dev/null", MNT_DETACH)),
                fate(lambda: syscalls.mount("tmpfs", "/tmp", "tmpfs", 0)),
            ]
            os.write(done[1], " ".join(fates).encode())
            os._exit(0)
        namespaces.map_ids(prepared.proc_fd, pid, inside=prepared.ids, outside=prepared.ids)
        os.write(ready[1], b"x")
        os.waitpid(pid, 0)
        return os.read(done[0], 999).decode().split()

    assert forked.run(attack) == ["EPERM", "EPERM", "EINVAL", "EINVAL", "works"]


def test_the_old_root_cannot_be_reached_through_dots() -> None:
    def look() -> object:
        top = os.stat("/")
        return [os.stat("/../../..").st_ino == top.st_ino, os.path.exists("/../etc/passwd")]

    assert in_tree(look) == [True, False]


def test_libraries_are_found_by_the_names_a_linker_asks_for(tmp_path: Path) -> None:
    real = tmp_path / "libx.so.1.2"
    real.write_bytes(b"x")
    (tmp_path / "libx.so.1").symlink_to("libx.so.1.2")
    (tmp_path / "elsewhere").symlink_to("/etc/passwd")
    assert dict(mounts._links_to([str(real)]))[str(tmp_path / "libx.so.1")] == "libx.so.1.2"
    assert str(tmp_path / "elsewhere") not in dict(mounts._links_to([str(real)]))


@pytest.mark.parametrize("target", ["/", "fonts", "/../etc", "/a/../.."])
def test_a_folder_cannot_be_mounted_over_the_root_or_outside(target: str) -> None:
    with pytest.raises(LayerFailedError, match="no place in the tree"):
        mounts.check_target(target)


def test_a_folder_that_does_not_exist_is_an_error_not_a_gap(tmp_path: Path) -> None:
    def go() -> object:
        with pytest.raises(LayerFailedError) as caught:
            enter.prepare(GPU, (), mounts=((str(tmp_path / "fonts"), "/fonts"),))
        return caught.value.layer

    assert forked.run(go) == "mountns"


def test_the_hosts_mounts_are_as_before() -> None:
    before = Path("/proc/self/mountinfo").read_text()
    in_tree(lambda: True)
    assert Path("/proc/self/mountinfo").read_text() == before
