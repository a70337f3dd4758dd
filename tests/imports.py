"""``python -W error -m tests.imports``: every module of the project can be imported, and none of them warns.

Needs what a user has installed and no more, so that it can be run with every Python (tests/pythons).
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from collections.abc import Iterator
from typing import Final

PACKAGES: Final = ("app", "renderer", "sandbox", "benchmarks", "deploy")
# It runs in an environment of its own, that of ./run lock.
_LEFT_OUT: Final = ("deploy.lock",)


def names() -> Iterator[str]:
    """Of modules; a ``__main__`` runs when it is imported, and is none of them."""
    for package in PACKAGES:
        yield package
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.startswith(_LEFT_OUT) and not module.name.endswith(".__main__"):
                yield module.name


def main() -> int:
    failed = 0
    for name in names():
        try:
            importlib.import_module(name)
        except Exception:  # whatever it is, it is what this looks for
            failed += 1
            sys.stderr.write(f"{name}:\n{traceback.format_exc()}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
