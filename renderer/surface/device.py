"""What every surface offers the painter, and how it names the device that draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Shape (height, width, 4), C-contiguous, RGBA, straight alpha, plain sRGB, top row first."""


@dataclass(frozen=True, slots=True)
class Device:
    """Who draws. ``software``: no graphics hardware is involved, whatever the API is called."""

    name: str
    software: bool
    api: str


class Surface(Protocol):
    """A canvas of a fixed size in device pixels, transparent at first."""

    @property
    def device(self) -> Device: ...

    @property
    def canvas(self) -> Any: ...

    def finish(self) -> None:
        """Wait until everything is drawn, so that drawing and reading can be timed apart."""
        ...

    def pixels(self) -> Pixels:
        """Read the finished drawing back. The array stays valid until the next call."""
        ...
