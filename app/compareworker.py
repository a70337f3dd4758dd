"""What compares pictures: the entry of a third fork server, on its own as its libraries (numba's compiler among them,
some 100 MB) would make every fork of a render slower.

``preload`` sees nothing that came from outside; ``run`` is called under the lock, where the first byte of a picture is
looked at. It may import, open or start nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from renderer.compare import Box, CompareLimits, Difference, Measured, decode, heat_map, measure, strip, touch, warm
from renderer.encode import encode
from renderer.exceptions import RenderError
from renderer.options import ImageFormat
from renderer.surface.device import Pixels
from sandbox.worker import Task

_MAX_TEXT = 500


class CompareEntry:
    """``options``: ``limits``, as in :class:`renderer.compare.CompareLimits`.

    A job's inputs are encoded pictures. Its header (JSON) says ``names`` (of the inputs), ``pairs`` (numbers of inputs:
    the reference, the tested), ``masks`` (boxes) and ``output``: ``none``, ``heatmaps`` (a PNG for every pair) or
    ``strip`` (one PNG: the first pair and its heat map).
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._limits = CompareLimits(**options.get("limits", {}))

    def preload(self) -> None:
        """Everything is used once, so that nothing is left to load, compile or start."""
        warm()

    def probe(self) -> dict[str, object]:
        return {}

    def warm(self) -> dict[str, object]:
        return {}

    def exercises(self) -> Iterator[None]:
        return iter(())

    def touch(self) -> None:
        touch()

    def run(self, task: Task) -> tuple[bytes, bytes | memoryview]:
        """The report and the pictures, one after the other. Never raises for what a picture holds but MemoryError."""
        try:
            return self._run(task)
        except MemoryError:
            return _refusal("limit-memory", ""), b""
        except RenderError as error:
            return _refusal(error.code, error.detail, error.field), b""
        except Exception as error:  # noqa: BLE001 - a bug costs one request, and says only its name
            return _refusal("internal", type(error).__name__), b""

    def _run(self, task: Task) -> tuple[bytes, bytes]:
        header = json.loads(task.header)
        task.stage("parse")
        pictures = [
            decode(data, name=name, max_pixels=self._limits.max_pixels)
            for name, data in zip(header["names"], task.inputs, strict=True)
        ]
        task.stage("compare")
        masks = [Box(*mask) for mask in header["masks"]]
        pairs, pieces = [], []
        for first, second in header["pairs"]:
            said, drawn = self._pair(pictures[first], pictures[second], masks, header["output"])
            pairs.append(said)
            pieces.append(drawn)
        sizes = [[picture.shape[1], picture.shape[0]] for picture in pictures]
        report = {"ok": True, "sizes": sizes, "pairs": pairs, "pieces": [len(piece) for piece in pieces]}
        return json.dumps(report).encode(), b"".join(pieces)

    def _pair(
        self, reference: Pixels, test: Pixels, masks: Sequence[Box], output: str
    ) -> tuple[dict[str, object] | None, bytes]:
        """None for two sizes: there is nothing to measure then."""
        if reference.shape != test.shape:
            return None, b""
        measured = measure(reference, test, masks=masks, limits=self._limits)
        return _numbers(measured.difference), _drawn(reference, test, measured, output)


def _numbers(difference: Difference) -> dict[str, object]:
    return asdict(difference)


def _drawn(reference: Pixels, test: Pixels, measured: Measured, output: str) -> bytes:
    if output == "none":
        return b""
    heat = heat_map(reference, measured.delta)
    return _png(heat if output == "heatmaps" else strip((reference, test, heat)))


def _png(pixels: Pixels) -> bytes:
    return encode(pixels, ImageFormat.PNG, quality=90, scale=1.0)


def _refusal(code: str, detail: str, field: str | None = None) -> bytes:
    said = {"ok": False, "code": code, "detail": detail[:_MAX_TEXT], "stage": "compare"}
    return json.dumps(said if field is None else said | {"field": field}).encode()
