"""``POST /v1/compare`` on fork servers that do as they are told: what the front end makes of it."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import httpx
import pytest

from renderer.formats import VECTORS, ImageFormat
from sandbox.job import Outcome, Verdict
from tests.app.fakes import JSON, LAYERS, FakeServer, House, completed, house, problem, refusal, report

pytestmark = pytest.mark.anyio
DIFFERENCE = {
    "width": 10,
    "height": 20,
    "judged_pixels": 200,
    "max_delta": 3,
    "changed_pixels": 20,
    "differing_pixels": 2,
    "smoothing_pixels": 1,
    "clearly_off_pixels": 0,
    "ssim": 0.9995,
    "flip_mean": 0.001,
    "flip_p99": 0.01,
    "flip_missing": None,
    "bounding_box": {"x": 1, "y": 2, "width": 2, "height": 1},
    "changed_box": {"x": 0, "y": 0, "width": 10, "height": 20},
}


def compared(drawn: bytes = b"", **changes: Any) -> Outcome:
    said = {"ok": True, "sizes": [[10, 20], [10, 20]], "difference": DIFFERENCE}
    return completed(report=json.dumps(said | changes).encode(), output=drawn)


def with_comparer(outcome: Outcome, **more: Any) -> Any:
    def change(servers: dict[str, FakeServer]) -> None:
        servers["compare"] = FakeServer(outcome=outcome, **more)

    return change


async def ask(
    it: House, query: str = "", *, accept: str = "application/json", reference: bytes | None = None
) -> httpx.Response:
    files = [("document", ("d.json", b"{}"))]
    if reference is not None:
        files.append(("reference", ("r.png", reference)))
    return await it.client.post(f"/v1/compare{query}", files=files, headers={"Accept": accept})


async def test_both_paths_and_what_lies_between() -> None:
    async with house(with_comparer(compared())) as it:
        said = (await ask(it, "?scale=2")).json()
        compare = it.servers["compare"].seen[0]
    assert said["difference"]["compared"] is True
    assert said["difference"].items() >= DIFFERENCE.items()
    assert said["difference"]["differing_share"] == 0.01
    assert said["cpu"]["drawn"]
    assert said["cpu"]["bytes"] == len(compare.inputs[0])
    assert said["gpu"]["layers"] == list(LAYERS)
    assert said["reference"] is None
    assert compare.header == {"names": ["cpu", "gpu"], "masks": [], "output": "none"}
    assert compare.sealed


async def test_the_same_options_reach_both_paths() -> None:
    async with house(with_comparer(compared())) as it:
        await ask(it, "?scale=2&node=1:2&format=webp")
        headers = [it.servers[name].seen[0].header for name in ("cpu", "gpu")]
    assert headers[0] == headers[1]
    assert headers[0]["outputs"][0]["scale"] == 2


async def test_a_reference_is_held_against_each_path() -> None:
    async with house(with_comparer(compared())) as it:
        said = (await ask(it, reference=b"\x89PNG")).json()
        jobs = it.servers["compare"].seen
    assert [job.header["names"] for job in jobs] == [["cpu", "gpu"], ["reference", "cpu"], ["reference", "gpu"]]
    assert [job.inputs[0] for job in jobs[1:]] == [b"\x89PNG"] * 2
    assert said["reference"]["cpu"]["ssim"] == DIFFERENCE["ssim"]
    assert (said["reference"]["width"], said["reference"]["height"]) == (10, 20)
    assert len(it.cpu.seen[0].inputs) == 1


async def test_another_size_is_said() -> None:
    outcome = compared(sizes=[[30, 40], [10, 20]], difference=None)
    async with house(with_comparer(outcome)) as it:
        said = (await ask(it, reference=b"\x89PNG")).json()
    for path in ("cpu", "gpu"):
        against = said["reference"][path]
        assert (against["compared"], against["code"]) == (False, "sizes-differ")
        assert f"reference is 30 x 40 and {path} is 10 x 20" in against["reason"]
    assert (said["reference"]["width"], said["reference"]["height"]) == (30, 40)


async def test_a_path_that_is_refused_is_named_and_the_other_is_measured() -> None:
    def change(servers: dict[str, FakeServer]) -> None:
        servers["gpu"].refuses = True
        servers["compare"] = FakeServer(outcome=compared())

    async with house(change) as it:
        said = (await ask(it, reference=b"\x89PNG")).json()
        assert [job.header["names"] for job in it.servers["compare"].seen] == [["reference", "cpu"]]
    assert said["cpu"]["drawn"]
    assert said["gpu"]["drawn"] is False
    assert said["gpu"]["problem"]["code"] == "sandbox-unavailable"
    assert (said["difference"]["compared"], said["difference"]["code"]) == (False, "sandbox-unavailable")
    assert said["reference"]["cpu"]["compared"]
    assert not said["reference"]["gpu"]["compared"]


async def test_a_path_that_is_switched_off_is_named() -> None:
    async with house(with_comparer(compared()), paths=("cpu",)) as it:
        said = (await ask(it)).json()
    assert said["gpu"]["problem"]["code"] == "path-unavailable"
    assert it.servers.get("compare") is None or not it.servers["compare"].seen


async def test_a_document_that_nobody_can_draw_is_a_problem() -> None:
    def change(servers: dict[str, FakeServer]) -> None:
        for name in ("cpu", "gpu"):
            servers[name].outcome = completed(report=refusal("document-invalid"), output=b"")

    async with house(change) as it:
        problem(await ask(it), 422, "document-invalid")


async def test_a_comparer_that_cannot_be_locked_leaves_the_renders() -> None:
    async with house(with_comparer(compared(), refuses=True)) as it:
        said = (await ask(it)).json()
    assert said["cpu"]["drawn"]
    assert said["gpu"]["drawn"]
    assert said["difference"]["code"] == "sandbox-unavailable"


async def test_a_reference_that_is_no_picture_is_the_clients_error() -> None:
    said = refusal("image-invalid", "The picture `reference` cannot be decoded.", field="reference")
    async with house(with_comparer(completed(report=said, output=b""))) as it:
        found = problem(await ask(it, reference=b"GIF"), 422, "image-invalid")
    assert found["field"] == "reference"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (completed(verdict=Verdict.LIMIT_CPU), "limit-cpu"),
        (completed(verdict=Verdict.KILLED, signal="SIGSYS", syscall="openat"), "worker-killed"),
        (completed(report=refusal("limit-memory", ""), output=b""), "limit-memory"),
        (completed(report=refusal("internal", "KeyError"), output=b""), "internal"),
        (completed(report=b"{}", output=b""), "worker-answer-invalid"),
        (compared(sizes=[[0, 20], [10, 20]]), "worker-answer-invalid"),
        (compared(sizes=[[9, 20], [10, 20]]), "worker-answer-invalid"),
        (compared(difference=None), "worker-answer-invalid"),
        (compared(difference=DIFFERENCE | {"ssim": float("nan")}), "worker-answer-invalid"),
        (compared(difference=DIFFERENCE | {"html": "<script>"}), "worker-answer-invalid"),
    ],
)
async def test_a_comparison_that_fails_is_said_in_its_place(outcome: Outcome, code: str) -> None:
    async with house(with_comparer(outcome)) as it:
        response = await ask(it)
        said = response.json()
    assert response.status_code == 200
    assert said["cpu"]["drawn"]
    assert (said["difference"]["compared"], said["difference"]["code"]) == (False, code)
    assert "script" not in response.text


async def test_a_picture_of_both_and_their_difference() -> None:
    async with house(with_comparer(compared(b"\x89PNG strip"))) as it:
        response = await ask(it, accept="image/png")
        job = it.servers["compare"].seen[0]
    assert job.header["output"] == "strip"
    assert response.content == b"\x89PNG strip"
    assert response.headers["content-type"] == "image/png"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["compare-difference"] == "ssim=1.000, flip-mean=0.001, max-delta=3, differing-pixels=2"


async def test_no_picture_of_both_where_one_path_is_missing() -> None:
    def change(servers: dict[str, FakeServer]) -> None:
        servers["gpu"].refuses = True

    async with house(change) as it:
        said = problem(await ask(it, accept="image/png"), 503, "sandbox-unavailable")
    assert "JSON" in said["detail"]


async def test_the_comparer_is_started_by_the_first_comparison_and_stopped_with_the_rest() -> None:
    ready: list[bool] = []
    async with house(with_comparer(compared())) as it:
        for call in (partial(it.post), partial(ask, it)):
            await call()
            ready.append(it.servers["compare"].ready)
    assert [*ready, it.servers["compare"].ready] == [False, True, False]


@pytest.mark.parametrize("path", ["cpu", "gpu"])
async def test_one_path_cannot_be_compared(path: str) -> None:
    async with house() as it:
        said = problem(await ask(it, f"?path={path}"), 422, "option-invalid")
    assert said["field"] == "path"
    assert "both paths" in said["detail"]


@pytest.mark.parametrize(("references", "why"), [([b""], "empty"), ([b"a", b"b"], "2 times")])
async def test_references_that_cannot_be_used(references: list[bytes], why: str) -> None:
    files = [("document", ("d", b"{}")), *(("reference", ("r.png", data)) for data in references)]
    async with house() as it:
        said = problem(await it.client.post("/v1/compare", files=files), 422, "part-invalid")
    assert said["field"] == "reference"
    assert why in said["detail"]


async def test_a_render_takes_no_reference() -> None:
    files = [("document", ("d", b"{}")), ("reference", ("r.png", b"x"))]
    async with house() as it:
        problem(await it.client.post("/v1/render", files=files), 422, "part-invalid")


async def test_the_description_has_the_call_with_its_answer_and_its_parts() -> None:
    async with house() as it:
        api = (await it.client.get("/openapi.json")).json()
        page = (await it.client.get("/docs")).text
    call = api["paths"]["/v1/compare"]["post"]
    content = call["responses"]["200"]["content"]
    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Comparison"}
    assert "image/png" in content
    assert "reference" in call["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    assert {"422", "429", "503"} <= call["responses"].keys()
    assert "Measured" in api["components"]["schemas"]
    assert "/v1/compare" in page


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("image/png", "image/png"),
        ("image/*", "image/png"),
        ("image/png;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, image/png;q=0.9", "image/png"),
        ("image/png;q=0, */*;q=0.1", "application/json"),
    ],
)
async def test_which_answer_a_client_would_rather_have(accept: str, answer: str) -> None:
    async with house(with_comparer(compared(b"\x89PNG strip"))) as it:
        response = await ask(it, accept=accept)
    assert response.headers["content-type"] == answer
    assert response.headers["vary"] == "Accept"


async def test_an_answer_that_there_is_not_is_refused_before_anything_is_drawn() -> None:
    async with house(with_comparer(compared())) as it:
        said = problem(await ask(it, accept="image/webp, image/png;q=0"), 406, "not-acceptable")
    assert "application/json or image/png" in said["detail"]
    assert it.cpu.seen == []


@pytest.mark.parametrize("image_format", VECTORS)
async def test_pictures_without_pixels_cannot_be_compared(image_format: ImageFormat) -> None:
    async with house() as it:
        said = problem(await ask(it, f"?format={image_format.value}"), 422, "option-invalid")
    assert said["field"] == "format"
    assert f"{image_format.value} has none; take png, jpg, webp or avif" in said["detail"]


async def test_a_comparison_has_no_options_for_svg() -> None:
    async with house() as it:
        said = problem(await ask(it, "?svg_include_id=true"), 422, "option-invalid")
    assert said["field"] == "svg_include_id"
    assert "no such option" in said["detail"]


async def test_a_body_that_is_the_document_itself() -> None:
    async with house(with_comparer(compared())) as it:
        response = await it.client.post("/v1/compare", content=b"{}", headers=JSON)
    assert response.json()["difference"]["compared"]


async def test_a_worker_whose_picture_is_another_size_than_reported_changes_nothing_here() -> None:
    """The sizes of a render are its worker's word; those of the comparison are what was decoded."""

    def change(servers: dict[str, FakeServer]) -> None:
        servers["gpu"].outcome = completed(report=report(width=99))
        servers["compare"] = FakeServer(outcome=compared(difference=None, sizes=[[10, 20], [9, 9]]))

    async with house(change) as it:
        said = (await ask(it)).json()
    assert said["difference"]["code"] == "sizes-differ"
