"""The written form: golden files, what is said about gaps, and what a reader of each format would stumble over."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.export import FORMATS, yaml
from sandbox.export.gaps import Can, gaps
from sandbox.export.kafel import kafel
from sandbox.mechanisms import capabilities
from sandbox.policy.cpu import CPU_STRICT
from sandbox.policy.gpu import GPU
from sandbox.policy.model import SECUREBITS, SandboxPolicy
from sandbox.policy.tree import DEVICES, DRIVER_DATA
from tests.sandbox.export.cases import CASES, FOLDER, PROGRAM, current

x86_only = pytest.mark.skipif(platform.machine() != "x86_64", reason="what was written down is x86-64's")
# capabilities(7): the bit of each flag; its lock is the bit above.
SECUREBIT_NUMBERS = {"noroot": 0, "no-setuid-fixup": 2, "keep-caps": 4, "no-cap-ambient-raise": 6}


@x86_only
def test_exports_are_as_the_golden_files_show_them() -> None:
    again = "python -m tests.sandbox.export.cases --write"
    written = {path: file.content.decode() for path, file in current()}
    assert {path: path.read_text() for path in sorted(FOLDER.rglob("*")) if path.is_file()} == written, again


@pytest.mark.parametrize(("case", "policy"), CASES)
@pytest.mark.parametrize("format_", FORMATS)
def test_every_gap_stands_in_the_export_itself(format_: str, case: str, policy: SandboxPolicy) -> None:
    export = FORMATS[format_](policy, PROGRAM)
    text = export.files[0].content.decode()
    assert export.gaps
    assert [gap for gap in export.gaps if gap not in text] == []


def test_what_a_target_cannot_say_is_a_gap() -> None:
    everything = gaps(GPU, frozenset(Can), rlimits=[limit.name for limit in GPU.rlimits])
    assert everything == ("the second, tighter filter: the worker stacks it itself, once it is warm",)
    assert len(gaps(GPU, ())) == len(Can) + 2
    for missing in Can:
        assert len(gaps(GPU, set(Can) - {missing}, rlimits=[limit.name for limit in GPU.rlimits])) == 2


def test_a_policy_demands_nothing_that_it_does_not_have() -> None:
    asked = " ".join(gaps(CPU_STRICT, ()))
    assert not re.search("namespace|cgroup|Landlock|mount|host name|second", asked)


def test_the_policys_words_are_what_the_native_sandbox_applies() -> None:
    named = {name.removesuffix("-locked"): name.endswith("-locked") for name in SECUREBITS}
    bits = sum(1 << SECUREBIT_NUMBERS[name] for name in SECUREBITS if not name.endswith("-locked"))
    bits |= sum(2 << SECUREBIT_NUMBERS[name] for name, locked in named.items() if locked)
    assert bits == capabilities.SECUREBITS
    by_source = [mount.source for mount in GPU.mounts if mount.source]
    assert by_source == [*DEVICES, *DRIVER_DATA]
    tmp = next(mount for mount in GPU.mounts if mount.target == "/tmp")
    assert (tmp.size_bytes, tmp.inodes) == (GPU.tmp_bytes, GPU.tmp_inodes)


def test_kafel_defines_every_call_and_kills_the_rest() -> None:
    text = kafel(GPU)
    defined = set(re.findall(r"#define (sys_\w+) \d+", text))
    assert set(re.findall(r"\bsys_\w+", text)) == defined
    assert {f"sys_{rule.name}" for group in GPU.syscalls for rule in group.rules} == defined
    assert text.endswith("DEFAULT KILL_PROCESS")
    assert text.count("{") == text.count("}")


def test_nsjail_reads_the_filter_back_line_by_line() -> None:
    text = FORMATS["nsjail"](GPU, PROGRAM).files[0].content.decode()
    lines = [json.loads(quoted) for quoted in re.findall(r'^seccomp_string: (".*")$', text, re.MULTILINE)]
    assert "".join(lines) == kafel(GPU)


_FIREJAILS_WORDS = {
    *("disable-mnt", "allusers", "writable-var", "keep-var-tmp"),
    *(f"blacklist {folder}" for folder in ("/home", "/media", "/mnt", "/opt", "/run/media", "/run/mount", "/var")),
}


@pytest.mark.parametrize(
    ("needed", "shown", "told"),
    [
        ((), (), ()),
        (("/home/me/it",), ("/home",), ("allusers",)),
        (("/mnt/disk/it",), ("/mnt",), ()),
        (("/run/media/me/disk/it",), ("/run/media",), ()),
        (("/opt/it", "/var/lib/it"), ("/opt", "/var"), ("writable-var",)),
        (("/var/tmp/it",), ("/var",), ("writable-var", "keep-var-tmp")),
    ],
)
def test_firejail_hides_nothing_that_the_program_needs_and_all_else(
    needed: tuple[str, ...], shown: tuple[str, ...], told: tuple[str, ...]
) -> None:
    """What is shown is read-only by a line of its own: ``read-only /`` does not reach what is mounted below."""
    export = FORMATS["firejail"](GPU, replace(PROGRAM, files=needed, folders=()))
    said = export.files[0].content.decode().splitlines()
    expected = _FIREJAILS_WORDS - {"allusers", "writable-var", "keep-var-tmp"} | set(told)
    expected -= {f"blacklist {folder}" for folder in shown}
    expected -= {"disable-mnt"} if {"/mnt", "/run/media"} & set(shown) else set()
    assert set(said) & _FIREJAILS_WORDS == expected
    assert [line for line in said if line.startswith("read-only")] == [
        "read-only /",
        *(f"read-only {f}" for f in shown),
    ]
    beside = [gap for gap in export.gaps if gap.startswith(f"what else lies in {', '.join(shown)}")]
    assert len(beside) == bool(shown)


def test_a_path_with_quotes_stays_one_argument() -> None:
    files = {file.name: file.content.decode() for file in FORMATS["bubblewrap"](GPU, PROGRAM).files[:2]}
    argv = json.loads(files["gpu.bwrap.json"])["argv"]
    assert argv[argv.index("--") + 1 :] == list(PROGRAM.argv)
    script = files["gpu.bwrap.sh"].replace("exec bwrap", "printf '%s\\n' bwrap").replace('9<"$(dirname', '#"$(dirname')
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == argv


def test_bubblewrap_opens_its_filter_with_any_shell(tmp_path: Path) -> None:
    """Dash knows descriptors of one digit only; the script is started from elsewhere, too."""
    for file in FORMATS["bubblewrap"](GPU, PROGRAM).files:
        (tmp_path / file.name).write_bytes(file.content)
    fake = tmp_path / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nwhile [ "$1" != --seccomp ]; do shift; done\ncat /proc/self/fd/"$2"\n')
    fake.chmod(0o755)
    environment = {"PATH": f"{fake.parent}:/usr/bin:/bin"}
    run = subprocess.run(["sh", tmp_path / "gpu.bwrap.sh"], env=environment, capture_output=True, check=True, cwd="/")
    assert run.stdout == (tmp_path / "gpu.bpf").read_bytes()


@pytest.mark.skipif(shutil.which("apparmor_parser") is None, reason="apparmor_parser is not installed")
@pytest.mark.parametrize(("case", "policy"), CASES)
def test_apparmor_parses_its_profile(case: str, policy: SandboxPolicy, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    profile.write_bytes(FORMATS["apparmor"](policy, PROGRAM).files[0].content)
    command = ["apparmor_parser", "--skip-kernel-load", "--skip-cache", str(profile)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@x86_only
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_bubblewrap_runs_what_the_export_says(tmp_path: Path) -> None:
    policy = dict(CASES)["gpu-started"]
    libraries = [(f"/usr/{name}", f"/{name}") for name in ("lib", "lib64") if Path(f"/usr/{name}").exists()]
    program = replace(PROGRAM, argv=("/usr/bin/true",), files=("/usr",), folders=tuple(libraries), environment=())
    for file in FORMATS["bubblewrap"](policy, program).files:
        (tmp_path / file.name).write_bytes(file.content)
    run = subprocess.run(["sh", tmp_path / "gpu.bwrap.sh"], capture_output=True, text=True, check=False)
    if "No permissions" in run.stderr or "Creating new namespace failed" in run.stderr:
        pytest.skip(run.stderr.strip())
    assert run.returncode == 0, run.stderr


def test_yaml_quotes_what_would_be_read_as_something_else() -> None:
    text = yaml.dump({"a": "yes", "b": "0", "c": ["x", {"d": [], "e": {}}], "f": True, "g": 1 << 64 - 1, "h": "a: b"})
    assert text == ('a: "yes"\nb: "0"\nc:\n  - x\n  - d: []\n    e: {}\nf: true\ng: 9223372036854775808\nh: "a: b"\n')
