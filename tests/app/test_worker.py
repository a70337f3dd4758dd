"""The entry of a renderer: a task in, its parts out. No sandbox; that no system call is made is tested elsewhere."""

from __future__ import annotations

import gc
import io
import json
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image

from app.service.specs import BUNDLED_FONTS
from app.worker import CpuEntry, RendererEntry
from renderer.draw import MakeSurface
from renderer.draw.surface import Surface
from renderer.fonts import FontProvider
from renderer.formats import ImageFormat
from sandbox.frames import Part
from sandbox.job import MAX_REPORT_BYTES
from sandbox.workers.entry import Task
from tests.renderer.documents import file_of, frame, node, page, text

Json = dict[str, Any]
OPTIONS: Json = {
    "node": None,
    "format": "png",
    "scale": None,
    "width": None,
    "height": None,
    "background": None,
    "quality": 90,
    "contents_only": True,
    "use_absolute_bounds": False,
    "shows": "picture",
    "svg_options": {},
}
REF = "e" * 40


@dataclass
class Done:
    """``number``: None of the part about the job as a whole."""

    number: int | None
    said: Json
    content: bytes

    @classmethod
    def of(cls, part: Part) -> Done:
        return cls(part.number, json.loads(part.report), bytes(part.content))


@dataclass
class Workplace:
    """An entry with its fonts loaded, and the stages that its last task said."""

    entry: RendererEntry
    stages: list[str] = field(default_factory=list)

    def parts(
        self,
        document: Json | bytes,
        *outputs: Json,
        images: dict[str, bytes] | None = None,
        output_bytes: int | None = None,
        **more: Any,
    ) -> Iterator[Part]:
        asked = {"outputs": [OPTIONS | output for output in outputs], "exports": False, "skip": [], "max_outputs": 500}
        header = {"media_type": "application/json", "images": list(images or {})} | asked | more
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        inputs = tuple(memoryview(each) for each in (data, *(images or {}).values()))
        self.stages.clear()
        limit = {} if output_bytes is None else {"output_bytes": output_bytes}
        return self.entry.run(Task(json.dumps(header).encode(), inputs, self.stages.append, time.perf_counter, **limit))

    def done(self, document: Json | bytes, *outputs: Json, **more: Any) -> list[Done]:
        return [Done.of(part) for part in self.parts(document, *outputs, **more)]


@pytest.fixture(scope="module")
def loaded() -> CpuEntry:
    entry = CpuEntry({"fonts": [str(BUNDLED_FONTS)]})
    entry.fonts = FontProvider.load(BUNDLED_FONTS)
    return entry


@pytest.fixture
def at(loaded: CpuEntry) -> Workplace:
    return Workplace(loaded)


def size(done: Done) -> tuple[int, int]:
    return Image.open(io.BytesIO(done.content)).size


CARD = frame(node(id="1:2", at=(0, 0, 10, 5), name="tile"), node("SLICE", id="1:3"), id="1:1", at=(0, 0, 20, 10))
COUNT_KEYS = {"ok", "count"}
PICTURE_KEYS = {"ok", "media_type", "width", "height", "timings_ms", "warnings", "warnings_dropped", "device"}
NAME_KEYS = {"node", "name", "suffix"}
FORMATS = {each.media_type: each.value for each in ImageFormat}


def codes(parts: list[Done]) -> list[str]:
    """``ok`` of a picture."""
    return ["ok" if part.said["ok"] else part.said["code"] for part in parts]


# --- a single plain output --------------------------------------------------------------------------------------------


def test_a_single_output_is_its_picture_and_nothing_else(at: Workplace) -> None:
    (only,) = at.done(CARD, {"node": "1:2"}, max_outputs=1)
    assert only.number == 0
    assert only.said.keys() == PICTURE_KEYS
    assert size(only) == (only.said["width"], only.said["height"]) == (10, 5)
    assert at.stages == ["parse", "lower", "draw", "read", "encode"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"no json", {"code": "document-invalid", "stage": "parse"}),
        (CARD, {"code": "node-not-found", "stage": "parse", "field": "node"}),
        (node(id="7:7", opacity=5), {"code": "document-invalid", "stage": "parse", "field": "opacity"}),
    ],
)
def test_a_single_output_is_refused_as_a_picture(at: Workplace, document: Json | bytes, said: Json) -> None:
    (only,) = at.done(document, {"node": "7:7"}, max_outputs=1)
    assert (only.number, only.content) == (0, b"")
    assert only.said.items() >= said.items()
    assert only.said.keys() - {"field"} == {"ok", "code", "detail", "stage"}


# --- several ----------------------------------------------------------------------------------------------------------


def test_several_begin_with_their_count_and_each_says_what_it_is(at: Workplace) -> None:
    count, first, second = at.done(CARD, {"node": "1:2", "format": "svg"}, {"scale": 2})
    assert (count.number, count.said) == (None, {"ok": True, "count": 2})
    assert (first.number, second.number) == (0, 1)
    assert first.said.keys() == second.said.keys() == PICTURE_KEYS | NAME_KEYS
    assert [first.said[key] for key in ("node", "name", "suffix", "media_type")] == ["1:2", "tile", "", "image/svg+xml"]
    assert [second.said[key] for key in ("node", "media_type", "width")] == ["1:1", "image/png", 40]
    assert at.stages == ["parse", "build", "lower", "draw", "build", "lower", "draw", "read", "encode"]
    assert "parse" in first.said["timings_ms"]
    assert "build" not in first.said["timings_ms"]


def test_each_is_the_picture_that_it_is_alone(at: Workplace) -> None:
    asked: list[Json] = [{"node": "1:1"}, {"node": "1:2", "format": "webp"}, {"node": "1:1"}, {"format": "pdf"}]
    _, *several = at.done(CARD, *asked)
    for part, options in zip(several, asked, strict=True):
        (alone,) = at.done(CARD, options)
        assert part.content == alone.content


def test_a_document_that_cannot_be_read_is_one_refusal(at: Workplace) -> None:
    (only,) = at.done(b"{", {"node": "1:1"}, {"node": "1:2"})
    assert (only.number, only.said["ok"], only.said["code"]) == (None, False, "document-invalid")
    assert only.said["stage"] == "parse"


def test_one_that_fails_takes_no_other_with_it(at: Workplace) -> None:
    image = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": REF}
    wrong = node(id="2:2", fills=[image])
    document = frame(CARD, wrong, node(id="2:3", opacity=7), node(id="2:4", visible=False), id="2:1")
    asked = [{"node": each} for each in ("1:1", "2:2", "2:3", "2:4", "1:3", "9:9", "1:2", "1:1")]
    count, *parts = at.done(document, *asked, images={REF: b"nothing"})
    assert count.said["count"] == len(asked)
    assert [part.number for part in parts] == list(range(len(asked)))
    assert codes(parts) == [
        "ok",
        "image-invalid",
        "document-invalid",
        "node-invisible",
        "node-invisible",
        "node-not-found",
        "ok",
        "ok",
    ]
    assert parts[2].said["field"] == "children[2].opacity"
    assert [part.said["stage"] for part in parts[1:6]] == ["lower", *["build"] * 4]
    assert [part.said.get("node") for part in parts[1:6]] == ["2:2", "2:3", "2:4", "1:3", None]


def test_a_bug_costs_one_picture_and_says_only_its_name(at: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(monkeypatch, at.entry, {1}, ZeroDivisionError("secret"))
    _, *parts = at.done(CARD, {"node": "1:1"}, {"node": "1:2"}, {"node": "1:1"})
    assert codes(parts) == ["ok", "internal", "ok"]
    assert parts[1].said["detail"] == "ZeroDivisionError"


def test_warnings_are_each_pictures_own(at: Workplace) -> None:
    image = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": REF}
    document = frame(node(id="1:2", fills=[image]), node(id="1:3"), id="1:1")
    _, *parts = at.done(document, {"node": "1:2"}, {"node": "1:3"}, {"node": "1:2"})
    assert [[each["code"] for each in part.said["warnings"]] for part in parts] == [
        ["image-missing"],
        [],
        ["image-missing"],
    ]


def test_a_report_has_no_more_warnings_than_it_has_room_for(at: Workplace) -> None:
    fills = [[{"type": "IMAGE", "scaleMode": "FILL", "imageRef": f"{number:040x}"}] for number in range(90)]
    many = (node(id=f"1:{number}" + "😀" * 600, fills=each) for number, each in enumerate(fills))
    (part,) = at.parts(file_of(page(frame(*many))), {})
    assert len(part.report) <= MAX_REPORT_BYTES
    said = json.loads(part.report)
    assert said["warnings"]
    assert len(said["warnings"]) + said["warnings_dropped"] == 90


def test_a_picture_with_more_bytes_than_a_part_may_have_is_refused(at: Workplace) -> None:
    (whole,) = at.done(CARD, {"node": "1:1"})
    most = len(whole.content)
    asked = {"node": "1:1"}, {"node": "1:1", "scale": 4}, {"node": "1:2"}
    assert codes(at.done(CARD, *asked, output_bytes=most)) == ["ok", "ok", "limit-output", "ok"]
    assert codes(at.done(CARD, {"node": "1:1"}, output_bytes=most - 1)) == ["limit-output"]


def test_no_more_than_may_be_asked_for(at: Workplace) -> None:
    (only,) = at.done(CARD, *[{"node": "1:1"}] * 3, max_outputs=2)
    assert (only.number, only.said["code"]) == (None, "limit-outputs")
    assert len(at.done(CARD, *[{"node": "1:1"}] * 3, max_outputs=3)) == 4


def test_what_is_settled_is_skipped_and_counted(at: Workplace) -> None:
    asked = [{"node": each} for each in ("1:1", "1:2", "9:9", "1:2")]
    count, *parts = at.done(CARD, *asked, skip=[0, 2])
    assert count.said["count"] == 4
    assert [(part.number, part.said["node"]) for part in parts] == [(1, "1:2"), (3, "1:2")]
    (count,) = at.done(CARD, *asked, skip=[0, 1, 2, 3])
    assert count.said["count"] == 4


# --- exports ----------------------------------------------------------------------------------------------------------


def setting(kind: str, suffix: str, by: str, value: float) -> Json:
    return {"format": kind, "suffix": suffix, "constraint": {"type": by, "value": value}}


EXPORTED = file_of(
    page(
        node(
            id="1:2",
            at=(0, 0, 10, 5),
            name="tile",
            exportSettings=[
                setting("PNG", "@2x", "SCALE", 2),
                setting("JPG", "-wide", "WIDTH", 60),
                setting("PNG", "-high", "HEIGHT", 20),
                setting("SVG", "", "SCALE", 1),
            ],
        ),
        id="0:1",
    ),
    page(
        frame(
            node("SLICE", id="1:5", name="slice", exportSettings=[setting("PNG", "", "SCALE", 1)]),
            id="1:4",
            exportSettings=[setting("GIF", "", "SCALE", 1), setting("PDF", "", "SCALE", 1)],
        ),
        id="0:2",
    ),
)


def test_the_export_settings_of_a_whole_document(at: Workplace) -> None:
    count, *parts = at.done(EXPORTED, {}, exports=True)
    assert (count.number, count.said["count"]) == (None, 7)
    assert codes(parts) == ["ok"] * 4 + ["document-invalid", "ok", "node-invisible"]
    assert [part.number for part in parts] == list(range(7))
    drawn = [part.said for part in parts if part.said["ok"]]
    assert [
        (said["node"], said["suffix"], FORMATS[said["media_type"]], said["width"], said["height"]) for said in drawn
    ] == [
        ("1:2", "@2x", "png", 20, 10),
        ("1:2", "-wide", "jpg", 60, 30),
        ("1:2", "-high", "png", 40, 20),
        ("1:2", "", "svg", 10, 5),
        ("1:4", "", "pdf", 100, 50),
    ]
    assert [size(part) for part in parts[:3]] == [(20, 10), (60, 30), (40, 20)]
    assert parts[4].said["field"] == "document.children[1].children[0].exportSettings[0].format"
    assert (parts[4].said["node"], parts[6].said["name"]) == ("1:4", "slice")


def test_the_export_settings_of_one_node_and_some_are_settled(at: Workplace) -> None:
    count, *parts = at.done(EXPORTED, {"node": "1-2", "background": [0, 0, 1, 1]}, exports=True, skip=[1, 2])
    assert count.said["count"] == 4
    assert [(part.number, FORMATS[part.said["media_type"]]) for part in parts] == [(0, "png"), (3, "svg")]


def test_exports_of_nothing_are_refused_one_by_one(at: Workplace) -> None:
    count, *parts = at.done(EXPORTED, {"node": "9:9"}, {"node": "0:2"}, exports=True)
    assert count.said["count"] == 2
    assert codes(parts) == ["node-not-found", "exports-none"]


@pytest.mark.parametrize(("most", "end"), [(7, "ok"), (6, "limit-outputs")])
def test_exports_are_counted_when_they_are_known(at: Workplace, most: int, end: str) -> None:
    first, *rest = at.done(EXPORTED, {}, exports=True, max_outputs=most)
    assert (first.number, codes([first])) == (None, [end])
    assert len(rest) == (7 if end == "ok" else 0)


# --- memory -----------------------------------------------------------------------------------------------------------


def fail_at(monkeypatch: pytest.MonkeyPatch, entry: RendererEntry, calls: set[int], error: Exception) -> list[int]:
    """The calls for a surface that raise, from 0. Returns the numbers of those made."""
    made: list[int] = []
    real = entry.make_surface()

    def make_surface(width: int, height: int) -> Surface:
        made.append(len(made))
        if made[-1] in calls:
            raise error
        return real(width, height)

    def for_entry() -> MakeSurface:
        return make_surface

    monkeypatch.setattr(entry, "make_surface", for_entry)
    return made


@pytest.mark.parametrize(
    ("calls", "ends"), [({1}, ["ok", "ok", "ok"]), ({1, 2}, ["ok", "limit-memory", "ok"]), ({0}, ["ok", "ok", "ok"])]
)
def test_what_had_no_memory_is_drawn_once_more_alone(
    at: Workplace, monkeypatch: pytest.MonkeyPatch, calls: set[int], ends: list[str]
) -> None:
    made = fail_at(monkeypatch, at.entry, calls, MemoryError())
    forgotten: list[int] = []
    monkeypatch.setattr(at.entry, "forget", lambda: forgotten.append(len(made)))
    _, *parts = at.done(CARD, {"node": "1:1"}, {"node": "1:2"}, {"node": "1:1"})
    assert codes(parts) == ends
    again = min(calls) + 1
    assert again in forgotten
    assert all(part.content for part in parts if part.said["ok"])


def test_a_single_output_without_memory_is_refused_at_once(at: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fail_at(monkeypatch, at.entry, {0}, MemoryError())
    (only,) = at.done(CARD, {"node": "1:1"})
    assert (only.said["code"], only.said["stage"], made) == ("limit-memory", "draw", [0])


def test_a_device_forgets_before_every_picture_but_the_first(at: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    monkeypatch.setattr(at.entry, "forget", lambda: events.append("forget"))
    events.extend(str(part.number) for part in at.parts(CARD, {"node": "1:1"}, {"node": "1:2"}, {"node": "1:1"}))
    assert events == ["None", "0", "forget", "1", "forget", "2"]
    events.clear()
    at.done(CARD, {"node": "1:1"})
    assert events == []


def test_memory_does_not_grow_from_output_to_output(at: Workplace) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((100, 100), 50).save(buffer, "PNG")
    refs = [f"{number:040x}" for number in range(50)]
    cards = [
        frame(
            node(id=f"3:{i}", fills=[{"type": "IMAGE", "scaleMode": "FILL", "imageRef": refs[i % 50]}]),
            node("VECTOR", id=f"4:{i}", fillGeometry=[{"path": f"M0 0L{i} 9L9 9Z"}]),
            text(f"Card number {i}", id=f"5:{i}"),
            id=f"2:{i}",
        )
        for i in range(250)
    ]
    limits = {"fonts": [], "limits": {"max_images_bytes": 400_000, "max_path_verbs": 1000}}
    entry = CpuEntry(limits)
    entry.fonts = at.entry.fonts
    asked = [{"node": f"2:{i}", "format": kind} for kind in ("png", "svg") for i in range(250)]
    parts = Workplace(entry).parts(frame(*cards, id="1:1"), *asked, images=dict.fromkeys(refs, buffer.getvalue()))
    held = dict[int, int]()
    tracemalloc.start()
    try:
        for part in parts:
            assert json.loads(part.report)["ok"]
            if part.number in {100, 249, 499}:
                gc.collect()
                held[part.number], _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert max(held[249] - held[100], held[499] - held[249]) < 1_000_000, held


def test_what_is_refused_leaves_nothing_to_the_collector(at: Workplace) -> None:
    """An exception that is kept keeps its frames, and all that they hold."""
    image = {"type": "IMAGE", "scaleMode": "FILL", "imageRef": REF}
    kinds: list[Json] = [{"fills": [image]}, {"opacity": 7}, {"visible": False}, {"children": 5}]
    document = frame(*(node(id=f"2:{i}", **kind) for i, kind in enumerate(kinds)), id="1:1")
    asked = [{"node": f"2:{i % 5}"} for i in range(100)]
    at.done(document, *asked, images={REF: b"nothing"})
    gc.collect()
    gc.disable()
    try:
        assert "ok" not in codes(at.done(document, *asked, images={REF: b"nothing"})[1:])
        assert gc.collect() < len(asked)
    finally:
        gc.enable()
