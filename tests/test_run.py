"""``./run``: the list it prints, what it hands on, and that it sets up only what is missing.

Set-up is tested on a copy in a folder of its own, with stand-ins for apt-get and uv that write down what they were
asked; nothing is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer.main

from app.cli import app as command_line
from tests.host import alive
from tests.wheels import write_wheel

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "run"

STAND_IN_UV = """#!/bin/bash
echo "uv $*" >>"$LOG"
env | grep -E '^(UV_|SSL_CERT_FILE)' | sort >>"$LOG.env"
if [[ $1 == venv ]]; then
    mkdir -p "${@: -1}/bin"
    ln -sf "$REAL_PYTHON" "${@: -1}/bin/python"
    printf '%s\\n' '#!/bin/bash' 'echo "pid $$"; pwd; printf "<%s>" "$@"; [[ $1 != hang ]] || exec sleep 60; exit 7' \\
        >"${@: -1}/bin/renderserver"
    chmod +x "${@: -1}/bin/renderserver"
fi
"""
STAND_IN_DPKG = '#!/bin/bash\n[[ " $MISSING " == *" ${@: -1} "* ]] || echo installed\n'
STAND_IN_APT = '#!/bin/bash\necho "apt-get $*" >>"$LOG"\n'
# Knows no candidate of $UNKNOWN, and of $STALE only after an update.
STAND_IN_APT_CACHE = """#!/bin/bash
[[ " $UNKNOWN " != *" $2 "* ]] || exit 0
[[ " $STALE " != *" $2 "* ]] || grep -qs " update$" "$LOG" || { printf '%s:\n  Candidate: (none)\n' "$2"; exit; }
printf '%s:\n  Installed: (none)\n  Candidate: 1:2.3\n' "$2"
"""


@dataclass(frozen=True)
class Project:
    """A copy of ``run`` and the little it reads, in a folder with a space in its name."""

    root: Path
    log: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, user: int | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.root / "run"), *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**self.environment, **environment},
            cwd="/",
            user=user,
            timeout=60,
            check=False,
        )

    def log_lines(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root, tools = tmp_path / "a project", tmp_path / "tools"
    (root / ".cache/setup/bin").mkdir(parents=True)
    for name in ("run", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "requirements-setup.txt"):
        shutil.copy(ROOT / name, root)
    shutil.copy(ROOT / "requirements-setup.txt", root / ".cache/setup/made-from")
    program(root / ".cache/setup/bin/uv", STAND_IN_UV)
    program(root / ".cache/setup/bin/python", pip_that_says("true"))
    tools.mkdir()
    program(tools / "dpkg-query", STAND_IN_DPKG)
    program(tools / "apt-get", STAND_IN_APT)
    program(tools / "apt-cache", STAND_IN_APT_CACHE)
    environment = {
        "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin",
        "LOG": str(tmp_path / "log"),
        "REAL_PYTHON": sys.executable,
        "PYTHON": sys.executable,
        "HOME": str(tmp_path),
        "CI": "true",
    }
    return Project(root, tmp_path / "log", environment)


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def pip_that_says(command: str) -> str:
    """A stand-in for the interpreter that has pip: ``pip config list`` runs ``command``, all else is Python."""
    return f'#!/bin/bash\nif [[ "$*" == *"config list" ]]; then {command}; exit; fi\nexec "$REAL_PYTHON" "$@"\n'


# --- what it lists and hands on ------------------------------------------------------------------------------------


def test_alone_it_lists_every_command() -> None:
    shown = subprocess.run([str(RUN)], capture_output=True, text=True, check=True, cwd="/").stdout
    listed = set(re.findall(r"^  ([\w-]+)  ", shown, re.MULTILINE))
    commands = set(typer.main.get_command(command_line).commands)  # type: ignore[attr-defined]
    assert commands <= listed
    assert listed - commands == {"test", "test-vm", "test-fresh", "test-pythons", "deploy", "setup", "lock"}


def test_arguments_directory_and_status_are_handed_on_as_they_are(project: Project) -> None:
    result = project.run("render", "a b.json", "", "*", "$HOME", "--flag=x y")
    assert result.returncode == 7
    assert result.stdout.splitlines()[1:] == ["/", "<render><a b.json><><*><$HOME><--flag=x y>"]


def test_the_command_takes_the_place_of_run_so_that_signals_reach_it(project: Project) -> None:
    project.run("setup")
    with subprocess.Popen(
        [str(project.root / "run"), "hang"], env=project.environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"pid {process.pid}\n".encode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM


def test_through_a_link_it_finds_its_folder(project: Project, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(project.root)
    result = subprocess.run([str(link / "run"), "x"], env=project.environment, capture_output=True, check=False)
    assert result.returncode == 7


# --- what it sets up -----------------------------------------------------------------------------------------------


def test_it_sets_up_once_and_then_asks_only_whether_anything_has_changed(project: Project, tmp_path: Path) -> None:
    project.run("x")
    assert [line.split()[1] for line in project.log_lines()] == ["venv", "pip", "pip"]
    project.log.unlink()
    few = tmp_path / "few"
    few.mkdir()
    for name in ("bash", "cat", "sha256sum"):
        (few / name).symlink_to(shutil.which(name) or name)
    result = project.run("x", PATH=str(few))
    assert (result.returncode, result.stderr) == (7, "")  # any other program would not be found
    assert project.log_lines() == []


def test_only_hashed_wheels_are_installed(project: Project) -> None:
    project.run("x")
    _, sync, install = project.log_lines()
    assert "--require-hashes --only-binary :all:" in sync
    assert sync.endswith("/requirements.txt")
    assert "--no-deps --no-index --no-build-isolation" in install


@pytest.mark.parametrize("changed", ["requirements.txt", "requirements-dev.txt", "pyproject.toml", "run"])
def test_what_it_was_made_from_changed(project: Project, changed: str) -> None:
    project.run("x")
    project.log.unlink()
    with (project.root / changed).open("a") as file:
        file.write("\n# a change\n")
    project.run("x")
    assert [line.split()[1] for line in project.log_lines()] == ["pip", "pip"]


def test_a_folder_that_was_moved_is_set_up_again(project: Project, tmp_path: Path) -> None:
    project.run("x")
    project.log.unlink()
    moved = project.root.rename(tmp_path / "moved here")
    subprocess.run([str(moved / "run"), "x"], env=project.environment, capture_output=True, check=False)
    assert [line.split()[1] for line in project.log_lines()] == ["venv", "pip", "pip"]


def test_two_at_once_set_up_once(project: Project) -> None:
    both = [subprocess.Popen([str(project.root / "run"), "x"], env=project.environment) for _ in range(2)]
    assert [process.wait(30) for process in both] == [7, 7]
    assert [line.split()[1] for line in project.log_lines()] == ["venv", "pip", "pip"]


def test_set_up_that_failed_is_not_taken_for_done(project: Project) -> None:
    uv = project.root / ".cache/setup/bin/uv"
    program(uv, STAND_IN_UV + "[[ $1 == venv ]] || exit 3\n")
    assert project.run("x").returncode == 3
    program(uv, STAND_IN_UV)
    assert project.run("x").returncode == 7


@pytest.mark.parametrize("command", ["{run} x", "{run} setup", "{run} test"])
def test_set_up_that_failed_in_a_pipe_keeps_its_status(project: Project, command: str) -> None:
    program(project.root / ".cache/setup/bin/uv", STAND_IN_UV + "[[ $1 == venv ]] || exit 3\n")
    line = f"set -o pipefail; {command.format(run='./run')} 2>&1 | cat"
    result = subprocess.run(
        ["bash", "-c", line], env=project.environment, cwd=project.root, capture_output=True, check=False
    )
    assert result.returncode == 3


# --- what "test" runs ----------------------------------------------------------------------------------------------

CHECKS = ("ruff", "mypy", "lint-imports", "pytest")
STAND_IN_CHECK = """#!/bin/bash
name=${0##*/}
[[ $1 != -m ]] || name=$2
echo "$name $*" >>"$LOG"
if [[ $name == "$SLOW" ]]; then until [[ -e $LOG.pytest ]]; do sleep 0.02; done; fi
echo "the word of $name"
[[ $name != pytest ]] || touch "$LOG.pytest"
[[ $name != "$FAILS" ]]
"""
STAND_IN_HANGS = """#!/bin/bash
[[ $2 != mypy ]] || { echo $$ >"$LOG.mypy"; exec sleep 60; }
trap 'echo what was interrupted; exit 2' INT
until [[ -s $LOG.mypy ]]; do sleep 0.02; done
echo running
while :; do sleep 0.05; done
"""


@pytest.fixture
def tested(project: Project) -> Project:
    """Set up, with a stand-in for every check of ``./run test``: ``FAILS`` names one of CHECKS, ``SLOW`` one that ends
    only after pytest has."""
    project.run("test")
    for name in ("ruff", "lint-imports", "python"):
        (project.root / ".venv/bin" / name).unlink(missing_ok=True)
        program(project.root / ".venv/bin" / name, STAND_IN_CHECK)
    project.log.unlink()
    return project


def test_what_holds_is_one_command_and_pytest_has_the_last_word(tested: Project) -> None:
    done = tested.run("test", "-k", "a b")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "the word of pytest")
    assert {line.split()[0] for line in tested.log_lines()} == set(CHECKS)
    assert "pytest -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder -k a b" in tested.log_lines()


@pytest.mark.parametrize("slow", ["mypy", "lint-imports", ""])
@pytest.mark.parametrize("fails", CHECKS)
def test_whatever_fails_is_named_and_pytest_has_the_last_word(tested: Project, fails: str, slow: str) -> None:
    done = tested.run("test", FAILS=fails, SLOW=slow)
    assert done.returncode == 1
    assert f"the word of {fails}\n" in done.stdout
    *_, verdict, last = done.stdout.splitlines()
    assert verdict.startswith("run: FAILED: ")
    assert {"ruff": "ruff check,ruff format", "lint-imports": "import-linter"}.get(fails, fails) in verdict
    assert last == "the word of pytest"


def test_an_interruption_ends_what_runs_beside_the_tests(tested: Project) -> None:
    program(tested.root / ".venv/bin/python", STAND_IN_HANGS)
    # A build machine may have started us with SIGINT ignored, and then no shell below us can catch it.
    command = ["env", "--default-signal=INT", str(tested.root / "run"), "test"]
    with subprocess.Popen(
        command, env=tested.environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "running\n":
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        try:
            said, _ = process.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 1
    assert said.endswith("what was interrupted\n")
    assert not alive(int(Path(f"{tested.log}.mypy").read_text()))


# --- packages that are not available -------------------------------------------------------------------------------


@pytest.fixture
def offered(project: Project, tmp_path: Path) -> Path:
    """The real uv, and a folder of wheels as the only place that packages come from; the project asks for two."""
    real = ROOT / ".cache/setup/bin/uv"
    if not real.exists():
        pytest.skip("uv is not where ./run puts it")
    uv = project.root / ".cache/setup/bin/uv"
    uv.unlink()
    uv.symlink_to(real)
    folder = tmp_path / "wheels"
    folder.mkdir()
    pins = []
    for name in ("first", "second"):
        path = folder / f"{name}-1.0-py3-none-any.whl"
        write_wheel(path)
        pins.append(f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    (project.root / "requirements.txt").write_text("".join(pins))
    return folder


def installed(project: Project) -> list[str]:
    return [path.name for path in (project.root / ".venv").glob("lib/python*/site-packages/*.dist-info")]


def set_up_from(project: Project, folder: Path) -> subprocess.CompletedProcess[str]:
    return project.run("setup", UV_NO_INDEX="1", UV_FIND_LINKS=str(folder), UV_CACHE_DIR=f"{folder}.cache")


def test_a_hash_that_does_not_match_names_the_package_and_the_python(project: Project, offered: Path) -> None:
    """And nothing is installed, though all else was there."""
    with zipfile.ZipFile(offered / "second-1.0-py3-none-any.whl", "a") as archive:
        archive.writestr("changed", "")
    result = set_up_from(project, offered)
    machine = f"CPython {platform.python_version()} on {platform.machine()}"
    assert result.returncode not in (0, 141)
    assert (
        f"offered as second==1.0 for {machine} has none of the hashes in requirements.txt; nothing was" in result.stderr
    )
    assert "./run lock" in result.stderr
    assert installed(project) == []


def test_a_package_that_is_not_there_is_told_apart_from_one_that_was_changed(project: Project, offered: Path) -> None:
    (offered / "second-1.0-py3-none-any.whl").rename(offered / "second-1.0-cp39-cp39-win32.whl")
    result = set_up_from(project, offered)
    assert result.returncode not in (0, 141)
    assert "no index that was asked has every package of requirements.txt for CPython" in result.stderr
    assert "none of the hashes" not in result.stderr
    assert installed(project) == []


def test_packages_that_match_are_installed_without_a_word_of_hashes(project: Project, offered: Path) -> None:
    """The project itself, which comes after them, cannot be built from a copy of so few files."""
    result = set_up_from(project, offered)
    assert "hashes" not in result.stderr
    assert sorted(installed(project)) == ["first-1.0.dist-info", "second-1.0.dist-info"]


# --- where packages come from --------------------------------------------------------------------------------------


def uv_environment(project: Project, settings: str, own: str = "") -> dict[str, str]:
    (project.root / "settings").write_text(settings)
    program(project.root / ".cache/setup/bin/python", pip_that_says(f"cat '{project.root}/settings'"))
    project.run("x", UV_DEFAULT_INDEX=own)
    lines = Path(f"{project.log}.env").read_text().splitlines()
    return {name: value for name, value in (line.split("=", 1) for line in lines) if value}


def test_uv_is_told_what_pip_was_told(project: Project) -> None:
    told = uv_environment(
        project,
        "global.index-url='https://one.invalid/simple'\ninstall.index-url='https://two.invalid/simple'\n"
        "global.extra-index-url='\\nhttps://three.invalid/simple\\nfile:///four'\n:env:.cert='/a/cert.pem'\n"
        "global.find-links='/a /b'\nglobal.timeout='7'\n:env:.disable-pip-version-check='1'\n",
    )
    assert told == {
        "SSL_CERT_FILE": "/a/cert.pem",
        "UV_DEFAULT_INDEX": "https://two.invalid/simple",
        "UV_FIND_LINKS": "/a,/b",
        "UV_HTTP_TIMEOUT": "7",
        "UV_INDEX": "https://three.invalid/simple file:///four",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_PYTHON_DOWNLOADS": "never",
    }


@pytest.mark.parametrize(
    ("value", "flag"), [("true", True), ("1", True), ("false", False), ("0", False), ("False", False), ("n", False)]
)
def test_a_pip_that_asks_no_index_makes_uv_ask_none(project: Project, value: str, flag: bool) -> None:
    uv_environment(project, f"global.no-index='{value}'\nglobal.find-links='/a'\n")
    sync = next(line for line in project.log_lines() if " sync " in line)
    assert (" --no-index " in sync) is flag


def test_pip_without_settings_leaves_uv_alone(project: Project) -> None:
    assert uv_environment(project, "") == {"UV_PYTHON_DOWNLOADS": "never"}


def test_uv_that_has_settings_of_its_own_keeps_them(project: Project) -> None:
    assert uv_environment(project, "global.index-url='https://pip.invalid'", own="https://mine.invalid/simple") == {
        "UV_DEFAULT_INDEX": "https://mine.invalid/simple",
        "UV_PYTHON_DOWNLOADS": "never",
    }


# --- what the system lacks -----------------------------------------------------------------------------------------


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is offered an installation")
def test_root_gets_missing_packages_and_only_those(project: Project) -> None:
    assert project.run("x", MISSING="strace libegl1").returncode == 7
    assert project.log_lines()[0].endswith("install -y --no-install-recommends libegl1 strace")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is offered an installation")
def test_what_only_the_tests_use_is_installed_where_apt_offers_it(project: Project) -> None:
    said = project.run("test", MISSING="chromium crun runc", UNKNOWN="chromium", STALE="crun").stderr
    assert "run: apt has no candidate for chromium; tests that need what is missing are skipped, and say so\n" in said
    asked = [line for line in project.log_lines() if line.startswith("apt-get")]
    assert [line.split()[-1] for line in asked] == ["update", "runc"]
    assert asked[1].endswith(" crun runc")


def test_what_is_installed_is_not_looked_for(project: Project) -> None:
    assert "no candidate" not in project.run("test", UNKNOWN="chromium crun").stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is offered an installation")
def test_what_renders_use_is_never_left_out(project: Project) -> None:
    program(project.root.parent / "tools/apt-get", f"{STAND_IN_APT}[[ $* != *install* ]]\n")
    result = project.run("x", MISSING="libegl1", UNKNOWN="libegl1")
    assert result.returncode == 1
    assert result.stderr.endswith("run: apt-get could not install libegl1\n")


def test_anyone_else_is_told_the_command_and_nothing_is_done(project: Project, tmp_path: Path) -> None:
    user = 65534 if os.geteuid() == 0 else None
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder not in (Path("/"), Path("/tmp")):
            folder.chmod(0o755)
    (project.root / ".cache").chmod(0o777)
    result = project.run("x", user=user, MISSING="strace libegl1")
    assert result.returncode == 1
    assert "sudo apt-get install --no-install-recommends libegl1 strace" in result.stderr
    assert project.log_lines() == []


def test_an_old_python_is_refused_in_one_sentence(project: Project, tmp_path: Path) -> None:
    program(tmp_path / "python3", "#!/bin/bash\nexit 1\n")
    result = project.run("x", PYTHON=str(tmp_path / "python3"))
    assert result.returncode == 1
    assert (
        result.stderr
        == f"run: PYTHON={tmp_path}/python3 is not CPython 3.11 to 3.14 (free-threaded builds are another thing)\n"
    )


@pytest.mark.parametrize(
    ("name", "version", "free_threaded", "status"),
    [
        ("cpython", (3, 10), 0, 1),
        ("cpython", (3, 11), 0, 7),
        ("cpython", (3, 14), 0, 7),
        ("cpython", (3, 15), 0, 1),
        ("cpython", (3, 14), 1, 1),
        ("pypy", (3, 11), 0, 1),
    ],
)
def test_only_an_interpreter_that_the_pins_are_for_is_taken(
    project: Project, tmp_path: Path, name: str, version: tuple[int, int], free_threaded: int, status: int
) -> None:
    """An interpreter that takes itself for another one."""
    pretend = (
        f"import sys, sysconfig; sys.version_info = (*{version}, 0, 'final', 0); sys.implementation.name = '{name}';"
        f"sysconfig.get_config_var = lambda _: {free_threaded};"
    )
    program(tmp_path / "python3", f'#!/bin/bash\n[[ $1 == -c ]] && exec "$REAL_PYTHON" -c "{pretend}\n$2"\nexit 9\n')
    assert project.run("x", PYTHON=str(tmp_path / "python3")).returncode == status
