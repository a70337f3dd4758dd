"""Display lists written as SVG, and read back as XML."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

from renderer.displaylist import Command, DisplayList, Span
from renderer.draw.svg import write_svg
from renderer.geometry import Colour, Rect
from renderer.options import SvgOptions
from renderer.warnings import Warnings

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]*)\)")


def svg(
    *commands: Command,
    spans: tuple[Span, ...] = (),
    background: Colour | None = None,
    bounds: Rect | None = None,
    title: str = "",
    scale: float = 1.0,
    warnings: Warnings | None = None,
    **options: bool,
) -> str:
    """Of a page of 100 x 100, unless ``bounds`` says otherwise."""
    shown = bounds or Rect(0, 0, 100, 100)
    listed = DisplayList(shown, scale, background, commands, spans, (), title)
    return written(listed, warnings or Warnings(100), **options)


def written(display_list: DisplayList, warnings: Warnings | None = None, **options: bool) -> str:
    bounds, scale = display_list.bounds, display_list.scale
    return write_svg(
        display_list,
        width=round(bounds.width * scale),
        height=round(bounds.height * scale),
        scale=scale,
        options=SvgOptions(**options),
        warnings=warnings or Warnings(100),
    ).decode()


def root(*commands: Command, **more: Any) -> ET.Element:
    return read(svg(*commands, **more))


def read(text: str) -> ET.Element:
    """The root element; raises ParseError for what is not well-formed."""
    return ET.fromstring(text)  # noqa: S314 - our own, and no parser of ours reads a stranger's


def shown(element: ET.Element) -> list[ET.Element]:
    """What is painted, in order: without title, definitions and masks."""
    found: list[ET.Element] = []
    for child in element:
        if name(child) not in ("title", "defs", "mask"):
            found += [child, *shown(child)]
    return found


def name(element: ET.Element) -> str:
    return element.tag.removeprefix(SVG)


def names(element: ET.Element) -> list[str]:
    return [name(each) for each in shown(element)]


def only(element: ET.Element, tag: str) -> ET.Element:
    """The one element of that name, wherever it is."""
    (found,) = element.iter(f"{SVG}{tag}")
    return found


def referred(element: ET.Element, attribute: str, whole: ET.Element) -> ET.Element:
    """What an attribute refers to."""
    value = element.attrib[attribute]
    wanted = _REFERENCE.fullmatch(value)
    return by_id(whole, wanted[1] if wanted else value.removeprefix("#"))


def by_id(whole: ET.Element, wanted: str) -> ET.Element:
    (found,) = [element for element in whole.iter() if element.get("id") == wanted]
    return found


def ids(element: ET.Element) -> list[str]:
    return [each.attrib["id"] for each in element.iter() if "id" in each.attrib]


def references(element: ET.Element) -> Iterator[str]:
    """The ids that attributes refer to."""
    for each in element.iter():
        for key, value in each.attrib.items():
            yield from _REFERENCE.findall(value)
            if key == HREF and value.startswith("#"):
                yield value[1:]
