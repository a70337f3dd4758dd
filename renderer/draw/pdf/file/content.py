"""A content stream under way: its operators, and the objects that they name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.syntax import box_array, dictionary, reference
from renderer.geometry import Rect

_MASK_MARGIN: Final = 2.0


class Resource(Enum):
    """What operators name, by the key of its resource dictionary (ISO 32000-1, 7.8.3)."""

    GRAPHICS_STATE = "ExtGState"
    OBJECT = "XObject"
    PATTERN = "Pattern"
    SHADING = "Shading"
    FONT = "Font"


class Form(NamedTuple):
    """A content stream that others can paint. ``height``: with how many in it, one in the other."""

    number: int
    height: int


class ContentStream:
    """In the picture's coordinates: document pixels from its top left, y down. ``grey``: the stream is a luminance
    mask, so each colour in it is the grey that says how much it lets through. ``blends``: some of it asks what lies
    below. ``height``: how many forms it paints, or masks with, one in the other."""

    def __init__(self, *, grey: bool = False) -> None:
        self.grey = grey
        self.blends = False
        self.height = 0
        self._operators: list[str] = []
        self._used: dict[Resource, dict[str, int]] = {}

    def write(self, *operators: str) -> None:
        self._operators += operators

    def use(self, kind: Resource, number: int) -> str:
        """The name by which operators call an object, slash included."""
        called = f"{kind.value[0]}{number}"
        self._used.setdefault(kind, {})[called] = number
        return f"/{called}"

    def paint(self, form: Form) -> str:
        """The operator that paints a form."""
        self.height = max(self.height, form.height)
        return f"{self.use(Resource.OBJECT, form.number)} Do"

    def use_all(self, other: ContentStream) -> None:
        """Name all that another stream names: it has no resources of its own."""
        for kind, used in other._used.items():
            self._used.setdefault(kind, {}).update(used)

    @property
    def is_empty(self) -> bool:
        return not self._operators

    def resources(self) -> str:
        kinds = {
            kind.value: dictionary({called: reference(number) for called, number in used.items()})
            for kind, used in self._used.items()
        }
        return dictionary(kinds)

    def body(self) -> bytes:
        return "\n".join(self._operators).encode("ascii")


def add_form(objects: Objects, content: ContentStream, box: Rect, entries: Mapping[str, str]) -> Form:
    """A form XObject. ``box``: nothing of it shows outside. Each is one of its own: readers refuse one that they come
    across while they paint it, as they would where one masks another like it."""
    head = {"Type": "/XObject", "Subtype": "/Form", "BBox": box_array(box)}
    whole = {**head, **entries, "Resources": content.resources()}
    return Form(objects.add_stream(whole, content.body(), shared=False), content.height + 1)


def add_mask(objects: Objects, content: ContentStream, box: Rect, *, space: str = "/DeviceRGB") -> Form:
    """A group to mask with. It reaches beyond ``box``: readers smooth the edge of what they mask, which must not lie
    outside of the mask."""
    return add_group(objects, content, box.outset(_MASK_MARGIN), space=space)


def add_group(
    objects: Objects, content: ContentStream, box: Rect, *, space: str = "/DeviceRGB", isolated: bool = True
) -> Form:
    """A transparency group (11.4.5), no knockout. ``isolated``: what it is laid on plays no part in it."""
    group = dictionary({"S": "/Transparency", "I": "true" if isolated else "false", "CS": space})
    return add_form(objects, content, box, {"Group": group})
