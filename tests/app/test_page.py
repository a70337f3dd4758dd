"""The page as its user has it: a real server, both paths locked, in a real headless Chromium."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect

from app.attackrecord import AttackRecord, ProbeResult
from app.settings import PREFIX
from renderer.documents import DocumentFormat
from renderer.formats import ImageFormat
from tests.app.browser import Visit, chromium, visit
from tests.app.conftest import FOOT_GUNS
from tests.app.documents import document, frame, node, png, with_image
from tests.app.test_server import running
from tests.host import WAIVED

RED, BLUE, HOTTEST = [255, 0, 0, 255], [0, 0, 255, 255], [252, 255, 164, 255]
MAX_BODY_BYTES = 12_000_000
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    state = tmp_path_factory.mktemp("state")
    leave_attack_record(state)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(state))
        patch.setenv(PREFIX + "WAIVE", ",".join(WAIVED))
        patch.setenv(PREFIX + "WAIVE_FOOTGUNS", FOOT_GUNS)
        # A software GPU beside other tests may need half a minute for the sample, which is not what they are about.
        flags = ("--wall-s", "300", "--cpu-s", "300", "--pool", "1", "--max-body-bytes", str(MAX_BODY_BYTES))
        with running(*flags) as server:
            yield server.url


def leave_attack_record(state: Path) -> None:
    rows = [("cpu", "defeated", ["seccomp"]), ("gpu", "defeated", ["mountns"]), ("gpu", "blind", [])]
    results = [
        ProbeResult(probe=1, title="read", path=path, launcher="native", result=result, stopped_by=by, why="because")
        for path, result, by in rows
    ]
    record = AttackRecord(at=datetime(2026, 1, 2, tzinfo=UTC), kernel="6.0-ours", results=results)
    (state / "renderserver").mkdir()
    (state / "renderserver" / "attack.json").write_text(record.model_dump_json())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as it:
        yield it


@pytest.fixture
def visitor(browser: Browser, origin: str) -> Iterator[Visit]:
    with visit(browser, origin) as it:
        yield it


@pytest.fixture
def page(visitor: Visit) -> Page:
    return visitor.page


# --- what tests do ----------------------------------------------------------------------------------------------------


def file(body: bytes, name: str = "document.json", kind: str = "application/json") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": body}


def open_files(page: Page, *files: FilePayload) -> None:
    page.set_input_files("#file", list(files))


def drop(page: Page, *files: FilePayload) -> None:
    """As a hand would: the files are dragged over the page and let go."""
    script = """files => { const data = new DataTransfer();
        for (const { name, mimeType, bytes } of files)
            data.items.add(new File([Uint8Array.from(bytes)], name, { type: mimeType }));
        return data; }"""
    contents = [{"name": it["name"], "mimeType": it["mimeType"], "bytes": list(it["buffer"])} for it in files]
    transfer = page.evaluate_handle(script, contents)
    page.dispatch_event("body", "dragover", {"dataTransfer": transfer})
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})


def drop_made_there(page: Page, parts: str) -> None:
    """Drops a file that the browser puts together itself, of an expression for its parts: it is too large to send."""
    script = f"""const data = new DataTransfer(); data.items.add(new File({parts}, 'large.json'));
        dispatchEvent(new DragEvent('drop', {{ dataTransfer: data }}));"""
    page.evaluate(script)


def blue_on_gpu(page: Page) -> None:
    """Gives the GPU path another document, so that the two pictures are known to differ in every pixel."""
    blue = document().replace(b'{"r": 1, "g": 0, "b": 0, "a": 1}', b'{"r": 0, "g": 0, "b": 1, "a": 1}')
    page.route("**/v1/render?path=gpu*", lambda route: route.continue_(post_data=blue))


def colour(page: Page, x: float, y: float) -> list[int]:
    """Of the canvas, at parts of its width and height."""
    script = """([x, y]) => { const canvas = document.querySelector('#canvas');
        const place = [Math.floor(canvas.width * x), Math.floor(canvas.height * y)];
        return [...canvas.getContext('2d').getImageData(...place, 1, 1).data]; }"""
    found: list[int] = page.evaluate(script, [x, y])
    return found


def seen(page: Page, x: float, y: float, wanted: list[int]) -> None:
    """Waits until that place of the canvas has that colour."""
    for _ in range(400):
        if colour(page, x, y) == wanted:
            return
        page.wait_for_timeout(50)
    assert colour(page, x, y) == wanted


def seen_on(page: Page, path: str, wanted: list[int]) -> None:
    """Waits until the middle of that path's pane, side by side with the other's, has that colour."""
    script = """path => { const box = (element) => element.getBoundingClientRect();
        const pane = box(document.querySelector(`.pane[data-path=${path}]`));
        const all = box(document.querySelector('#canvas'));
        return [(pane.x + pane.width / 2 - all.x) / all.width, (pane.y + pane.height / 2 - all.y) / all.height]; }"""
    x, y = page.evaluate(script, path)
    seen(page, x, y, wanted)


def query(request_url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request_url).query)


def both_drawn(page: Page) -> None:
    expect(page.locator("#differences")).to_be_visible(timeout=300_000)


def unknown(page: Page, module: str, expression: str) -> Any:
    """What an expression in terms of ``it``, one of the page's modules, comes to."""
    return page.evaluate(f"import('/playground/{module}.js').then((it) => {expression})")


# --- the first visit --------------------------------------------------------------------------------------------------


def test_a_first_visitor_sees_both_pictures_after_one_click(visitor: Visit) -> None:
    page = visitor.page
    page.get_by_role("button", name="Show me a sample").click()
    both_drawn(page)
    for path in ("CPU path", "GPU path"):
        expect(page.get_by_role("region", name=path)).to_contain_text("1040 × 680 px")
    expect(page.locator("#document-facts")).to_contain_text("85 nodes")
    rows = page.locator(".waterfall tbody th").all_text_contents()
    assert rows == ["queue", "sandbox", "parse", "lower", "draw", "read", "encode", "network"]
    assert [query(request.url)["path"] for request in visitor.renders()] == [["cpu"], ["gpu"]]


def test_the_server_is_introduced_before_anything_is_drawn(page: Page) -> None:
    expect(page.locator("#paths")).to_contain_text("CPU ready")
    expect(page.locator("#paths")).to_contain_text("GPU ready, software")
    page.get_by_role("tab", name="Sandbox").click()
    seccomp = page.locator("[data-layer='seccomp-bpf']")
    expect(seccomp.locator(".state")).to_have_text(["in force at start", "in force at start"])


# --- documents in -----------------------------------------------------------------------------------------------------


def test_a_dropped_document_is_drawn_on_both_paths(page: Page) -> None:
    drop(page, file(document()))
    both_drawn(page)
    seen_on(page, "cpu", RED)
    seen_on(page, "gpu", RED)
    expect(page.locator("#difference-line")).to_have_text("Every pixel is the same")


def test_images_travel_with_their_document(page: Page) -> None:
    image = png()
    digest = hashlib.sha1(image, usedforsecurity=False).hexdigest()
    drop(page, file(with_image(digest)), file(image, "photo.png", "image/png"))
    expect(page.locator("#document-facts")).to_contain_text("1 of 1 images")
    expect(page.locator("#warnings")).to_contain_text("None")
    page.get_by_role("tab", name="Request").click()
    expect(page.locator("#curl-text")).to_contain_text("-F document=@document.json")
    expect(page.locator("#curl-text")).to_contain_text("-F image=@photo.png")


def test_images_are_named_by_their_digest(page: Page) -> None:
    read = "it.readImage(new File([Uint8Array.of(1, 2, 3)], 'photo.png')).then((image) => image.digest)"
    digest = unknown(page, "documents", read)
    assert digest == hashlib.sha1(b"\1\2\3", usedforsecurity=False).hexdigest()
    document_ = "{ blob: new Blob(['{}']), mediaType: 'application/json', name: 'd.json' }"
    images = f"[{{ blob: new Blob(['x']), digest: '{digest}', name: 'photo.png' }}]"
    assert unknown(page, "render", f"it.body({document_}, {images}).content.get('image').name") == digest


def test_an_image_that_comes_later_is_drawn_then(page: Page) -> None:
    image = png()
    open_files(page, file(with_image(hashlib.sha1(image, usedforsecurity=False).hexdigest())))
    expect(page.locator("#warnings")).to_contain_text("image-missing")
    open_files(page, file(image, "photo.png", "image/png"))
    expect(page.locator("#warnings")).to_contain_text("None")


def test_a_pasted_document_is_drawn(page: Page) -> None:
    page.get_by_role("button", name="Paste").click()
    page.get_by_label("JSON", exact=True).fill(document().decode())
    page.get_by_role("button", name="Render it").click()
    both_drawn(page)
    expect(page.locator("#document-name")).to_have_text("document.json")


@pytest.mark.parametrize(("name", "body"), [("a.fig", b"{}"), ("unnamed", b"fig-kiwi\x00")])
def test_a_document_is_sent_as_the_format_that_the_server_knows_it_by(page: Page, name: str, body: bytes) -> None:
    with page.expect_request("**/v1/render*") as sent:
        open_files(page, file(body, name, ""))
    assert sent.value.headers["content-type"] == DocumentFormat.FIG.media_type
    expect(page.locator("#document-facts")).to_contain_text("its tree is only read inside the sandbox")


@pytest.mark.parametrize("wrap", ["file", "nodes", "bare"])
def test_every_form_of_a_document_has_a_tree(page: Page, wrap: str) -> None:
    root = frame(node(id="1:9"))
    page_ = {"id": "0:1", "name": "Page", "type": "CANVAS", "children": [root]}
    forms: dict[str, dict[str, Any]] = {
        "file": {"document": {"id": "0:0", "name": "All", "type": "DOCUMENT", "children": [page_]}},
        "nodes": {"nodes": {"1:1": {"document": root}, "9:9": None}},
        "bare": root,
    }
    open_files(page, file(json.dumps(forms[wrap]).encode()))
    above = ["All", "Page"] if wrap == "file" else []
    expect(page.locator(".tree-name")).to_have_text([*above, "frame", "rectangle"])


# --- the tree ---------------------------------------------------------------------------------------------------------


def test_a_node_is_picked_and_drawn(visitor: Visit) -> None:
    page = visitor.page
    open_files(page, file(document(frame(node(box=(0, 0, 40, 30)), node(id="1:3", name="small", box=(5, 5, 10, 8))))))
    both_drawn(page)
    page.get_by_role("treeitem", name="rectangle").last.click()
    expect(page.locator("#selected")).to_contain_text("RECTANGLE 1:3")
    page.get_by_role("button", name="Render this node").click()
    expect(page.get_by_role("region", name="GPU path")).to_contain_text("10 × 8 px")
    assert query(visitor.renders()[-1].url)["node"] == ["1:3"]
    page.get_by_role("button", name="Render all").click()
    expect(page.get_by_role("region", name="GPU path")).to_contain_text("40 × 30 px")


def test_the_tree_is_walked_by_the_keyboard(visitor: Visit) -> None:
    page = visitor.page
    open_files(page, file(document(frame(node(), node(id="1:3", name="second")))))
    both_drawn(page)
    page.locator("#tree").focus()
    for key in ("Home", "ArrowLeft", "ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    chosen = page.locator("#tree [aria-selected=true]")
    expect(chosen).to_contain_text("second")
    assert page.locator("#tree").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page.locator("#tree [data-target]")).to_contain_text("second")
    both_drawn(page)
    assert query(visitor.renders()[-1].url)["node"] == ["1:3"]


def test_the_filter_shows_what_matches_and_what_is_above(page: Page) -> None:
    inner = node("FRAME", id="1:5", name="inner", children=[node(id="1:6", name="Needle")])
    open_files(page, file(document(frame(node(name="other"), inner))))
    page.locator("#filter").fill("needle")
    expect(page.locator(".tree-name")).to_have_text(["frame", "inner", "Needle"])
    expect(page.locator("#filter-count")).to_have_text("1")
    page.locator("#filter").fill("")
    expect(page.locator(".tree-name")).to_have_text(["frame", "other", "inner"])


def test_a_hundred_thousand_nodes_are_a_few_elements(page: Page) -> None:
    page.route("**/v1/render?*", lambda route: route.abort())
    child = """{ id: `2:${at}`, type: 'RECTANGLE', absoluteBoundingBox: { x: 0, y: 0, width: 1, height: 1 } }"""
    children = f"Array.from({{ length: 100000 }}, (_, at) => ({child}))"
    drop_made_there(page, f"[JSON.stringify({{ id: '1:1', type: 'FRAME', children: {children} }})]")
    expect(page.locator("#document-facts")).to_contain_text("100,001 nodes")
    page.locator("#tree").focus()
    page.keyboard.press("End")
    expect(page.locator("#tree [aria-selected=true]")).to_be_visible()
    expect(page.locator("#selected")).to_contain_text("2:99999")
    assert page.locator(".tree-row").count() < 100


# --- views ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def different(page: Page) -> Page:
    """Red on the CPU path, blue on the GPU path."""
    blue_on_gpu(page)
    open_files(page, file(document()))
    both_drawn(page)
    return page


def test_both_pictures_are_seen_side_by_side(different: Page) -> None:
    seen_on(different, "cpu", RED)
    seen_on(different, "gpu", BLUE)


def test_the_slider_moves_by_hand(different: Page) -> None:
    different.get_by_role("radio", name="Slider").check()
    seen(different, 0.4, 0.4, RED)
    seen(different, 0.6, 0.4, BLUE)
    handle = different.get_by_role("slider")
    box, surface = handle.bounding_box(), different.locator("#surface").bounding_box()
    assert box is not None
    assert surface is not None
    different.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    different.mouse.down()
    different.mouse.move(surface["x"] + surface["width"] * 0.7, surface["y"] + surface["height"] / 2, steps=4)
    different.mouse.up()
    expect(handle).to_have_attribute("aria-valuenow", "70")
    seen(different, 0.6, 0.4, RED)


def test_the_slider_moves_by_the_keyboard(different: Page) -> None:
    different.keyboard.press("l")
    handle = different.get_by_role("slider")
    handle.focus()
    for keys, value in (("ArrowLeft", 49), ("Shift+ArrowRight", 59), ("PageDown", 49), ("End", 100), ("Home", 0)):
        different.keyboard.press(keys)
        expect(handle).to_have_attribute("aria-valuenow", str(value))
    expect(handle).to_have_attribute("aria-valuetext", "CPU on the left 0 percent, GPU on the rest")
    seen(different, 0.4, 0.4, BLUE)


def test_the_heat_map_is_hot_where_the_pictures_differ(different: Page) -> None:
    different.keyboard.press("h")
    seen(different, 0.5, 0.5, HOTTEST)
    facts = different.locator("#differences")
    expect(facts).to_contain_text("1,200 of 1,200 (100 %)")
    expect(facts).to_contain_text("255 of 255")
    expect(facts).to_contain_text("40 × 30 at 0, 0")


def test_flicker_shows_one_after_the_other(browser: Browser, origin: str) -> None:
    with visit(browser, origin, reduced_motion="reduce") as it:
        blue_on_gpu(it.page)
        open_files(it.page, file(document()))
        both_drawn(it.page)
        it.page.keyboard.press("f")
        expect(it.page.get_by_role("button", name="Play")).to_be_visible()
        seen(it.page, 0.5, 0.5, RED)
        it.page.keyboard.press("x")
        seen(it.page, 0.5, 0.5, BLUE)
        it.page.get_by_role("button", name="Swap").click()
        seen(it.page, 0.5, 0.5, RED)


def test_flicker_runs_by_itself_until_it_is_paused(different: Page) -> None:
    different.keyboard.press("f")
    seen(different, 0.5, 0.5, RED)
    seen(different, 0.5, 0.5, BLUE)
    different.get_by_role("button", name="Pause").click()
    expect(different.get_by_role("button", name="Play")).to_be_visible()


def test_pixels_are_read_out(different: Page) -> None:
    surface = different.locator("#surface")
    surface.focus()
    different.keyboard.press("Shift+ArrowRight")
    readout = different.locator("#readout")
    expect(readout).to_have_text("x 20y 15CPU255 0 0 255GPU0 0 255 255Δ 255")
    different.keyboard.press("Shift+ArrowUp")
    expect(readout).to_contain_text("y 14")
    expect(different.locator("#said")).to_contain_text("y 14")


def test_zoom_goes_to_hard_pixels_and_back(page: Page) -> None:
    two = frame(node(box=(0, 0, 20, 30)), node(id="1:3", box=(20, 0, 20, 30), fills=[]))
    open_files(page, file(document(two)))
    both_drawn(page)
    zoom = page.locator("#zoom")
    page.keyboard.press("1")
    expect(zoom).to_have_text("100 %")
    page.locator("#surface").hover(position={"x": 300, "y": 200})
    page.keyboard.down("Control")
    page.mouse.wheel(0, -600)
    page.keyboard.up("Control")
    expect(zoom).not_to_have_text("100 %")
    page.get_by_role("button", name="Fit").click()
    expect(page.locator("#surface")).to_have_attribute("data-fitted", "true")


def test_options_are_sent_and_drawn(visitor: Visit) -> None:
    page = visitor.page
    open_files(page, file(document()))
    both_drawn(page)
    page.get_by_label("Scale").select_option("2")
    expect(page.get_by_role("region", name="GPU path")).to_contain_text("80 × 60 px")
    page.get_by_label("Format").select_option("webp")
    page.locator("[name=ground]").select_option("#000000")
    page.get_by_label("Absolute bounds").check()
    expect(page.get_by_role("region", name="GPU path")).to_contain_text("80 × 60 px")
    page.get_by_role("tab", name="Request").click()
    expect(page.get_by_role("link", name="Save gpu.webp")).to_be_visible()
    assert query(visitor.renders()[-1].url) == {
        "path": ["gpu"],
        "scale": ["2"],
        "format": ["webp"],
        "background": ["#000000"],
        "use_absolute_bounds": ["true"],
    }


# --- formats ----------------------------------------------------------------------------------------------------------

GREEN = [0, 128, 0, 255]
# 40 x 30 CSS pixels, green only by its style; what else it asks for must not happen.
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" viewBox="0 0 40 30">
<rect width="40" height="30" style="fill:#008000"/><image href="https://example.invalid/x.png" width="9" height="9"/>
<script>fetch("/ran"); parent.ran = true; top.ran = true</script></svg>"""


def answer_with(page: Page, image_format: ImageFormat, body: bytes, size: str = "40x30") -> None:
    """Stands in for the writers: the page has to show whatever the server passes on."""
    headers = {"Render-Size": size, "Render-Device": '"Fake";api="none";software=?1', "Sandbox-Layers": "seccomp"}
    page.route(
        f"**/v1/render?*format={image_format.value}*",
        lambda route: route.fulfill(body=body, content_type=image_format.media_type, headers=headers),
    )


def pdf() -> bytes:
    """One empty page of 40 x 30 units; viewers repair the missing table of its objects."""
    page_ = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 40 30]>>"
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    objects = (b"<</Type/Catalog/Pages 2 0 R>>", pages, page_)
    listed = b"".join(b"%d 0 obj%sendobj\n" % (number, body) for number, body in enumerate(objects, 1))
    return b"%PDF-1.4\n" + listed + b"trailer<</Root 1 0 R>>\n%%EOF"


def test_the_formats_are_those_of_the_server(page: Page) -> None:
    select = page.get_by_label("Format")
    expect(select).to_be_enabled()
    assert select.locator("option").all_text_contents() == [each.label for each in ImageFormat]
    assert select.input_value() == ""  # the server's default is not asked for by name


def test_without_a_list_of_formats_the_servers_default_is_drawn(page: Page) -> None:
    page.route("**/openapi.json", lambda route: route.abort())
    page.reload()
    open_files(page, file(document()))
    both_drawn(page)
    expect(page.get_by_label("Format")).to_be_disabled()
    expect(page.get_by_role("region", name="CPU path")).to_contain_text("image/png")


def test_an_svg_is_an_image_of_the_cpu_path_alone(visitor: Visit) -> None:
    page = visitor.page
    answer_with(page, ImageFormat.SVG, SVG)
    page.get_by_label("Format").select_option("svg")
    open_files(page, file(document()))
    seen(page, 0.5, 0.5, GREEN)
    expect(page.locator(".pane")).to_have_count(1)
    expect(page.get_by_role("region", name="GPU path")).to_have_count(0)
    for said in ("40 × 30 px", "SVG"):
        expect(page.get_by_role("region", name="CPU path")).to_contain_text(said)
    expect(page.locator("#difference")).to_contain_text("nothing to compare")
    expect(page.get_by_role("radio", name="Slider")).to_be_disabled()
    assert [query(request.url)["path"] for request in visitor.renders()] == [["cpu"]]
    assert page.evaluate("[globalThis.ran, document.querySelectorAll('svg').length]") == [None, 0]
    page.get_by_role("tab", name="Request").click()
    expect(page.locator("#curl-text")).to_contain_text("curl -o cpu.svg")
    assert "gpu" not in (page.locator("#curl-text").text_content() or "")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save cpu.svg").click()
    assert saved.value.suggested_filename == "cpu.svg"
    assert saved.value.path().read_bytes() == SVG


def test_an_svg_stays_sharp_under_the_glass(page: Page) -> None:
    half = SVG.replace(b'<rect width="40"', b'<rect width="20.25"')
    answer_with(page, ImageFormat.SVG, half)
    page.get_by_label("Format").select_option("svg")
    open_files(page, file(document()))
    seen(page, 0.4, 0.5, GREEN)
    for _ in range(3):
        page.keyboard.press("+")
    # A quarter of a CSS pixel is several of the screen's now, and wholly green.
    width = page.evaluate("document.querySelector('#surface').clientWidth")
    seen(page, 0.5 + 3 / width, 0.5, GREEN)
    assert colour(page, 0.5 + 10 / width, 0.5) != GREEN
    page.locator("#surface").focus()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#readout")).to_contain_text("x 19y 15CPU0 128 0 255")


def test_the_options_of_a_format_are_shown_with_it_and_sent(visitor: Visit) -> None:
    page = visitor.page
    answer_with(page, ImageFormat.SVG, SVG)
    open_files(page, file(document()))
    both_drawn(page)
    expect(page.get_by_label("Outline text")).to_be_hidden()
    page.get_by_label("Format").select_option("svg")
    seen(page, 0.5, 0.5, GREEN)
    assert query(visitor.renders()[-1].url) == {"path": ["cpu"], "format": ["svg"]}
    page.get_by_label("Outline text").uncheck()
    page.get_by_label("Layer names as ids").check()
    expect(page.get_by_role("region", name="CPU path")).to_contain_text("SVG")
    page.get_by_role("tab", name="Request").click()
    expect(page.locator("#curl-text")).to_contain_text("svg_outline_text=false&svg_include_id=true")
    page.get_by_role("tab", name="Result").click()
    page.get_by_label("Format").select_option("webp")
    both_drawn(page)
    expect(page.get_by_label("Outline text")).to_be_hidden()
    assert query(visitor.renders()[-1].url) == {"path": ["gpu"], "format": ["webp"]}


def test_a_pdf_is_shown_by_the_browsers_viewer(page: Page) -> None:
    assert page.evaluate("navigator.pdfViewerEnabled")
    answer_with(page, ImageFormat.PDF, pdf())
    page.get_by_label("Format").select_option("pdf")
    open_files(page, file(document()))
    frame_ = page.get_by_title("PDF of the document")
    expect(frame_).to_be_visible()
    assert (frame_.get_attribute("src") or "").startswith("blob:")
    expect(page.get_by_role("group", name="Zoom")).to_be_hidden()
    expect(page.locator(".pane")).to_have_count(1)
    for said in ("40 × 30 px", "PDF"):
        expect(page.get_by_role("region", name="CPU path")).to_contain_text(said)
    page.get_by_label("Format").select_option("")
    both_drawn(page)
    expect(frame_).to_have_count(0)
    expect(page.get_by_role("group", name="Zoom")).to_be_visible()


def test_where_the_browser_has_no_viewer_a_pdf_is_a_file_to_save(browser: Browser, origin: str) -> None:
    with visit(browser, origin) as it:
        it.page.add_init_script("Object.defineProperty(Navigator.prototype, 'pdfViewerEnabled', { get: () => false })")
        it.page.reload()
        answer_with(it.page, ImageFormat.PDF, pdf())
        it.page.get_by_label("Format").select_option("pdf")
        open_files(it.page, file(document()))
        link = it.page.locator(".pane").get_by_role("link", name="Save cpu.pdf")
        expect(link).to_contain_text("This browser shows no PDF")
        icon = link.locator("img")
        expect(icon).to_be_visible()
        assert icon.evaluate("(image) => image.naturalWidth > 0")
        with it.page.expect_download() as saved:
            link.click()
        assert saved.value.suggested_filename == "cpu.pdf"


def test_what_the_server_writes_is_shown(visitor: Visit) -> None:
    page = visitor.page
    open_files(page, file(document()))
    both_drawn(page)
    page.get_by_label("Format").select_option("svg")
    expect(page.get_by_role("region", name="CPU path")).to_contain_text("SVG")
    seen(page, 0.5, 0.5, RED)
    rows = page.locator(".waterfall tbody th").all_text_contents()
    assert rows == ["queue", "sandbox", "parse", "lower", "draw", "network"]
    page.get_by_label("Format").select_option("pdf")
    expect(page.get_by_title("PDF of the document")).to_be_visible()
    page.get_by_role("tab", name="Request").click()
    expect(page.get_by_role("link", name="Save cpu.pdf")).to_be_visible()


# --- what is said about it --------------------------------------------------------------------------------------------


def test_a_warning_leads_to_its_node(page: Page) -> None:
    nested = node("FRAME", id="1:4", name="nest", children=[node("VECTOR", id="1:5", name="no outline")])
    open_files(page, file(document(frame(node(), nested))))
    warning = page.get_by_role("button", name="missing-geometry")
    expect(warning).to_contain_text("no outline 1:5")
    expect(page.locator("#warning-count")).to_have_text("1")
    warning.click()
    chosen = page.locator("#tree [aria-selected=true]")
    expect(chosen).to_contain_text("no outline")
    expect(page.locator("#tree")).to_be_focused()


def test_the_layers_are_those_of_the_render_on_show(page: Page) -> None:
    open_files(page, file(document()))
    both_drawn(page)
    page.get_by_role("tab", name="Sandbox").click()

    def states(layer: str) -> Locator:
        return page.locator(f"[data-layer='{layer}'] .state")

    expect(states("seccomp-bpf")).to_have_text(["in force", "in force"])
    expect(states("Capabilities")).to_have_text(["in force", "in force"])
    expect(states("Namespaces")).to_have_text(["not in this path", "in force"])
    for layer in ("Landlock", "Cgroup"):
        on_gpu = "waived by the operator" if layer.lower() in WAIVED else "in force"
        expect(states(layer)).to_have_text(["not in this path", on_gpu])
    assert page.locator("[data-layer='Namespaces'] .parts code").all_text_contents()[:3] == ["user", "pid", "mount"]


def test_what_a_path_does_not_have_is_not_called_waived(page: Page) -> None:
    """Whatever the server says: a waiver names a layer, and not a path."""

    def waive_everything(route: Route) -> None:
        response = route.fetch()
        said = response.json()
        for path in said["paths"].values():
            path.update(layers=[], waived=["cgroup", "landlock", "seccomp"])
        route.fulfill(response=response, json=said)

    page.route("**/v1/sandbox", waive_everything)
    page.reload()
    page.get_by_role("tab", name="Sandbox").click()
    waived, absent = "waived by the operator", "not in this path"
    expect(page.locator("[data-layer='seccomp-bpf'] .state")).to_have_text([waived, waived])
    for layer in ("Cgroup", "Landlock"):
        expect(page.locator(f"[data-layer='{layer}'] .state")).to_have_text([absent, waived])


def test_the_last_attacks_are_told(page: Page) -> None:
    page.get_by_role("tab", name="Sandbox").click()
    attacks = page.locator("#attacks")
    expect(attacks.locator(".figures")).to_have_text("defeated2blind1escaped0")
    expect(attacks).to_contain_text("6.0-ours")
    expect(page.locator("[data-layer='seccomp-bpf']")).to_contain_text("1 attack ended here")
    attacks.get_by_text("All 3 results").click()
    expect(attacks.locator("tbody tr")).to_have_count(3)


def test_a_layer_that_was_not_in_force_is_not_called_so(page: Page) -> None:
    def without_seccomp(route: Route) -> None:
        response = route.fetch()
        layers = response.headers["sandbox-layers"].replace(", seccomp", "")
        route.fulfill(response=response, headers={**response.headers, "sandbox-layers": layers})

    page.route("**/v1/render?path=cpu*", without_seccomp)
    open_files(page, file(document()))
    both_drawn(page)
    page.get_by_role("tab", name="Sandbox").click()
    expect(page.locator("[data-layer='seccomp-bpf'] .state")).to_have_text(["missing", "in force"])


def test_the_commands_are_what_was_sent(visitor: Visit) -> None:
    page = visitor.page
    open_files(page, file(document(), "it's; mine.json"))
    both_drawn(page)
    page.get_by_label("Scale").select_option("2")
    both_drawn(page)
    page.get_by_role("tab", name="Request").click()
    command = (
        "curl -o {0}.png \\\n     -H 'Content-Type: application/json' \\\n"
        "     --data-binary '@it'\\''s; mine.json' \\\n     '{1}/v1/render?path={0}&scale=2'"
    )
    expected = "\n\n".join(command.format(path, visitor.origin) for path in ("cpu", "gpu"))
    assert page.locator("#curl-text").text_content() == expected
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == expected


def test_the_servers_metrics_are_shown_where_it_has_them(page: Page) -> None:
    """The shape of ``POST /v1/compare``; the call itself is the server's own to test."""
    measured = {"compared": True, "ssim": 0.99875, "flip_mean": 0.00321, "max_delta": 7, "differing_pixels": 12}
    page.route("**/openapi.json", lambda route: route.fulfill(json={"paths": {"/v1/compare": {}}}))
    page.route("**/v1/compare*", lambda route: route.fulfill(json={"cpu": {}, "gpu": {}, "difference": measured}))
    page.reload()
    open_files(page, file(document()))
    page.get_by_role("button", name="Measure SSIM and FLIP").click()
    expect(page.locator("#measured")).to_contain_text("SSIM0.99875")
    expect(page.locator("#measured")).to_contain_text("FLIP, mean0.00321")
    expect(page.locator("#measured")).to_contain_text("12")


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_what_is_no_json_is_told_before_it_is_sent(visitor: Visit) -> None:
    page = visitor.page
    open_files(page, file(b"hello", "letter.json"))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This is not JSON")
    expect(alert).to_contain_text("What to do:")
    assert visitor.renders() == []
    page.get_by_role("button", name="Send it anyway").click()
    expect(page.get_by_role("alert").filter(has_text="document-invalid")).to_have_count(2)


def test_a_problem_of_the_server_is_shown_with_all_it_says(page: Page) -> None:
    open_files(page, file(document(frame(node(fills="red")))))
    alert = page.get_by_role("alert").first
    for part in ("422", "document-invalid", "The document cannot be read", "Stage", "parse", "children[0].fills"):
        expect(alert).to_contain_text(part)
    expect(alert.get_by_role("link", name="About this problem")).to_have_attribute("href", "/docs#document-invalid")


def test_a_problem_of_one_path_leaves_the_others_picture(page: Page) -> None:
    page.route("**/v1/render?path=gpu*", lambda route: route.abort())
    open_files(page, file(document()))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The server cannot be reached")
    seen_on(page, "cpu", RED)
    expect(page.get_by_role("radio", name="Slider")).to_be_disabled()
    page.unroute("**/v1/render?path=gpu*")
    alert.get_by_role("button", name="Try again").click()
    both_drawn(page)


def test_a_document_that_is_too_large_is_told_so(page: Page) -> None:
    drop_made_there(page, f"[{json.dumps(document().decode())}, ' '.repeat({MAX_BODY_BYTES})]")
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("body-too-large")
    expect(alert).to_contain_text("The request body is too large")
    expect(alert).to_contain_text("What to do:")


def test_an_answer_that_is_no_problem_report_is_no_riddle(page: Page) -> None:
    page.route("**/v1/render?*", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    open_files(page, file(document()))
    expect(page.get_by_role("alert").first).to_contain_text("something before it")


def test_an_overloaded_servers_wish_to_wait_is_told(page: Page) -> None:
    said = {"title": "The server has too much to do", "status": 429, "code": "overloaded", "detail": "64 wait already."}
    overloaded = {"status": 429, "json": said, "headers": {"Retry-After": "3"}}
    page.route("**/v1/render?*", lambda route: route.fulfill(**overloaded))
    open_files(page, file(document()))
    expect(page.get_by_role("alert").first).to_contain_text("Try again in 3 s")


def test_a_server_with_one_path_has_one_pane(page: Page) -> None:
    def without_gpu(route: Route) -> None:
        said = route.fetch().json()
        del said["paths"]["gpu"]
        route.fulfill(json=said)

    page.route("**/v1/sandbox", without_gpu)
    page.reload()
    expect(page.locator("#paths")).to_contain_text("GPU not started")
    open_files(page, file(document()))
    seen(page, 0.5, 0.5, RED)
    expect(page.locator(".pane")).to_have_count(1)


# --- how it is to use -------------------------------------------------------------------------------------------------


def overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def test_a_phone_scrolls_in_one_direction_only(browser: Browser, origin: str) -> None:
    with visit(browser, origin, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True) as it:
        assert overflow(it.page) == 0
        open_files(it.page, file(document(frame(node("VECTOR", name="a name " * 20)))))
        expect(it.page.locator("#warnings")).to_contain_text("missing-geometry")
        for tab in ("Sandbox", "Request", "Result"):
            it.page.get_by_role("tab", name=tab).tap()
            assert overflow(it.page) == 0, tab
        open_files(it.page, file(b"{}"))
        expect(it.page.get_by_role("alert")).to_contain_text("This JSON is no document")
        assert overflow(it.page) == 0


def test_the_theme_is_the_systems_until_another_is_chosen(browser: Browser, origin: str) -> None:
    with visit(browser, origin, color_scheme="dark") as it:
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = it.page.evaluate(ground)
        it.page.get_by_role("button", name="Theme").click()
        light = it.page.evaluate(ground)
        assert dark != light
        it.page.reload()
        assert it.page.evaluate(ground) == light


def test_keys_are_listed_and_can_be_switched_off(different: Page) -> None:
    different.keyboard.press("?")
    shortcuts = different.get_by_role("dialog", name="Shortcuts")
    expect(shortcuts).to_contain_text("Heat map")
    shortcuts.get_by_label("Single-key shortcuts").uncheck()
    shortcuts.get_by_role("button", name="Close").click()
    different.keyboard.press("h")
    expect(different.get_by_role("radio", name="Side by side")).to_be_checked()


def test_every_control_has_a_name(different: Page) -> None:
    script = """() => [...document.querySelectorAll('button, select, input, a, [role=slider], [tabindex="0"]')]
        .filter((each) => each.checkVisibility())
        .filter((each) => !(each.getAttribute('aria-label') || each.getAttribute('aria-labelledby')
            || each.textContent.trim() || each.labels?.length))
        .map((each) => each.outerHTML)"""
    assert different.evaluate(script) == []


def test_tab_goes_through_the_page_in_the_order_of_reading(page: Page) -> None:
    names = []
    for _ in range(9):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert names == [
        *("Skip to the pictures", "API reference", "Sandbox report", "Shortcuts", "Theme: auto"),
        *("Open…", "Paste", "Sample", ""),
    ]


# --- its modules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "parsed"),
    [
        ("0", {"total": 0, "items": [], "left": 0}),
        (
            r'3, font-substituted;node="1:2";detail="A \"b\", c; d\\", odd, more;count=1',
            {
                "total": 3,
                "items": [
                    {"code": "font-substituted", "node": "1:2", "detail": 'A "b", c; d\\'},
                    {"code": "odd", "node": None, "detail": ""},
                ],
                "left": 1,
            },
        ),
    ],
)
def test_warnings_are_read_as_a_structured_field(page: Page, field: str, parsed: dict[str, Any]) -> None:
    assert unknown(page, "fields", f"it.parseWarnings({json.dumps(field)})") == parsed


@pytest.mark.parametrize(
    ("field", "item"),
    [
        ('"Skia raster 144";api="raster";software=?1', ["Skia raster 144", {"api": "raster", "software": True}]),
        ("-1.5;a;b=tok/en", [-1.5, {"a": True, "b": "tok/en"}]),
    ],
)
def test_items_are_read_as_a_structured_field(page: Page, field: str, item: list[Any]) -> None:
    read = f"it.parseItem({json.dumps(field)})"
    assert unknown(page, "fields", f"[{read}.value, {read}.params]") == item


@pytest.mark.parametrize("field", ['"open', "a b", "a,,b", "a;=1"])
def test_what_is_no_structured_field_is_refused(page: Page, field: str) -> None:
    attempt = f"(() => {{ try {{ it.parseList({json.dumps(field)}) }} catch (error) {{ return error.name }} }})()"
    assert unknown(page, "fields", attempt) == "SyntaxError"
