"""An open group."""

from __future__ import annotations

from msgspec import Struct

from renderer.displaylist import PushMasked


class OpenLevel(Struct):
    """``close``: its end tags. ``start``: the index of a part of the page, empty at first, before all that is in it;
    its own tag is the part before that. ``layer``: what is in it does not blend with what lies below; else it is a
    clip, whose attribute is ``within``. ``tags``: how many groups of nodes are open around it.

    ``clip``: the id of what everything in it is clipped with, one by one; ``clipping``: such a clip is open, around
    things that do not blend. ``mask``: the command and the mask's id, while what it masks is written. ``content``: the
    id of a group around what noise is going to lie on, or lies on; ``collecting``: that group is open. ``erased``: how
    often a part of what it holds was taken away again."""

    close: str
    start: int
    layer: bool
    tags: int
    within: str = ""
    clip: str = ""
    clipping: bool = False
    mask: tuple[PushMasked, str] | None = None
    content: str = ""
    collecting: bool = False
    erased: int = 0
