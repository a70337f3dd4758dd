"""What runs inside the sandbox: joins the renderer to the worker of a fork server.

The fork server makes :class:`CpuEntry` or :class:`app.gpuworker.GpuEntry` once, by name. ``preload`` and ``warm`` see
nothing that came from outside; ``run`` is called under the lock, where the first byte of a document, an image or the
job's header is looked at. Nothing in ``run`` may import, open or start anything: on the CPU path the kernel would
kill it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from renderer import warm
from renderer.draw import MakeSurface
from renderer.draw.raster import make_raster_surface
from renderer.exceptions import LimitError, RenderError
from renderer.fonts import FontProvider
from renderer.formats import ImageFormat
from renderer.geometry import Colour
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions, Shows, SvgOptions
from renderer.render import RenderResult, render
from sandbox.frames import Part
from sandbox.mechanisms.memfd import map_readonly
from sandbox.workers.entry import Task

_DIGEST = re.compile(r"[0-9a-f]{40}")
# Bounds on what is written back, far below what the front end reads.
_MAX_WARNINGS = 500
_MAX_TEXT = 500


class RendererEntry:
    """What both paths do. ``options``: ``fonts`` (folders), ``images`` (folder or None), ``limits``."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._font_folders = [Path(folder) for folder in options.get("fonts", [])]
        self._image_folder = Path(options["images"]) if options.get("images") else None
        self._stored_images: dict[str, memoryview] = {}
        self._limits = replace(RenderLimits(), **options.get("limits", {}))
        self.fonts: FontProvider

    def preload(self) -> None:
        """Fonts, and everything that would otherwise be loaded at its first use."""
        self.fonts = FontProvider.load(*self._font_folders)
        warm.warm(self.fonts)

    def probe(self) -> dict[str, object]:
        return {}

    def warm(self) -> dict[str, object]:
        return {}

    def exercises(self) -> Iterator[None]:
        return iter(())

    def touch(self) -> None:
        warm.touch(self.fonts, self.make_surface())

    def make_surface(self) -> MakeSurface:
        raise NotImplementedError

    def run(self, task: Task) -> Iterator[Part]:
        yield Part(0, *self._drawn(task))

    def _drawn(self, task: Task) -> tuple[bytes, bytes | memoryview]:
        """The report and the picture. Never raises for what a document holds but MemoryError."""
        stages = _Stages(task)
        try:
            result = self._render(task, stages)
        except MemoryError:
            return _refusal("limit-memory", "", stages), b""
        except RenderError as error:
            return _refusal(error.code, error.detail, stages, field=error.field), b""
        except RecursionError:
            return _refusal(LimitError.code, "The document is nested too deeply.", stages), b""
        except Exception as error:  # noqa: BLE001 - a bug in the renderer costs one request, and says only its name
            return _refusal("internal", type(error).__name__, stages), b""
        return _report(result), result.body

    def _render(self, task: Task, stages: _Stages) -> RenderResult:
        header = json.loads(task.header)
        document, *images = task.inputs
        return render(
            document,
            header["media_type"],
            options=_options(header["outputs"][0]),
            images=ImageSource(
                self._stored_images | dict(zip(header["images"], images, strict=True)),
                directory=self._image_folder,
                limits=self._limits,
            ),
            fonts=self.fonts,
            make_surface=self.make_surface(),
            limits=self._limits,
            on_stage=stages.enter,
            clock=task.clock,
        )


class CpuEntry(RendererEntry):
    """The CPU path: Skia's rasteriser."""

    def preload(self) -> None:
        """Also maps the operator's images: nothing can be opened under the strict lock."""
        super().preload()
        if self._image_folder is not None:
            self._stored_images = map_images(self._image_folder)
            self._image_folder = None

    def make_surface(self) -> MakeSurface:
        return make_raster_surface


def map_images(folder: Path) -> dict[str, memoryview]:
    """Every image of a store, by the digest it is named by. Mapped, so that it costs memory only where it is used."""
    found: dict[str, memoryview] = {}
    for path in sorted(folder.iterdir()):
        digest = path.name.split(".")[0].lower()
        if _DIGEST.fullmatch(digest) and path.is_file():
            with path.open("rb") as file:
                found[digest] = map_readonly(file.fileno())
    return found


class _Stages:
    """How far the render came; told on to the sandbox, which can still say so after a kill."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.current = "parse"

    def enter(self, stage: Any) -> None:
        self.current = stage.value
        self._task.stage(self.current)


def _options(said: Mapping[str, Any]) -> RenderOptions:
    """The front end has checked types and ranges."""
    background = said["background"]
    return RenderOptions(
        node=said["node"],
        format=ImageFormat(said["format"]),
        scale=said["scale"],
        width=said["width"],
        height=said["height"],
        background=None if background is None else Colour(*background),
        quality=said["quality"],
        contents_only=said["contents_only"],
        use_absolute_bounds=said["use_absolute_bounds"],
        svg=SvgOptions(**said["svg_options"]),
        shows=Shows(said["shows"]),
    )


def _report(result: RenderResult) -> bytes:
    warnings = result.warnings[:_MAX_WARNINGS]
    return _encode(
        {
            "ok": True,
            "media_type": result.media_type,
            "width": result.width,
            "height": result.height,
            "timings_ms": result.timings_ms,
            "warnings": [
                {"code": item.code, "node": item.node and item.node[:_MAX_TEXT], "detail": item.detail[:_MAX_TEXT]}
                for item in warnings
            ],
            "warnings_dropped": len(result.warnings) - len(warnings),
            "device": {
                "name": result.device.name,
                "software": result.device.software,
                "api": result.device.api,
            },
        }
    )


def _refusal(code: str, detail: str, stages: _Stages, *, field: str | None = None) -> bytes:
    said = {"ok": False, "code": code, "detail": detail[:_MAX_TEXT], "stage": stages.current}
    return _encode(said if field is None else said | {"field": field[:_MAX_TEXT]})


def _encode(report: Mapping[str, object]) -> bytes:
    return json.dumps(report).encode()
