"""Links: parts of the page that lead to an address (ISO 32000-1, 12.5.6.5, 12.6.4.7)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from renderer.displaylist import Link
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.syntax import array, box_array, byte_string, dictionary, reference
from renderer.geometry import Matrix

SCHEMES: Final = ("http:", "https:", "mailto:")
_MOST_CHARACTERS: Final = 2048
# What an address may be made of (RFC 3986), and the sign of what is escaped already.
_SAFE: Final = "%:/?#[]@!$&'()*+,;=-._~"


def link_annotations(to_page: Matrix, drawing: Drawing) -> str:
    """An array. ``to_page``: from the picture's coordinates to the page's."""
    links = [_annotation(link, to_page, drawing) for link in drawing.display_list.links if _leads_out(link)]
    return array([reference(drawing.objects.add(entries)) for entries in links if entries])


def _leads_out(link: Link) -> bool:
    return link.url.lower().startswith(SCHEMES) and len(link.url) <= _MOST_CHARACTERS


def _annotation(link: Link, to_page: Matrix, drawing: Drawing) -> dict[str, str]:
    """Empty where nothing of it shows."""
    box = drawing.box(link.bounds)
    if box.is_empty:
        return {}
    address = quote(link.url.encode("utf-8", "replace"), safe=_SAFE)
    return {
        "Type": "/Annot",
        "Subtype": "/Link",
        "Rect": box_array(to_page.box(box)),
        "Border": "[0 0 0]",
        "A": dictionary({"S": "/URI", "URI": byte_string(address.encode("ascii"))}),
    }
