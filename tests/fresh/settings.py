"""What a fresh system is told about the network it is in: how to reach the package registries, and nothing else.

Proxies, a time limit, the registry's address and whose certificates are trusted are facts about the network, and a
registry that cannot be reached says nothing about the README. Partial registries on this machine's disk
(``find-links``, ``extra-index-url``) and constraints are not handed on: they would change what is installed.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tests.borrowed import PROJECT

_PIP: Final = PROJECT / ".cache" / "setup" / "bin" / "python"
# As ./run makes them of what pip was told; here pip is told the same again, inside.
_OF_PIP: Final = ("cert", "default-timeout", "index-url", "proxy", "retries", "timeout", "trusted-host")
_VARIABLES: Final = re.compile(
    r"(?i)(https?|no|all|ftp)_proxy|UV_(DEFAULT_INDEX|INDEX_URL|HTTP_TIMEOUT)|SSL_CERT_FILE|"
    rf"PIP_({'|'.join(name.replace('-', '_') for name in _OF_PIP)})"
)
_CERTIFICATES: Final = ("PIP_CERT", "SSL_CERT_FILE")
_PLACE: Final = "usr/local/share/test-fresh"
_LOGIN: Final = {
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "LOGNAME": "root",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "SHELL": "/bin/bash",
    "USER": "root",
}


def environment(host: Mapping[str, str], pip: Iterable[str] = ()) -> dict[str, str]:
    """A fresh login's, plus what is handed on of ``host``, an environment, and of ``pip``, the lines of
    ``pip config list``. Files of certificates are still named as they are on this machine."""
    handed = {name: value for name, value in host.items() if value and _VARIABLES.fullmatch(name)}
    return {**_LOGIN, **_pip_variables(pip), **handed}


def _pip_variables(lines: Iterable[str]) -> dict[str, str]:
    """What pip was told in its files, as its variables; what was said for "install" wins over "global"."""
    found: dict[str, str] = {}
    for line in sorted(lines):
        key, _, value = line.strip().partition("=")
        section, _, name = key.rpartition(".")
        if name in _OF_PIP and section in {"global", "install"}:
            found[f"PIP_{name.upper().replace('-', '_')}"] = " ".join(str(ast.literal_eval(value)).split())
    return found


def pip_config() -> list[str]:
    """What this machine's pip was told in its files and its environment."""
    command = [str(_PIP), "-m", "pip", "--disable-pip-version-check", "config", "list"]
    if not _PIP.exists():
        return []
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def lay_certificates(root: Path, told: Mapping[str, str]) -> dict[str, str]:
    """Copies the trusted certificates that ``told`` names into the system at ``root``; returns the same variables with
    the copies' names."""
    changed = dict(told)
    for name in _CERTIFICATES:
        source = Path(told.get(name, ""))
        if source.is_file():
            place = root / _PLACE / f"{name.lower()}.pem"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
            changed[name] = f"/{place.relative_to(root)}"
        else:
            changed.pop(name, None)
    return changed


def lay_network(root: Path, name: str) -> None:
    """Names and addresses, as an installation would have written them down."""
    resolver = root / "etc/resolv.conf"
    resolver.unlink(missing_ok=True)
    shutil.copyfile("/etc/resolv.conf", resolver)
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost {name}\n::1 localhost\n")
    (root / "etc/hostname").write_text(f"{name}\n")
