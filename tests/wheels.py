"""Small wheels (PEP 427) of a module each, for tests that install or lock something."""

from __future__ import annotations

import zipfile
from pathlib import Path


def write_wheel(path: Path) -> None:
    """One that installs, at a path whose name says what it is: ``first-1.0-py3-none-any.whl``."""
    name, version, tag = path.name.removesuffix(".whl").split("-", 2)
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"# {path.name}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{file},,\n" for file in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in (*files.items(), (f"{info}/RECORD", record)):
            archive.writestr(file, text)
