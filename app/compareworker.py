"""What compares pictures: the entry of a third fork server, on its own as its libraries (numba's compiler among them,
some 100 MB) would make every fork of a render slower.

``preload`` sees nothing that came from outside; ``run`` is called under the lock, where the first byte of a picture is
looked at. It may import, open or start nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from renderer.compare import (
    ComparedBox,
    CompareLimits,
    MeasuredDifference,
    PixelComparison,
    decode,
    heat_map,
    measure,
    strip,
    touch,
    warm,
)
from renderer.encode import encode
from renderer.exceptions import RenderError
from renderer.formats import ImageFormat
from renderer.pixels import Pixels
from sandbox.frames import Part
from sandbox.workers.entry import Task

_MAX_TEXT = 500
_STAGE = "compare"


class CompareEntry:
    """``options``: ``limits``, as in :class:`renderer.compare.CompareLimits`.

    A job's two inputs are encoded pictures, the reference first. Its header (JSON) says their ``names``, ``masks``
    (boxes) and ``output``: ``none``, ``heatmap`` (the difference as a picture) or ``strip`` (both and the difference).
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

    def run(self, task: Task) -> Iterator[Part]:
        """One part: the report and what was drawn. Never raises for what a picture holds but MemoryError."""
        yield self._part(task)

    def _part(self, task: Task) -> Part:
        try:
            return Part(0, *self._compared(task))
        except MemoryError:
            return Part(0, _refusal("limit-memory", ""))
        except RenderError as error:
            return Part(0, _refusal(error.code, error.detail, error.field))
        except Exception as error:  # noqa: BLE001 - a bug costs one request, and says only its name
            return Part(0, _refusal("internal", type(error).__name__))

    def _compared(self, task: Task) -> tuple[bytes, bytes]:
        header = json.loads(task.header)
        task.stage("parse")
        reference, test = (
            decode(data, name=name, max_pixels=self._limits.max_pixels)
            for name, data in zip(header["names"], task.inputs, strict=True)
        )
        task.stage(_STAGE)
        sizes = [[picture.shape[1], picture.shape[0]] for picture in (reference, test)]
        if reference.shape != test.shape:
            return _report(sizes, None), b""
        masks = [ComparedBox(*mask) for mask in header["masks"]]
        measured = measure(reference, test, masks=masks, limits=self._limits)
        return _report(sizes, measured.difference), _drawn(reference, test, measured, header["output"])


def _report(sizes: list[list[int]], difference: MeasuredDifference | None) -> bytes:
    said = None if difference is None else asdict(difference)
    return json.dumps({"ok": True, "sizes": sizes, "difference": said}).encode()


def _drawn(reference: Pixels, test: Pixels, measured: PixelComparison, output: str) -> bytes:
    if output == "none":
        return b""
    heat = heat_map(reference, measured.delta)
    return _png(heat if output == "heatmap" else strip((reference, test, heat)))


def _png(pixels: Pixels) -> bytes:
    return encode(pixels, ImageFormat.PNG, quality=90, scale=1.0)


def _refusal(code: str, detail: str, field: str | None = None) -> bytes:
    said = {"ok": False, "code": code, "detail": detail[:_MAX_TEXT], "stage": _STAGE}
    return json.dumps(said if field is None else said | {"field": field}).encode()
