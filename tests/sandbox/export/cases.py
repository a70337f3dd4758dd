"""What each export looks like, kept beside it. ``python -m tests.sandbox.export.cases --write`` writes it anew; what
has changed is then in the diff, for a reviewer to see."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from sandbox.export import FORMATS
from sandbox.export.model import File, Program
from sandbox.export.start import with_start
from sandbox.policy.cpu import CPU_COMPUTE, CPU_STRICT
from sandbox.policy.gpu import GPU, gpu
from sandbox.policy.model import SandboxPolicy

FOLDER = Path(__file__).parent / "golden"
PROGRAM = Program(
    argv=("/usr/bin/worker", "--name", 'with "quotes" and spaces'),
    files=("/usr", "/lib64"),
    folders=(("/srv/fonts", "/fonts"),),
    environment=(("LANG", "C.UTF-8"),),
)
CASES: tuple[tuple[str, SandboxPolicy], ...] = (
    ("cpu-strict", CPU_STRICT),
    ("cpu-compute", CPU_COMPUTE),
    ("gpu", GPU),
    ("gpu-started", with_start(GPU)),
    ("gpu-hardware", gpu(jit=False, devices=("/dev/dri/renderD128",))),
)


def current() -> Iterator[tuple[Path, File]]:
    """Everything but BPF: its bytes are libseccomp's, and the round trip runs them."""
    for case, policy in CASES:
        for format_, export in FORMATS.items():
            files = [file for file in export(policy, PROGRAM).files if not file.name.endswith(".bpf")]
            yield from ((FOLDER / case / format_ / file.name, file) for file in files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", required=True, help="overwrite the golden files")
    parser.parse_args()
    for path, file in current():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)


if __name__ == "__main__":
    main()
