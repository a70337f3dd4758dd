"""Debian's kernel, out of its package: downloaded and unpacked, never installed.

Everything lands in one folder of the project's cache. What apt trusts is what is taken: it checks the package against
the archive's signature, as for an installation.
"""

from __future__ import annotations

import lzma
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.unavailable import UnavailableError

KERNEL: Final = "linux-image-amd64"
"""The ordinary one: the cloud flavour has no 9p file system, over which the guest's root comes."""
_SHELL: Final = "busybox-static"
_APPARMOR: Final = "apparmor"


@dataclass(frozen=True, slots=True)
class Kernel:
    """``image``: what qemu boots; ``modules``: the folder of its modules; ``busybox``: a static shell for the start;
    ``apparmor``: the root of the package that loads profiles."""

    package: str
    image: Path
    modules: Path
    busybox: Path
    apparmor: Path


def fetch(cache: Path) -> Kernel:
    """The newest kernel that apt knows of. Raises UnavailableError."""
    package = _depends(KERNEL)
    folder, shell = _unpacked(package, cache), _unpacked(_SHELL, cache)
    image, modules = next(folder.glob("boot/vmlinuz-*")), next(folder.glob("**/lib/modules/*/kernel"))
    return Kernel(package, image, modules, next(shell.glob("**/bin/busybox")), _unpacked(_APPARMOR, cache))


def _depends(package: str) -> str:
    """The package with the version in its name that a meta package stands for."""
    said = subprocess.run(["apt-cache", "depends", package], capture_output=True, text=True, check=False).stdout
    found = re.search(r"Depends: (linux-image-\S+)", said)
    if found is None:
        raise UnavailableError(f"apt knows no {package}: run `apt-get update`, on a Debian of x86-64")
    return found[1]


def _unpacked(package: str, cache: Path) -> Path:
    """The package's files, from the cache if they are there."""
    folder = cache / package
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as place:
            archive = _download(package, Path(place))
            subprocess.run(["dpkg-deb", "--extract", str(archive), f"{place}/x"], check=True)
            os.rename(f"{place}/x", folder)
    return folder


def _download(package: str, folder: Path) -> Path:
    command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"apt-get cannot download {package}: {done.stderr.strip()}")
    return next(folder.glob("*.deb"))


# --- modules ----------------------------------------------------------------------------------------------------------


def modules(folder: Path, wanted: Iterable[str]) -> list[tuple[str, bytes]]:
    """``wanted`` and what they need, (file name, content), in the order in which they can be loaded. What is built into
    the kernel has no file, and is left out."""
    ordered: dict[str, bytes] = {}
    files = {re.sub(r"\.ko.*", "", path.name).replace("-", "_"): path for path in folder.rglob("*.ko*")}
    for name in wanted:
        _add(name, files, ordered)
    return [(f"{number:02}-{name}.ko", content) for number, (name, content) in enumerate(ordered.items())]


def _add(name: str, files: dict[str, Path], ordered: dict[str, bytes]) -> None:
    if name in ordered or name not in files:
        return
    content = files[name].read_bytes()
    if files[name].suffix == ".xz":
        content = lzma.decompress(content)
    found = re.search(rb"\0depends=([^\0]*)\0", content)
    for needed in found[1].decode().split(",") if found else ():
        _add(needed.replace("-", "_"), files, ordered)
    ordered[name] = content
