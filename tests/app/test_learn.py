"""The recorder on real workers: every name that a policy allows is used, or has a reason to stay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from sandbox.policy.gpu import GPU
from tests.app import documents

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]


def test_nothing_is_allowed_on_the_cpu_path_without_use_or_reason(tmp_path: Path) -> None:
    document = tmp_path / "document.json"
    document.write_bytes(documents.document())
    said = CliRunner().invoke(app, ["policy", "learn", "--path", "cpu", "--document", str(document), "--json"])
    assert said.exit_code == 0, said.output
    strict, compute = json.loads(said.stdout)
    assert strict["used"].keys() == {"write", "exit_group"}
    assert strict["workers"]["cpu-strict"] >= 10
    for each in (strict, compute):
        assert each["unused_without_reason"] == []
        assert each["denied"] == {}


def test_nothing_is_allowed_on_the_gpu_path_without_use_or_reason() -> None:
    said = CliRunner().invoke(app, ["policy", "learn", "--path", "gpu", "--json"])
    if said.exit_code == 2 and "cgroup" in said.stderr:
        pytest.skip(said.stderr.strip())
    assert said.exit_code == 0, said.output
    (graphics,) = json.loads(said.stdout)
    assert {"openat", "mmap", "recvmsg", "sendto", "seccomp"} <= graphics["used"].keys()
    assert graphics["allowed_names"] == len(
        {rule.name for group in GPU.syscalls for rule in group.rules if rule.answer is None}
    )
    assert graphics["unused_without_reason"] == []
    assert graphics["denied"] == {}


def test_a_path_that_nobody_has_is_a_mistake() -> None:
    said = CliRunner().invoke(app, ["policy", "learn", "--path", "gup"])
    assert said.exit_code == 2
    assert "Take cpu or gpu" in said.stderr
