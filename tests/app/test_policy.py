"""``renderserver policy``, as an operator calls it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from sandbox.export import FORMATS
from sandbox.mechanisms import seccomp
from sandbox.policy.gpu import GPU

ROOT = Path(__file__).parents[2]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["policy", *arguments], env={"COLUMNS": "200"})


@pytest.mark.parametrize("name", ["gpu", "gpu-sealed", "cpu-strict", "cpu-compute", "cpu-compare"])
def test_show_names_every_call_and_every_reason(name: str) -> None:
    said = call("show", name)
    policy = json.loads(call("show", name, "--json").stdout)
    assert said.exit_code == 0
    for group in policy["syscalls"]:
        assert group["reason"] in said.stdout
        assert [rule["name"] for rule in group["rules"] if not re.search(rf"\b{rule['name']}\b", said.stdout)] == []


def test_show_counts_the_names() -> None:
    allowed = {rule.name for group in GPU.syscalls for rule in group.rules if rule.answer is None}
    assert f"filter gpu: {len(allowed)} names allowed" in call("show").stdout


def test_explain_tells_all_policies_apart() -> None:
    said = call("explain", "futex").stdout
    assert re.search(r"^gpu  allowed$", said, re.MULTILINE)
    assert re.search(r"^cpu-strict  killed$", said, re.MULTILINE)
    assert re.search(r"^cpu-compute  allowed$", said, re.MULTILINE)
    assert "locks and the clock where they leave the vDSO" in said


def test_explain_as_json_names_the_layer_that_denies() -> None:
    (found,) = json.loads(call("explain", "mount", "--policy", "gpu", "--json").stdout)
    assert found["stages"][0]["denied_by"] == "seccomp"
    assert {guard["layer"] for guard in found["guards"]} == {"capabilities", "mountns", "landlock"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("explain", "opneat"), "Did you mean openat"),
        (("explain", "mount", "--policy", "gup"), "There is no policy 'gup'"),
        (("show", "gup"), "gpu, gpu-sealed, cpu-strict, cpu-compute, cpu-compare"),
        (("export", "lxc"), "nsjail, bubblewrap"),
        (("export", "docker", "--policy", "cpu-strict", "--with-start"), "locks itself"),
        (("export", "oci", "--folder", "fonts:/fonts"), "two absolute paths"),
    ],
)
def test_a_mistake_is_told_with_the_way_out(arguments: tuple[str, ...], sentence: str) -> None:
    said = call(*arguments)
    assert said.exit_code == 2
    assert sentence in said.stderr


def test_diff_ends_with_one_where_there_is_a_difference() -> None:
    assert call("diff", "gpu", "gpu").exit_code == 0
    said = call("diff", "gpu", "gpu-sealed")
    assert said.exit_code == 1
    assert re.search(r"^socket +answered EPERM +killed", said.stdout, re.MULTILINE)


@pytest.mark.parametrize("target", FORMATS)
def test_export_writes_its_files_and_tells_the_gaps(target: str, tmp_path: Path) -> None:
    said = call("export", target, "--out", str(tmp_path / "new"), "--with-start", "--", "/usr/bin/env", "-i")
    assert said.exit_code == 0
    assert sorted(said.stdout.split()) == sorted(str(path) for path in (tmp_path / "new").iterdir())
    assert "not expressed: " in said.stderr


def test_export_prints_the_main_file_alone(tmp_path: Path) -> None:
    said = call("export", "docker")
    assert said.exit_code == 0
    assert json.loads(said.stdout)["defaultAction"] == "SCMP_ACT_KILL_PROCESS"
    call("export", "bubblewrap", "--out", str(tmp_path))
    assert (tmp_path / "gpu.bpf").read_bytes() == seccomp.compile_filter(GPU.syscalls)


def test_a_program_and_what_it_needs_reach_the_export() -> None:
    given = ("--file", "/usr", "--folder", "/srv/fonts:/fonts", "--device", "/dev/dri/renderD128", "--no-jit")
    config = json.loads(call("export", "oci", *given, "--", "/usr/bin/env", "--help").stdout)
    assert config["process"]["args"] == ["/usr/bin/env", "--help"]
    assert {"/usr", "/fonts", "/dev/dri/renderD128"} <= {mount["destination"] for mount in config["mounts"]}


def test_run_and_readme_list_the_command() -> None:
    assert re.search(r"^  policy  ", (ROOT / "run").read_text(), re.MULTILINE)
    assert "./run policy" in (ROOT / "README.md").read_text()
