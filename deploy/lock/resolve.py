"""The newest versions that fit, as uv finds them: one resolution for all targets, from one index.

That index is the one that pip's settings or uv's variables put in the place of the public one, and no other: an extra
index or a folder of wheels often holds one wheel of a release, for the machine at hand, and a lock made from it
installs nowhere else. A uv.toml is not read. uv's own form of a lock (PEP 751) is only an intermediate: it names hosts.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from deploy.lock.lockfile import Pin, Wheel
from deploy.lock.targets import MINORS

_LEAST: Final = f"3.{MINORS[0]}"
# All that uv is told of the machine: how the index is reached, and where downloads are kept.
_PASSED: Final = re.compile(
    r"(?i)UV_(DEFAULT_INDEX|INDEX_URL|INDEX_\w+_(USERNAME|PASSWORD)|KEYRING_PROVIDER|INSECURE_HOST|HTTP_\w+|REQUEST_TIMEOUT"
    r"|CACHE_DIR|NO_CACHE|NATIVE_TLS|SYSTEM_CERTS|OFFLINE)|SSL_\w+|NETRC|\w+_PROXY|PATH|HOME|XDG_\w+|TMPDIR|LANG|LC_\w+"
)
# It is true of every target.
_ALWAYS: Final = re.compile(rf"^python_full_version >= '{re.escape(_LEAST)}'(?: and |$)")


class ResolutionError(Exception):
    """uv found no versions; the message is its own."""


@dataclass(frozen=True, slots=True)
class Lock:
    """One requirements file. ``groups``: of pyproject.toml's dependency groups; ``project``: with its dependencies too;
    ``within``: another lock, whose versions are kept."""

    file: str
    groups: tuple[str, ...]
    project: bool = True
    within: str | None = None


LOCKS: Final = (
    Lock("requirements-setup.txt", ("setup",), project=False),
    Lock("requirements.txt", ("build",)),
    Lock("requirements-dev.txt", ("build", "dev"), within="requirements.txt"),
)


def resolve(lock: Lock, uv: Path, project: Path, folder: Path, environment: Mapping[str, str]) -> list[Pin]:
    """``project``: the folder of pyproject.toml; ``folder``: where finished locks are, and uv's file goes. Raises
    ResolutionError."""
    made = folder / "pylock.toml"
    made.unlink(missing_ok=True)
    command = [str(uv), *_arguments(lock, project, folder), "--output-file", str(made)]
    done = subprocess.run(
        command, env=only_the_index(environment), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ResolutionError(f"{lock.file}: {done.stderr.strip()}")
    return [_pin(package) for package in tomllib.loads(made.read_text(encoding="utf-8"))["packages"]]


def only_the_index(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if _PASSED.fullmatch(name)}


def _arguments(lock: Lock, project: Path, folder: Path) -> list[str]:
    pyproject = project / "pyproject.toml"
    return [
        *("pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", _LEAST),
        *("--only-binary", ":all:", "--format", "pylock.toml"),
        *(word for group in lock.groups for word in ("--group", f"{pyproject}:{group}")),
        *(("--constraints", str(folder / lock.within)) if lock.within else ()),
        *((str(pyproject),) if lock.project else ()),
    ]


def _pin(package: Mapping[str, Any]) -> Pin:
    wheels = (Wheel(_file_name(wheel), wheel["hashes"]["sha256"]) for wheel in package.get("wheels", ()))
    marker = _ALWAYS.sub("", package.get("marker", ""))
    return Pin(package["name"], package["version"], marker, tuple(wheels))


def _file_name(wheel: Mapping[str, Any]) -> str:
    """PEP 751 has a name, or an address or a path that ends with it."""
    place: str = wheel.get("name") or wheel.get("url") or wheel["path"]
    return unquote(urlsplit(place).path).rpartition("/")[2]
