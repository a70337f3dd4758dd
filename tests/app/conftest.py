from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from app.footguns.facts import gather
from app.footguns.live import find
from app.settings import PREFIX

FOOT_GUNS = ",".join(sorted({item.name for item in find(gather()) if item.danger}))
"""A container that the tests run in is not what they are about: a server that one of them starts is to start."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True, scope="package")
def _no_settings_from_outside() -> Iterator[None]:
    """What the machine that runs the tests has set must not decide how they end. It comes before a module's fixtures,
    some of which start a server."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            patch.delenv(name)
        patch.setenv(PREFIX + "WAIVE_FOOTGUNS", FOOT_GUNS)
        yield
