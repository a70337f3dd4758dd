"""The bare system: debootstrap's ``minbase``, made once, kept as an archive, and unpacked for each trial.

Nothing is mounted on the machine: debootstrap works in a mount namespace of its own, and what it starts ends with it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.fresh import cgroups
from tests.fresh.systems import System
from tests.unavailable import UnavailableError

_SHARE: Final = Path("/usr/share/debootstrap")
_ALONE: Final = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc")
_SAID_LINES: Final = 6


def unpack(system: System, cache: Path, root: Path, mirror: str, places: Sequence[Path]) -> None:
    """The bare system at ``root``, from the archive in ``cache`` or the network. ``mirror``: empty for the one that
    this machine's apt uses, or else debootstrap's own. ``places``: the cgroups to work in. Raises UnavailableError."""
    archive = _archive(system, cache)
    if not archive.is_file():
        _make(system, archive, mirror or known_mirror(system), places)
    root.mkdir()
    _run(["tar", "--extract", "--numeric-owner", "--file", str(archive), "--directory", str(root)])
    _forbid_services(root)


def _forbid_services(root: Path) -> None:
    """As in every system that was not booted: a package's installation neither starts nor stops a service, which could
    be found by its name among the machine's (/usr/share/doc/init-system-helpers/README.policy-rc.d.gz)."""
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)


def known_mirror(system: System) -> str:
    """Where this machine's apt gets the same distribution from; empty where it does not."""
    form = "$(ORIGIN) $(LABEL) $(REPO_URI)"
    command = ["apt-get", "indextargets", "--format", form, "Created-By: Packages"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""
    found = [line.split()[2] for line in said.splitlines() if line.split()[:2] == [system.origin, system.origin]]
    return found[0] if found else ""


def caution(system: System, cache: Path) -> str:
    """Why the bare system is taken on trust; empty where its signature is checked, or was when it was made."""
    if _archive(system, cache) == _verified(system, cache):
        return ""
    package = system.keyring_package
    hint = f"apt-get install {package}" if _has_candidate(package) else f"this machine's apt has no {package}"
    return f"the packages of the bare system are not verified, since {system.keyring} is not here ({hint})"


def _has_candidate(package: str) -> bool:
    command = ["apt-cache", "policy", package]
    try:
        environment = {**os.environ, "LC_ALL": "C"}
        said = subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout
    except FileNotFoundError:
        return False
    return re.search(r"^ *Candidate: [^(\s]", said, re.MULTILINE) is not None


def _archive(system: System, cache: Path) -> Path:
    """The one to be used: what was made without a check of the signature is not used any more where it can be made."""
    verified = _verified(system, cache)
    return verified if _signed(system) or verified.is_file() else cache / f"{system.suite}-unverified.tar"


def _verified(system: System, cache: Path) -> Path:
    return cache / f"{system.suite}.tar"


def _signed(system: System) -> bool:
    """Whether the signature can be checked here."""
    return Path(system.keyring).is_file()


def _make(system: System, archive: Path, mirror: str, places: Sequence[Path]) -> None:
    if shutil.which("debootstrap") is None:
        raise UnavailableError("debootstrap is not installed: apt-get install debootstrap")
    with _workshop(archive.parent / "making", places) as place:
        target, partial = place / "root", place / "tar"
        command = [*_ALONE, "debootstrap", *_options(system), system.suite, str(target), *([mirror] if mirror else ())]
        _run(command, places, {"DEBOOTSTRAP_DIR": str(_scripts(system, place))})
        _run(["tar", "--create", "--numeric-owner", "--file", str(partial), "--directory", str(target), "."])
        partial.rename(archive)  # whole, or not there


@contextlib.contextmanager
def _workshop(place: Path, workers: Sequence[Path]) -> Iterator[Path]:
    """Empty at first, gone in the end, with all that works in it; what a killed trial has left there, too."""
    if place.exists():
        shutil.rmtree(place)
    place.mkdir()
    try:
        yield place
    finally:
        for each in workers:
            cgroups.kill(each)
        shutil.rmtree(place)


def _options(system: System) -> list[str]:
    check = f"--keyring={system.keyring}" if _signed(system) else "--no-check-gpg"
    return ["--variant=minbase", f"--components={','.join(system.components)}", check]


def _scripts(system: System, place: Path) -> Path:
    """The folder of debootstrap, with a script for the suite where it is too new for that. To name the script on the
    command line would mean to name a mirror too."""
    folder = place / "debootstrap"
    shutil.copytree(_SHARE, folder, symlinks=True)
    script = folder / "scripts" / system.suite
    if not script.exists():
        script.symlink_to(system.script)
    return folder


def _run(command: Sequence[str], places: Sequence[Path] = (), more: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        cgroups.joined(places, command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **(more or {})},
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-_SAID_LINES:])
        sys.stderr.write(f"{last}\n")
        raise UnavailableError(f"{' '.join(command)} ended with {done.returncode}: {last}")
