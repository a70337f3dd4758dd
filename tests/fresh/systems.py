"""The bare systems, as data: what debootstrap has to be told for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class System:
    """``origin``: as the archive's Release file names it; ``script``: of debootstrap's, for a suite newer than it is;
    ``components``: what an installation of it has by default."""

    name: str
    title: str
    suite: str
    origin: str
    script: str
    keyring: str
    components: tuple[str, ...] = ("main",)


def _debian(number: str, suite: str) -> System:
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return System(f"debian-{number}", f"Debian {number} ({suite})", suite, "Debian", "sid", keyring)


def _ubuntu(number: str, suite: str) -> System:
    keyring = "/usr/share/keyrings/ubuntu-archive-keyring.gpg"
    components = ("main", "universe")
    return System(f"ubuntu-{number}", f"Ubuntu {number} ({suite})", suite, "Ubuntu", "gutsy", keyring, components)


SYSTEMS: Final = (
    _debian("12", "bookworm"),
    _debian("13", "trixie"),
    _ubuntu("24.04", "noble"),
    _ubuntu("26.04", "resolute"),
)
