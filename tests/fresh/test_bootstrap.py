"""The bare system's archive: whole or not there, its signature checked or not; with a stand-in for debootstrap."""

from __future__ import annotations

import os
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fresh import bootstrap
from tests.fresh.systems import SYSTEMS, System
from tests.unavailable import UnavailableError

# Makes a file in the folder that is named on its command line, after the suite.
DEBOOTSTRAP = """#!/bin/sh
echo "$@" >>"$LOG"
ls "$DEBOOTSTRAP_DIR/scripts" >/dev/null || exit 9
for word; do target=$place; place=$word; done
case $word in http*) ;; *) target=$word ;; esac
mkdir -p "$target/usr/sbin" && echo made >"$target/file"
"""
APT_CACHE = '#!/bin/sh\nprintf "%s:\\n  Installed: (none)\\n  Candidate: $CANDIDATE\\n" "$2"\n'


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tools, place = tmp_path / "tools", tmp_path / "cache"
    for folder in (tools, place, tmp_path / "share/scripts"):
        folder.mkdir(parents=True)
    for name, text in (("debootstrap", DEBOOTSTRAP), ("apt-cache", APT_CACHE), ("apt-get", "#!/bin/sh\n")):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setattr(bootstrap, "_SHARE", tmp_path / "share")
    monkeypatch.setattr(bootstrap, "_ALONE", ())
    return place


@pytest.fixture
def system(tmp_path: Path) -> System:
    """Its keyring is a file that can be there."""
    return replace(SYSTEMS[-1], keyring=str(tmp_path / "keyring.gpg"), keyring_package="its-keyring")


def unpacked(system: System, cache: Path, mirror: str = "") -> str:
    root = cache / "root"
    bootstrap.unpack(system, cache, root, mirror, [])
    return (root / "file").read_text()


def asked(cache: Path) -> list[str]:
    return (cache.parent / "log").read_text().splitlines()


def test_a_system_is_made_once_and_unpacked_each_time(system: System, cache: Path) -> None:
    assert unpacked(system, cache) == "made\n"
    (cache / "root").rename(cache / "before")
    assert unpacked(system, cache) == "made\n"
    assert len(asked(cache)) == 1


def test_no_service_is_started_in_it(system: System, cache: Path) -> None:
    unpacked(system, cache)
    policy = cache / "root/usr/sbin/policy-rc.d"
    assert os.waitstatus_to_exitcode(os.system(str(policy))) == 101  # noqa: S605 - two lines of our own


def test_its_suite_mirror_and_components_are_named(system: System, cache: Path) -> None:
    unpacked(system, cache, "http://mirror.invalid/ubuntu")
    [command] = asked(cache)
    assert "--variant=minbase --components=main,universe" in command
    assert command.split()[-3::2] == ["resolute", "http://mirror.invalid/ubuntu"]


def test_the_signature_is_checked_where_its_keyring_is(system: System, cache: Path) -> None:
    Path(system.keyring).touch()
    assert bootstrap.caution(system, cache) == ""
    unpacked(system, cache)
    [command] = asked(cache)
    assert f"--keyring={system.keyring}" in command
    assert "--no-check-gpg" not in command


@pytest.mark.parametrize(
    ("candidate", "hint"),
    [("1.2", "apt-get install its-keyring"), ("(none)", "this machine's apt has no its-keyring")],
)
def test_what_cannot_be_checked_is_said_before_it_is_made(
    system: System, cache: Path, monkeypatch: pytest.MonkeyPatch, candidate: str, hint: str
) -> None:
    monkeypatch.setenv("CANDIDATE", candidate)
    said = bootstrap.caution(system, cache)
    assert "not verified" in said
    assert system.keyring in said
    assert said.endswith(f"({hint})")
    unpacked(system, cache)
    assert "--no-check-gpg" in asked(cache)[0]
    assert bootstrap.caution(system, cache) == said


def test_an_unverified_archive_is_not_used_where_it_can_be_verified(system: System, cache: Path) -> None:
    unpacked(system, cache)
    Path(system.keyring).touch()
    (cache / "root").rename(cache / "before")
    assert bootstrap.caution(system, cache) == ""
    unpacked(system, cache)
    assert ["--no-check-gpg" in command for command in asked(cache)] == [True, False]


def test_what_was_verified_stays_so_without_the_keyring(system: System, cache: Path) -> None:
    Path(system.keyring).touch()
    unpacked(system, cache)
    Path(system.keyring).unlink()
    assert bootstrap.caution(system, cache) == ""


def test_a_failure_is_said_and_leaves_nothing(system: System, cache: Path) -> None:
    (cache.parent / "tools/debootstrap").write_text("#!/bin/sh\necho E: no such suite\nexit 1\n")
    with pytest.raises(UnavailableError, match="ended with 1: E: no such suite"):
        unpacked(system, cache)
    assert list(cache.iterdir()) == []


def test_an_archive_that_was_broken_off_is_not_taken_for_whole(
    system: System, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(command: list[str], *rest: Any) -> None:
        if "--create" in command:
            Path(command[command.index("--file") + 1]).write_bytes(b"half of it")
            raise SystemExit(143)
        run(command, *rest)

    run = bootstrap._run
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "_run", broken_off)
        with pytest.raises(SystemExit):
            unpacked(system, cache)
    assert list(cache.iterdir()) == []
    assert unpacked(system, cache) == "made\n"


def test_what_a_killed_trial_left_is_removed(system: System, cache: Path) -> None:
    (cache / "making/root").mkdir(parents=True)
    (cache / "making/root/old").touch()
    unpacked(system, cache)
    [archive] = cache.glob("*.tar")
    with tarfile.open(archive) as found:
        assert "./old" not in found.getnames()
    assert not (cache / "making").exists()


def test_the_mirror_is_the_one_that_apt_uses_for_the_same_distribution(
    system: System, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "Debian Debian http://debian.invalid/\\nUbuntu Other http://o.invalid/\\nUbuntu Ubuntu http://u.invalid/\\n"
    (cache.parent / "tools/apt-get").write_text(f"#!/bin/sh\nprintf '{lines}'\n")
    assert bootstrap.known_mirror(system) == "http://u.invalid/"
    assert bootstrap.known_mirror(replace(system, origin="Nobody")) == ""
