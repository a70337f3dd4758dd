"""How the tests are spread over the cores of a machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

MOST = 8
"""Of more, the last would wait for the slowest file of tests anyway."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For ``--numprocesses=auto``: one process a core that may be used. None, which is pytest's own process, for one
    file or for who wants to see what tests print: a second process only costs its start there."""
    named = {argument.partition("::")[0] for argument in config.args}
    if config.getoption("capture") == "no" or (len(named) == 1 and Path(*named).is_file()):
        return 0
    return min(len(os.sched_getaffinity(0)), MOST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, the rest in the order of their folders."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
