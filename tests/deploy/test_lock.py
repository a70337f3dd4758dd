"""The locks hold every wheel that a target takes, and ``./run lock`` writes none that does not.

uv is the real one, on small indexes in folders; what asks the package index itself skips, by name, where none answers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from deploy.lock.__main__ import asked
from deploy.lock.coverage import chosen, gaps, needed
from deploy.lock.lockfile import LockfileError, Pin, Wheel, read, written
from deploy.lock.resolve import LOCKS, Lock, only_the_index
from deploy.lock.targets import GLIBC, MACHINES, MINORS, TARGETS, WheelTarget
from tests.borrowed import PROJECT
from tests.wheels import write_wheel

PYPROJECT: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text())
UV = PROJECT / ".cache/setup/bin/uv"

needs_uv = pytest.mark.skipif(not UV.exists(), reason="uv is not where ./run puts it")


def pins(lock: Lock) -> list[Pin]:
    return read((PROJECT / lock.file).read_text())


def pin(name: str, *wheels: str, marker: str = "", version: str = "1.0") -> Pin:
    return Pin(
        name, version, marker, tuple(Wheel(wheel, hashlib.sha256(wheel.encode()).hexdigest()) for wheel in wheels)
    )


EVERYWHERE = tuple(
    f"native-1.0-cp3{minor}-cp3{minor}-manylinux_2_28_{machine}.whl" for minor in MINORS for machine in MACHINES
)


# --- the project's own ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.file)
def test_the_lock_holds_a_wheel_of_every_package_for_every_target(lock: Lock) -> None:
    assert gaps(pins(lock), asked(lock, PYPROJECT)) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.file)
def test_the_lock_holds_no_more_and_is_as_it_is_written(lock: Lock) -> None:
    held = pins(lock)
    assert needed(held) == held
    assert written(held) == (PROJECT / lock.file).read_text()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.file)
def test_a_wheel_less_of_a_binary_package_is_a_gap(lock: Lock) -> None:
    """Each package in turn loses all that one target takes of it."""
    held = pins(lock)
    tried = 0
    for one in held:
        for target in TARGETS:
            left = tuple(wheel for wheel in one.wheels if not wheel.tags & target.tags() or wheel.is_pure)
            left = left if any(not wheel.is_pure for wheel in one.wheels) else ()
            if any(one.applies(environment) for environment in target.environments()):
                tried += 1
                assert f"{one.name} {one.version}: no wheel's hash for {target}" in gaps([replace(one, wheels=left)])
    assert tried >= len(held)


def test_everyone_says_the_same_targets() -> None:
    first, last = MINORS[0], MINORS[-1]
    project = PYPROJECT["project"]
    assert list(MINORS) == list(range(first, last + 1))
    assert project["requires-python"] == f">=3.{first},<3.{last + 1}"
    listed = [line.rpartition(" :: ")[2] for line in project["classifiers"] if " :: 3." in line]
    assert listed == [f"3.{minor}" for minor in MINORS]
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py3{first}"
    run, readme = (PROJECT / "run").read_text(), (PROJECT / "README.md").read_text()
    assert f'readonly pythons="CPython 3.{first} to 3.{last}"' in run
    assert f"(3, {first}) <= sys.version_info[:2] <= (3, {last})" in run
    assert f"CPython 3.{first} to 3.{last}" in readme
    assert f"glibc {GLIBC[0]}.{GLIBC[1]} or newer" in run
    assert f"glibc {GLIBC[0]}.{GLIBC[1]} or newer" in readme


@pytest.fixture(scope="module")
def index_answers() -> None:
    """Skips where the package index cannot be reached: one small package is asked for."""
    if not UV.exists():
        pytest.skip("uv is not where ./run puts it")
    command = [str(UV), "pip", "compile", "--no-config", "--no-deps", "--quiet", "-"]
    environment = reaching_the_index()
    done = subprocess.run(command, input="packaging\n", env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"the package index does not answer: {done.stderr.strip().splitlines()[-1]}")


def reaching_the_index() -> dict[str, str]:
    """As ``./run`` tells uv: pip's certificates are its own."""
    environment = only_the_index(os.environ)
    certificates = os.environ.get("PIP_CERT")
    return environment | ({"SSL_CERT_FILE": certificates} if certificates else {})


@pytest.mark.parametrize("lock", LOCKS[1:], ids=lambda lock: lock.file)
@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_uv_finds_what_the_lock_says_for_the_target(
    target: WheelTarget, lock: Lock, index_answers: None, tmp_path: Path
) -> None:
    """The choice of uv itself on that machine, of all that is pinned. It compares no hashes before it downloads; the
    tests above do, by the names of the wheels. ``sync`` is what ./run does, and ``install`` also asks whether all that
    the packages need is pinned."""
    expected = [chosen(pins(lock), environment) for environment in target.environments()]
    platform = f"{target.machine}-manylinux_{GLIBC[0]}_{GLIBC[1]}"
    for what in (["sync"], ["install", "--requirements"]):
        command = [
            *(str(UV), "pip", what[0], "--no-config", "--dry-run", "--require-hashes", "--only-binary", ":all:"),
            *("--python-version", f"3.{target.minor}", "--python-platform", platform),
            *("--python", sys.executable, "--target", str(tmp_path / "nothing"), *what[1:], str(PROJECT / lock.file)),
        ]
        done = subprocess.run(command, env=reaching_the_index(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        lines = (line.removeprefix(" + ") for line in done.stderr.splitlines() if line.startswith(" + "))
        assert dict(line.split("==") for line in lines) in expected


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.file)
def test_the_hashes_are_those_of_the_wheels_that_are_named(lock: Lock, index_answers: None, tmp_path: Path) -> None:
    """The index's own word, for every wheel."""
    pinned = [f"{one.name}=={one.version}" + (f" ; {one.marker}" if one.marker else "") for one in pins(lock)]
    made = tmp_path / "pylock.toml"
    command = [
        *(str(UV), "pip", "compile", "--no-config", "--quiet", "--no-deps", "--universal", "--format", "pylock.toml"),
        *("--python-version", f"3.{MINORS[0]}", "--output-file", str(made), "-"),
    ]
    subprocess.run(command, input="\n".join(pinned), env=reaching_the_index(), text=True, check=True)
    there = {
        (wheel["url"].rpartition("/")[2].replace("%2B", "+"), wheel["hashes"]["sha256"])
        for package in tomllib.loads(made.read_text())["packages"]
        for wheel in package["wheels"]
    }
    assert {(wheel.name, wheel.sha256) for one in pins(lock) for wheel in one.wheels} <= there


# --- what is a gap ----------------------------------------------------------------------------------------------------


def test_a_package_for_every_target_has_no_gap() -> None:
    assert gaps([pin("native", *EVERYWHERE), pin("pure", "pure-1.0-py3-none-any.whl")], ["native>=1", "pure"]) == []


@pytest.mark.parametrize("missing", range(len(EVERYWHERE)))
def test_one_wheel_less_names_the_package_and_the_target(missing: int) -> None:
    rest = [wheel for number, wheel in enumerate(EVERYWHERE) if number != missing]
    assert gaps([pin("native", *rest)]) == [f"native 1.0: no wheel's hash for {TARGETS[missing]}"]


def test_a_stable_abi_serves_every_later_python() -> None:
    stable = [f"native-1.0-cp311-abi3-manylinux_2_17_{machine}.manylinux2014_{machine}.whl" for machine in MACHINES]
    assert gaps([pin("native", *stable)]) == []
    later = [wheel.replace("cp311", "cp312") for wheel in stable]
    assert gaps([pin("native", *later)]) == [f"native 1.0: no wheel's hash for {target}" for target in TARGETS[:2]]


@pytest.mark.parametrize(
    "useless",
    [
        f"manylinux_2_{GLIBC[1] + 1}_x86_64",  # its C library is too old
        "musllinux_1_2_x86_64",
        "macosx_11_0_x86_64",
        "win_amd64",
        "manylinux_2_17_i686",
    ],
)
def test_a_wheel_for_another_system_is_none(useless: str) -> None:
    wheels = [wheel.replace("manylinux_2_28_x86_64", useless) for wheel in EVERYWHERE]
    assert [gap for gap in gaps([pin("native", *wheels)]) if "x86_64" in gap] == [
        f"native 1.0: no wheel's hash for {target}" for target in TARGETS if target.machine == "x86_64"
    ]


def test_a_marker_excuses_the_targets_that_it_leaves_out() -> None:
    x86 = [wheel for wheel in EVERYWHERE if wheel.endswith("x86_64.whl")]
    marker = "platform_machine == 'x86_64'"
    assert gaps([pin("native", *x86, marker=marker)], [f"native; {marker}"]) == []
    assert gaps([pin("native", *x86, marker=marker)], ["native"]) == [
        f"native: pyproject.toml asks for native and nothing is pinned for {target}"
        for target in TARGETS
        if target.machine != "x86_64"
    ]


def test_a_pin_that_changes_between_two_releases_of_one_python_needs_both() -> None:
    old = pin("pure", "pure-1.0-py3-none-any.whl", marker="python_full_version < '3.11.1'")
    new = pin("pure", "pure-2.0-py3-none-any.whl", marker="python_full_version >= '3.11.1'", version="2.0")
    assert gaps([old, new], ["pure"]) == []
    assert len(gaps([new], ["pure"])) == len(MACHINES)
    assert len(gaps([replace(old, marker=""), new])) == len(TARGETS)


def test_an_older_version_than_asked_for_is_a_gap() -> None:
    assert len(gaps([pin("pure", "pure-1.0-py3-none-any.whl")], ["pure>=2"])) == len(TARGETS)


def test_a_wheel_without_compiled_code_is_no_stand_in_for_a_compiled_one() -> None:
    everywhere = "native-1.0-py3-none-any.whl"
    assert gaps([pin("native", *EVERYWHERE, everywhere)]) == []
    assert gaps([pin("native", *EVERYWHERE[1:], everywhere)]) == [f"native 1.0: no wheel's hash for {TARGETS[0]}"]


def test_a_wheel_of_another_package_is_a_gap() -> None:
    found = gaps([pin("pure", "pure-1.0-py3-none-any.whl", "other-1.0-py3-none-any.whl")])
    assert found == ["pure 1.0: other-1.0-py3-none-any.whl is a wheel of something else"]


def test_what_no_target_takes_is_left_out() -> None:
    windows = pin("colorama", "colorama-1.0-py3-none-any.whl", marker="sys_platform == 'win32'")
    full = pin(
        "native", *EVERYWHERE, "native-1.0-cp310-cp310-manylinux_2_28_x86_64.whl", "native-1.0-cp311-cp311-win32.whl"
    )
    assert needed([windows, full]) == [pin("native", *EVERYWHERE)]


def test_a_wheel_for_a_python_that_the_marker_leaves_out_is_left_out() -> None:
    marker = "python_full_version == '3.11.*'"
    assert needed([pin("native", *EVERYWHERE, marker=marker)]) == [pin("native", *EVERYWHERE[:2], marker=marker)]


def test_a_wheel_for_a_newer_c_library_is_kept_beside_the_older_one() -> None:
    newer = EVERYWHERE[0].replace("2_28", "2_39")
    assert needed([pin("native", *EVERYWHERE, newer)]) == [pin("native", *EVERYWHERE, newer)]


# --- the file ---------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back() -> None:
    held = [pin("native", *sorted(EVERYWHERE)), pin("pure", "pure-1.0-py3-none-any.whl", marker="os_name == 'posix'")]
    assert read(written(reversed(held))) == held


@pytest.mark.parametrize("number", range(1, 5))
def test_a_line_that_was_taken_out_is_noticed(number: int) -> None:
    lines = written([pin("native", *EVERYWHERE[:2])]).splitlines(keepends=True)
    head = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    with pytest.raises(LockfileError, match="line "):
        read("".join([*lines[: head + number], *lines[head + number + 1 :]]))


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project that asks for one package from an index in a folder beside it, with finished locks."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text(
        '[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["native"]\n'
        '[dependency-groups]\nsetup = ["tool"]\nbuild = []\ndev = ["tool"]\n'
    )
    for lock in LOCKS:
        (root / lock.file).write_text("# as it was\n")
    index(tmp_path / "index", "tool-1.0-py3-none-any.whl", *EVERYWHERE)
    return root


def index(folder: Path, *wheels: str) -> None:
    """A simple index (PEP 503) of empty wheels."""
    for name in wheels:
        place = folder / name.partition("-")[0]
        place.mkdir(parents=True, exist_ok=True)
        write_wheel(place / name)
        (place / "index.html").write_text("".join(links(place)))


def links(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.whl")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        yield f'<a href="{path.name}#sha256={digest}">{path.name}</a><br>\n'


def lock(project: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {"UV_DEFAULT_INDEX": (project.parent / "index").as_uri(), "UV_CACHE_DIR": str(project.parent / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "deploy.lock", "--uv", str(UV), "--project", str(project)],
        env={"PATH": os.environ["PATH"], "HOME": str(project.parent), **told, **environment},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


@needs_uv
def test_all_three_are_written_whole(small: Path) -> None:
    done = lock(small)
    assert (done.returncode, done.stderr) == (0, "")
    setup, runtime, dev = (read((small / one.file).read_text()) for one in LOCKS)
    assert [one.name for one in setup] == ["tool"]
    assert [(one.name, len(one.wheels)) for one in runtime] == [("native", len(EVERYWHERE))]
    assert [one.name for one in dev] == ["native", "tool"]
    assert sorted(path.name for path in small.iterdir()) == sorted([*(one.file for one in LOCKS), "pyproject.toml"])


@needs_uv
@pytest.mark.parametrize("missing", [0, len(EVERYWHERE) - 1])
def test_an_index_that_lacks_a_wheel_makes_no_lock(small: Path, missing: int) -> None:
    (small.parent / "index/native" / EVERYWHERE[missing]).unlink()
    (small.parent / "index/native/index.html").write_text("".join(links(small.parent / "index/native")))
    done = lock(small)
    assert done.returncode == 1
    assert "nothing is written" in done.stderr
    assert f"requirements.txt: native 1.0: no wheel's hash for {TARGETS[missing]}" in done.stderr
    assert "gets a marker in pyproject.toml" in done.stderr
    assert {(small / one.file).read_text() for one in LOCKS} == {"# as it was\n"}


@needs_uv
def test_a_file_that_cannot_be_written_leaves_all_three_as_they_were(small: Path) -> None:
    (small / f".{LOCKS[-1].file}.new").mkdir()
    done = lock(small)
    assert done.returncode == 1
    assert "nothing is written" in done.stderr
    assert "Traceback" not in done.stderr
    assert {(small / one.file).read_text() for one in LOCKS} == {"# as it was\n"}


@needs_uv
def test_a_package_that_is_nowhere_makes_no_lock(small: Path) -> None:
    shutil.rmtree(small.parent / "index/tool")
    done = lock(small)
    assert done.returncode == 1
    assert "tool" in done.stderr
    assert {(small / one.file).read_text() for one in LOCKS} == {"# as it was\n"}


@needs_uv
def test_other_indexes_and_folders_of_wheels_are_not_looked_at(small: Path) -> None:
    """A newer version lies in each place that settings can name; the one of the index is locked."""
    extra, folder = small.parent / "extra", small.parent / "wheels"
    index(extra, "native-2.0-py3-none-any.whl")
    folder.mkdir()
    write_wheel(folder / "native-3.0-py3-none-any.whl")
    (small.parent / ".config/uv").mkdir(parents=True)
    (small.parent / ".config/uv/uv.toml").write_text(f'[[index]]\nname = "x"\nurl = "{extra.as_uri()}"\n')
    (small.parent / "constraints").write_text("native==0.1\n")
    done = lock(
        small,
        UV_INDEX=extra.as_uri(),
        UV_EXTRA_INDEX_URL=extra.as_uri(),
        UV_FIND_LINKS=str(folder),
        UV_INDEX_STRATEGY="unsafe-best-match",
        UV_CONSTRAINT=str(small.parent / "constraints"),
        PIP_EXTRA_INDEX_URL=extra.as_uri(),
        PIP_FIND_LINKS=str(folder),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.version for one in read((small / "requirements.txt").read_text())] == ["1.0"]


@needs_uv
def test_every_lock_is_made_from_the_newest_and_not_from_the_last(small: Path) -> None:
    assert lock(small).returncode == 0
    index(small.parent / "index", *(name.replace("1.0", "1.1") for name in EVERYWHERE))
    assert lock(small).returncode == 0
    assert [one.version for one in read((small / "requirements.txt").read_text())] == ["1.1"]


def test_names_are_those_that_indexes_use() -> None:
    assert all(one.name == canonicalize_name(one.name) for lock in LOCKS for one in pins(lock))
