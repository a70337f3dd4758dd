"""What runs inside the sandbox: joins the renderer to the worker of a fork server.

The fork server makes :class:`CpuEntry` or :class:`app.gpuworker.GpuEntry` once, by name. ``preload`` and ``warm`` see
nothing that came from outside; ``run`` is called under the lock, where the first byte of a document, an image or the
job's header is looked at. Nothing in ``run`` may import, open or start anything: on the CPU path the kernel would
kill it.

A job is one document with its images and one or many outputs: the document is parsed once, and its outputs are drawn in
turn, a part each. One that fails takes no other with it.
"""

from __future__ import annotations

import gc
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from renderer import documents, formats, warm
from renderer.collector import collector_paused
from renderer.draw import MakeSurface
from renderer.draw.raster import make_raster_surface
from renderer.exceptions import LimitError, RenderError
from renderer.fonts import FontProvider
from renderer.formats import ImageFormat
from renderer.geometry import Colour
from renderer.images import ImageSource
from renderer.limits import RenderLimits, too_many_outputs
from renderer.options import RenderOptions, Shows, SvgOptions
from renderer.outputs import Output, Planned, RefusedOutput, plan_exports, plan_outputs
from renderer.render import DocumentRenderer, RenderResult, Stage, Tools, render_alone
from renderer.warnings import RenderWarning
from sandbox.frames import Part, encode
from sandbox.mechanisms.memfd import map_readonly
from sandbox.workers.entry import Task

_DIGEST = re.compile(r"[0-9a-f]{40}")
# Bounds on what is written back, far below what the front end reads.
_MAX_WARNINGS = 500
_MAX_TEXT = 500
_MAX_WARNINGS_BYTES = 128 * 1024
_ORDINARY_JOB = json.dumps(
    {
        "media_type": documents.DEFAULT.media_type,
        "images": [],
        "outputs": [
            {
                "node": None,
                "format": formats.DEFAULT.value,
                "scale": 1.0,
                "width": None,
                "height": None,
                "background": [1, 1, 1, 1],
                "quality": 90,
                "contents_only": True,
                "use_absolute_bounds": False,
                "shows": "picture",
                "svg_options": {},
            }
        ],
        "exports": False,
        "skip": [],
        "max_outputs": 1,
    }
).encode()


class RendererEntry:
    """What both paths do. ``options``: ``fonts`` (folders), ``images`` (folder or None), ``limits``."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._font_folders = [Path(folder) for folder in options.get("fonts", [])]
        self._image_folder = Path(options["images"]) if options.get("images") else None
        self._stored_images: dict[str, memoryview] = {}
        self.limits = replace(RenderLimits(), **options.get("limits", {}))
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
        """A whole job, with something small and ordinary to draw: the pages that every job writes to (Python counts
        references in them) are then the worker's own already, and the job does not pay for copying them."""
        task = Task(_ORDINARY_JOB, (memoryview(warm.ORDINARY_DOCUMENT),), lambda _: None, time.perf_counter)
        for part in self.run(task):
            encode(part)

    def make_surface(self) -> MakeSurface:
        raise NotImplementedError

    def forget(self) -> None:
        """Let go of what a device keeps of earlier pictures: before each of a job but the first."""

    def run(self, task: Task) -> Iterator[Part]:
        """Never raises for what a document holds."""
        return _RenderJob(self, task).parts()

    def tools(self, task: Task, images: Mapping[str, memoryview], limits: RenderLimits, stages: _Stages) -> Tools:
        """``images``: those that came with the job, by digest."""
        source = ImageSource({**self._stored_images, **images}, directory=self._image_folder, limits=limits)
        return Tools(source, self.fonts, self.make_surface(), limits, stages.enter, task.clock)


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


class _RenderJob:
    """One job: what is asked for, and the parts that come of it."""

    def __init__(self, entry: RendererEntry, task: Task) -> None:
        self._entry, self._task = entry, task
        self._asked: dict[str, Any] = json.loads(task.header)
        self._stages = _Stages(task)
        self._limits = replace(entry.limits, max_outputs=self._asked["max_outputs"])
        images = dict(zip(self._asked["images"], task.inputs[1:], strict=True))
        self._tools = entry.tools(task, images, self._limits, self._stages)
        self._renderer = DocumentRenderer(self._tools)
        self._pending = deque[tuple[int, Planned]]()
        self._is_first = True

    def parts(self) -> Iterator[Part]:
        """Of a single plain output its picture. Else first how many there are, then each that is not settled yet."""
        if not self._asked["exports"] and len(self._asked["outputs"]) == 1:
            yield self._guarded(0, {}, self._alone)
            return
        yield self._guarded(None, {}, self._opened)
        while self._pending:
            yield self._next(*self._pending.popleft())

    def _alone(self) -> Part:
        options = _options(self._asked["outputs"][0])
        return self._picture(0, {}, render_alone(self._task.inputs[0], self._asked["media_type"], options, self._tools))

    def _opened(self) -> Part:
        """The count. What is planned keeps of the document what it needs."""
        with collector_paused():
            planned, skipped = self._planned(), set(self._asked["skip"])
            gc.freeze()  # or the first collection would walk all that was parsed: 150 ms for 100,000 nodes
        self._pending.extend(each for each in enumerate(planned) if each[0] not in skipped)
        return Part(None, _encode({"ok": True, "count": len(planned)}))

    def _planned(self) -> list[Planned]:
        options, exports = [_options(said) for said in self._asked["outputs"]], self._asked["exports"]
        if len(options) > self._limits.max_outputs:
            raise too_many_outputs(self._limits)
        nodes = [each.node for each in options]
        opened = self._renderer.open(
            self._task.inputs[0], self._asked["media_type"], nodes=nodes, exports=exports and None in nodes
        )
        return plan_exports(opened, options, self._limits) if exports else plan_outputs(opened, options)

    def _next(self, number: int, planned: Planned) -> Part:
        about = _about(planned)
        match planned:
            case RefusedOutput(error):
                self._stages.enter(Stage.BUILD)
                return self._refused(number, about, error)
            case Output():
                return self._guarded(number, about, partial(self._drawn, number, about, planned))

    def _drawn(self, number: int, about: Mapping[str, str], output: Output) -> Part:
        if not self._is_first:
            self._entry.forget()
        self._is_first = False
        try:
            return self._picture(number, about, self._renderer.draw(output.node, output.options))
        except MemoryError:
            pass  # what was half made goes with the exception, before another try
        self._renderer.forget()
        self._entry.forget()
        return self._picture(number, about, self._renderer.draw(output.node, output.options))

    def _picture(self, number: int, about: Mapping[str, str], result: RenderResult) -> Part:
        most = self._task.output_bytes
        if len(result.body) > most:
            detail = f"The picture has {len(result.body)} bytes; the limit is {most}. Ask for a smaller one."
            raise LimitError(detail, code="limit-output")
        return Part(number, _report(result, about), result.body)

    def _guarded(self, number: int | None, about: Mapping[str, str], make: Callable[[], Part]) -> Part:
        """The part that is made, or one that says why not. No error outlives its clause: it would keep its frames."""
        try:
            return make()
        except MemoryError:
            return self._refused(number, about, LimitError("", code="limit-memory"))
        except RenderError as error:
            return self._refused(number, about, error)
        except RecursionError:
            return self._refused(number, about, LimitError("The document is nested too deeply."))
        except Exception as error:  # noqa: BLE001 - a bug in the renderer costs one picture, and says only its name
            return self._refused(number, about, RenderError(type(error).__name__, code="internal"))

    def _refused(self, number: int | None, about: Mapping[str, str], error: RenderError) -> Part:
        said = {"ok": False, **about, "code": error.code, "detail": error.detail[:_MAX_TEXT]}
        said["stage"] = self._stages.current.value
        return Part(number, _encode(said if error.field is None else said | {"field": error.field[:_MAX_TEXT]}))


class _Stages:
    """How far the job came; told on to the sandbox, which can still say so after a kill."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.current = Stage.PARSE

    def enter(self, stage: Stage) -> None:
        self.current = stage
        self._task.stage(stage.value)


def _about(planned: Planned) -> Mapping[str, str]:
    """What a part is a picture of, where a job has several."""
    if planned.node is None:
        return {}
    said = {"node": planned.node.id[:_MAX_TEXT], "name": planned.node.name[:_MAX_TEXT]}
    return said if isinstance(planned, RefusedOutput) else said | {"suffix": planned.suffix[:_MAX_TEXT]}


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


def _report(result: RenderResult, about: Mapping[str, str]) -> bytes:
    warnings = list(_within(result.warnings))
    return _encode(
        {
            "ok": True,
            **about,
            "media_type": result.media_type,
            "width": result.width,
            "height": result.height,
            "timings_ms": result.timings_ms,
            "warnings": warnings,
            "warnings_dropped": len(result.warnings) - len(warnings),
            "device": {
                "name": result.device.name,
                "software": result.device.software,
                "api": result.device.api,
            },
        }
    )


def _within(warnings: Sequence[RenderWarning]) -> Iterator[Mapping[str, object]]:
    """As many as a report has room for: one that is too large is no answer at all."""
    size = 0
    for item in warnings[:_MAX_WARNINGS]:
        said = {"code": item.code, "node": item.node and item.node[:_MAX_TEXT], "detail": item.detail[:_MAX_TEXT]}
        size += len(_encode(said))
        if size > _MAX_WARNINGS_BYTES:
            return
        yield said


def _encode(report: Mapping[str, object]) -> bytes:
    return json.dumps(report).encode()
