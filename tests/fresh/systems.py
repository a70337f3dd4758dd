"""The bare systems, as data: what debootstrap has to be told for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class System:
    """``origin``: as the archive's Release file names it; ``script``: of debootstrap's, for a suite newer than it is;
    ``keyring``: what the archive's signature is checked with, and ``keyring_package`` the package that has it;
    ``components``: what an installation of it has by default."""

    name: str
    title: str
    suite: str
    origin: str
    script: str
    keyring: str
    keyring_package: str
    components: tuple[str, ...] = ("main",)


def _debian(number: str, suite: str) -> System:
    keyring = "debian-archive-keyring"
    return System(f"debian-{number}", f"Debian {number} ({suite})", suite, "Debian", "sid", *_keyring(keyring, keyring))


def _ubuntu(number: str, suite: str) -> System:
    name, title, components = f"ubuntu-{number}", f"Ubuntu {number} ({suite})", ("main", "universe")
    keyring = _keyring("ubuntu-archive-keyring", "ubuntu-keyring")
    return System(name, title, suite, "Ubuntu", "gutsy", *keyring, components)


def _keyring(name: str, package: str) -> tuple[str, str]:
    return f"/usr/share/keyrings/{name}.gpg", package


SYSTEMS: Final = (
    _debian("12", "bookworm"),
    _debian("13", "trixie"),
    _ubuntu("24.04", "noble"),
    _ubuntu("26.04", "resolute"),
)
