"""The whole scene: pages, and what comes out of it for the node asked for."""

from __future__ import annotations

from renderer.scene import BackgroundBlur
from tests.renderer.documents import frame, node, page, read

BLUE = {"r": 0, "g": 0, "b": 1, "a": 1}


def test_a_page_holds_its_nodes_where_they_lie() -> None:
    scene = read(
        page(node(at=(-50, 10, 20, 20)), node(at=(100, 40, 5, 5), effects=[{"type": "BACKGROUND_BLUR", "radius": 2}]))
    )
    first, second = scene.children
    assert (first.transform.e, first.transform.f) == (-50, 10)
    assert second.effects == (BackgroundBlur(2),)
    assert (scene.bounds.x, scene.bounds.y, scene.bounds.width, scene.bounds.height) == (-50, 10, 155, 35)


def test_a_transparent_page_has_no_background() -> None:
    assert read(page(node(), backgroundColor=BLUE | {"a": 0})).background is None
    assert read(frame(node(), backgroundColor=BLUE)).background is None
