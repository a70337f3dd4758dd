"""The image's root file system with no engine: the Dockerfile's own steps, run into a folder.

The base is made by debootstrap; ``RUN`` is run in it with nothing but a /proc, a few devices and the network; ``COPY``
copies. What a step leaves is kept under a name made of everything that went into it, so that the next build begins
at the first step that differs.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from deploy.dockerfile import Image, Instruction, ignored, image, steps
from deploy.exceptions import DeploymentError

_MIRROR: Final = "http://deb.debian.org/debian"
# Whose result is worth keeping.
_DEAR: Final = ("FROM", "RUN")
# What is taken from the machine it is built on, for the step alone: where packages come from, through which proxy, and
# whose certificates are trusted on the way.
_PASSED: Final = re.compile(r"(?i)^((https?|no|all)_proxy|(PIP|UV)_\w*INDEX(_URL)?|PIP_CERT|SSL_CERT_FILE)$")
# In a mount namespace of its own: the step's root with what a program expects to find there.
_IN_ROOT: Final = """
set -e
mount --make-rprivate /
mount -t proc proc "$1/proc"
mount -t tmpfs -o mode=0755,nosuid tmpfs "$1/dev"
for node in null zero full random urandom tty; do touch "$1/dev/$node"; mount --bind "/dev/$node" "$1/dev/$node"; done
ln -s /proc/self/fd "$1/dev/fd"
mkdir "$1/dev/shm"
touch "$1/etc/resolv.conf"
mount --bind /etc/resolv.conf "$1/etc/resolv.conf"
trusted=/etc/ssl/certs/ca-certificates.crt
if [ -f "$1$trusted" ] && [ -f "$trusted" ]; then mount --bind "$trusted" "$1$trusted"; fi
exec chroot "$1" /bin/sh -c "$2"
"""


def build(folder: Path, cache: Path) -> Path:
    """The root file system of ``folder``'s Dockerfile, somewhere in ``cache``. As root. Raises DeploymentError."""
    if os.geteuid() != 0:
        raise DeploymentError("a root file system is made by root: its files have owners")
    cache.mkdir(parents=True, exist_ok=True)
    found = steps(folder / "Dockerfile")
    names = list(_names(found, folder))
    done = max((number for number, name in enumerate(names) if (cache / name).is_dir()), default=-1)
    if done == len(found) - 1:
        return cache / names[done]
    work = cache / "work"
    shutil.rmtree(work, ignore_errors=True)
    if done >= 0:
        _duplicate(cache / names[done], work)
    for number in range(done + 1, len(found)):
        _take(found[number], image(found[: number + 1]), folder, work)
        if found[number].instruction in _DEAR or number == len(found) - 1:
            _duplicate(work, cache / names[number])
    shutil.rmtree(work, ignore_errors=True)
    _forget(cache, set(names))
    return cache / names[-1]


def _duplicate(place: Path, other: Path) -> None:
    """It appears under its name when it is whole."""
    partial = other.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", str(place), str(partial)], check=True)
    partial.rename(other)


def _names(found: Sequence[Instruction], folder: Path) -> Iterator[str]:
    """What each step makes is named by: all that was said up to it, and all that it and those before it copy."""
    digest = hashlib.sha256()
    for step in found:
        digest.update(f"{step.instruction} {step.argument}\n".encode())
        if step.instruction == "COPY":
            for relative, path in _files(step, folder):
                digest.update(relative.encode() + b"\0" + bytes([path.stat().st_mode & 0o100 > 0]))
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        yield digest.hexdigest()[:16]


def _files(step: Instruction, folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file that the step copies, with its path in the folder."""
    leave_out = ignored(folder / ".dockerignore")
    for source in step.argument.split()[:-1]:
        place = folder / source
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            relative = str(path.relative_to(folder))
            if path.is_file() and not leave_out.match(relative):
                yield relative, path


def _take(step: Instruction, made: Image, folder: Path, place: Path) -> None:
    """One step, in ``place``; ``made``: the image's configuration at that step."""
    _say(f"{step.instruction} {step.argument[:90]}")
    match step.instruction:
        case "FROM":
            _debootstrap(step, place)
        case "WORKDIR":
            (place / step.argument.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "COPY":
            _copy(step, folder, place / made.workdir.lstrip("/"))
        case "RUN":
            environment = {name: value for name, value in os.environ.items() if _PASSED.match(name)}
            command = f"cd {made.workdir} && {step.argument}"
            in_root = ["unshare", "--mount", "sh", "-c", _IN_ROOT, "sh", str(place), command]
            _run(in_root, environment | dict(made.environment) | {"HOME": "/root"})


def _debootstrap(step: Instruction, place: Path) -> None:
    found = re.fullmatch(r"debian:(\w+)-slim", step.argument)
    if found is None:
        raise DeploymentError(f"FROM {step.argument}: only debian:RELEASE-slim can be made here, by debootstrap")
    if shutil.which("debootstrap") is None:
        raise DeploymentError("debootstrap is not installed: apt-get install debootstrap")
    place.mkdir()
    _run(["debootstrap", "--variant=minbase", found[1], str(place), _MIRROR])


def _copy(step: Instruction, folder: Path, workdir: Path) -> None:
    """A folder's content goes into the target; a file goes by its name into a target that ends in a slash. Everything
    is root's, as an engine makes it."""
    *sources, target = step.argument.split()
    for source in sources:
        base = folder / source
        for relative, path in _files(Instruction(step.line, "COPY", f"{source} {target}"), folder):
            inside = str(path.relative_to(base)) if base.is_dir() else relative
            place = workdir / target / inside if base.is_dir() or target.endswith("/") else workdir / target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            place.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode:
        raise DeploymentError(f"a step failed with status {done.returncode}; what it printed is above")


def _forget(cache: Path, names: set[str]) -> None:
    """What no step of this build stands for any more."""
    for entry in cache.iterdir():
        if entry.name not in names:
            shutil.rmtree(entry)


def _say(text: str) -> None:
    print(f"rootfs: {text}", file=sys.stderr, flush=True)
