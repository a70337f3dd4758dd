from __future__ import annotations

from collections.abc import Iterator

import pytest

from renderer.draw.ganesh import GaneshDevice, GlUnavailableError


@pytest.fixture(scope="module")
def device() -> Iterator[GaneshDevice]:
    try:
        found = GaneshDevice()
    except GlUnavailableError as error:
        pytest.skip(str(error))
    yield found
    found.close()
