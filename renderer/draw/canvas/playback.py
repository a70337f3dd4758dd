"""The canvas while a display list is played on it: where it draws, what is open, and who is told."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from renderer.displaylist import Command, DisplayList, PushMasked
from renderer.displaylist.owners import owners
from renderer.geometry import IDENTITY, Matrix
from renderer.geometry.skiapath import skia_matrix
from renderer.warnings import Warnings


class Frame(Struct, frozen=True, gc=False):
    """What the end of a group puts back. ``mask``: the command that opened it, if it masks."""

    save_count: int
    layer_bytes: int
    total: Matrix
    placed: Any
    mask: PushMasked | None


class Playback:
    """``device`` maps page coordinates to device pixels; ``page_scale``: device pixels per document pixel. ``total`` is
    the canvas's present matrix, known here so that nobody has to ask for it, and ``placed`` the same for Skia.
    ``layer_bytes``: of all layers that are open. ``command``: what is performed now."""

    __slots__ = (
        "_owners",
        "canvas",
        "command",
        "device",
        "display_list",
        "frames",
        "layer_bytes",
        "page_scale",
        "placed",
        "total",
        "warnings",
    )

    def __init__(self, canvas: Any, device: Matrix, display_list: DisplayList, warnings: Warnings) -> None:
        self.canvas = canvas
        self.device = device
        self.page_scale = device.stretch
        self.display_list = display_list
        self.warnings = warnings
        self.total = device
        self.placed = skia_matrix(device)
        self.frames: list[Frame] = []
        self.layer_bytes = 0
        self.command: Command | None = None
        self._owners: dict[int, str | None] | None = None

    def place(self, matrix: Matrix) -> None:
        """Draw in the coordinates that ``matrix`` maps to the page's."""
        self.put(self.device @ matrix)

    def place_in_pixels(self) -> None:
        self.put(IDENTITY)

    def put(self, total: Matrix) -> None:
        self.total = total
        self.placed = skia_matrix(total)
        self.canvas.setMatrix(self.placed)

    def open(self, mask: PushMasked | None = None) -> None:
        """From here on matrix, clip and layers belong to a group."""
        self.frames.append(Frame(self.canvas.save(), self.layer_bytes, self.total, self.placed, mask))

    def close(self) -> None:
        """The end of the group that was opened last: its layers are laid down, and all is as it was before."""
        frame = self.frames.pop()
        self.canvas.restoreToCount(frame.save_count)
        self.layer_bytes, self.total, self.placed = frame.layer_bytes, frame.total, frame.placed

    def note(self, code: str, detail: str) -> None:
        """Warn about the command that is performed now, in the name of the node that it paints."""
        self.warnings.add(code, detail, self._owner())

    def _owner(self) -> str | None:
        if self._owners is None:  # few pictures have anything to warn about
            pairs = zip(self.display_list.commands, owners(self.display_list), strict=True)
            self._owners = {id(command): node for command, node in pairs}
        return self._owners.get(id(self.command))


class saved:  # noqa: N801 - used as a statement: with saved(...):
    """What the block changes of matrix, clip and layers ends with it."""

    __slots__ = ("_playback",)

    def __init__(self, playback: Playback) -> None:
        self._playback = playback

    def __enter__(self) -> None:
        self._playback.open()

    def __exit__(self, *_: object) -> None:
        self._playback.close()
