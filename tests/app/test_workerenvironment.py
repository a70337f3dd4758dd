from __future__ import annotations

import os

import pytest

from app.service.specs import configure, configure_compare
from app.settings import Settings
from app.workerenvironment import worker_environment
from sandbox.client.environment import environment


def test_what_an_operator_says_to_the_driver_reaches_it_and_nothing_else_does() -> None:
    found = worker_environment({"LP_NUM_THREADS": "4", "MESA_DEBUG": "1", "A_SECRET": "hunter2", "PATH": "/bin"})
    assert (found["LP_NUM_THREADS"], found["MESA_DEBUG"]) == ("4", "1")
    assert not {"A_SECRET", "PATH"} & found.keys()


def test_what_the_lock_needs_is_not_an_operators_to_change() -> None:
    given = {"MESA_SHADER_CACHE_DISABLE": "false", "NUMPY_MADVISE_HUGEPAGE": "1", "OMP_NUM_THREADS": "8"}
    assert worker_environment(given) == worker_environment({})


def test_every_fork_server_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LP_NUM_THREADS", "3")
    settings = Settings()
    for spec in (configure(settings, "cpu"), configure(settings, "gpu"), configure_compare(settings)):
        assert worker_environment(os.environ).items() <= environment(spec).items()
