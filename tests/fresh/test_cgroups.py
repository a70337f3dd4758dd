"""The cgroups of a trial: one in every hierarchy, emptied for certain, and swept after a trial that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.fresh import cgroups
from tests.host import alive
from tests.unavailable import UnavailableError

PREFIX = "renderserver-fresh-test-"


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials that run beside the tests are left alone."""
    monkeypatch.setattr(cgroups, "_PREFIX", PREFIX)
    try:
        with cgroups.own():
            pass
    except UnavailableError as error:
        pytest.skip(str(error))


@contextmanager
def sleeper(places: Sequence[Path] = ()) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A shell in ``places``, and the number of its child, which was started there."""
    with subprocess.Popen(
        ["sh", "-c", "read go; sleep 600 & echo $!; wait; read more"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            for place in places:
                (place / "cgroup.procs").write_text(str(process.pid))
            print("go", file=process.stdin, flush=True)
            assert process.stdout is not None
            yield process, int(process.stdout.readline())
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def members(place: Path) -> set[int]:
    return {int(pid) for pid in (place / "cgroup.procs").read_text().split()}


def test_there_is_one_in_each_hierarchy_and_nobody_is_in_it() -> None:
    with cgroups.own() as places:
        hierarchies = {place.stat().st_dev for place in places}
        assert len(hierarchies) == len(places)
        assert all(place.name == f"{PREFIX}{os.getpid()}" for place in places)
        assert all(members(place) == set() for place in places)


def test_who_is_in_them_has_children_there() -> None:
    with cgroups.own() as places, sleeper(places) as (process, child):
        assert all(members(place) == {process.pid, child} for place in places)


def test_killed_is_whoever_is_inside_or_below_and_nobody_else() -> None:
    with cgroups.own() as places, sleeper(places) as (process, child), sleeper() as (stranger, _):
        below = cgroups._make(places[0] / "below")
        (below / "cgroup.procs").write_text(str(child))
        cgroups.kill(places[0])
        assert process.wait() == -signal.SIGKILL
        assert not alive(child)
        assert stranger.poll() is None


def test_in_the_end_nobody_and_nothing_is_left() -> None:
    with sleeper() as (process, child):
        with cgroups.own() as places:
            for place in places:
                (place / "cgroup.procs").write_text(str(child))
                (place / "below/deeper").mkdir(parents=True)
        assert not alive(child)
        assert process.poll() is None
    assert not any(place.exists() for place in places)


def test_an_error_leaves_nothing_either() -> None:
    def fail() -> None:
        with cgroups.own() as places:
            left.extend(places)
            raise KeyboardInterrupt

    left: list[Path] = []
    with pytest.raises(KeyboardInterrupt):
        fail()
    assert left
    assert not any(place.exists() for place in left)


def test_what_a_killed_trial_left_is_swept_and_a_living_ones_is_not() -> None:
    with subprocess.Popen(["true"]) as dead:
        dead.wait()
    with cgroups.own() as places, sleeper() as (living, child):
        parent = places[0].parent
        stale, others = (cgroups._make(parent / f"{PREFIX}{pid}") for pid in (dead.pid, living.pid))
        try:
            (stale / "cgroup.procs").write_text(str(child))
            cgroups._sweep(parent)
            assert not alive(child)
            assert not stale.exists()
            assert others.exists()
        finally:
            others.rmdir()


def test_where_none_can_be_made_there_is_no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "_parents", list)
    with pytest.raises(UnavailableError, match="no cgroup can be made here"), cgroups.own():
        pass
