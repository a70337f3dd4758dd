"""The whole file: one page as large as the picture, at 72 units to the inch."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from renderer.displaylist import DisplayList
from renderer.draw.pdf.drawing import Drawing
from renderer.draw.pdf.file.content import ContentStream, Form, add_form
from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.states import graphics_state
from renderer.draw.pdf.file.syntax import array, dictionary, matrix_operands, reference, text_string
from renderer.draw.pdf.links import link_annotations
from renderer.draw.pdf.paint.colours import components
from renderer.draw.pdf.paint.images import Images
from renderer.draw.pdf.paths import outline
from renderer.draw.pdf.player import Player
from renderer.draw.pdf.raster.pictures import Pictures
from renderer.draw.pdf.text.fonts import Fonts, NotEmbeddable
from renderer.fonts import FaceInstance
from renderer.geometry import IDENTITY, Colour, Matrix, Rect
from renderer.picture import Picture
from renderer.warnings import Warnings


def write_pdf(display_list: DisplayList, *, width: int, height: int, scale: float, warnings: Warnings) -> bytes:
    """A PDF 1.7 file: the same bytes for the same list, always. ``width`` and ``height``: of the page, a unit for each
    pixel of the picture; ``scale``: units per document pixel.

    Raises MemoryError, and :class:`LimitError` as drawing pixels does.
    """
    picture = Picture(width, height, scale)
    try:
        return _write(display_list, picture, warnings, frozenset())
    except NotEmbeddable as found:
        return _write(display_list, picture, warnings, found.instances)


def _write(
    display_list: DisplayList, picture: Picture, warnings: Warnings, outlined: AbstractSet[FaceInstance]
) -> bytes:
    objects = Objects()
    images = Images(objects)
    pictures = Pictures(display_list, picture.scale, warnings)
    fonts = Fonts(objects, images, pictures, outlined)
    drawing = Drawing(display_list, picture.scale, objects, images, fonts, pictures, warnings)
    pages = objects.reserve()
    page = objects.add(_page(drawing, picture, pages))
    fonts.finish()
    objects.put(pages, {"Type": "/Pages", "Kids": array([reference(page)]), "Count": "1"})
    preferences = dictionary({"DisplayDocTitle": "true"})
    root = objects.add({"Type": "/Catalog", "Pages": reference(pages), "ViewerPreferences": preferences})
    return objects.serialise(root=root, info=objects.add({"Title": text_string(display_list.title)}))


def _page(drawing: Drawing, picture: Picture, pages: int) -> dict[str, str]:
    to_page = Matrix(drawing.scale, 0.0, 0.0, -drawing.scale, 0.0, float(picture.height))
    content = ContentStream()
    content.write(f"{matrix_operands(to_page)} cm", content.paint(_painted(drawing)))
    entries = {
        "Type": "/Page",
        "Parent": reference(pages),
        "MediaBox": array(["0 0", str(picture.width), str(picture.height)]),
        "Group": dictionary({"S": "/Transparency", "I": "true", "CS": "/DeviceRGB"}),
        "Resources": content.resources(),
        "Contents": reference(drawing.objects.add_stream({}, content.body())),
    }
    links = link_annotations(to_page, drawing)
    return {**entries, "Annots": links} if links != "[]" else entries


def _painted(drawing: Drawing) -> Form:
    """All that is painted, as a form. It is a group of its own where blend modes ask what lies below: what a reader
    puts below the page is not part of the picture."""
    ground, bounds = ContentStream(), drawing.display_list.bounds
    box = Rect(0.0, 0.0, bounds.width, bounds.height)
    _paint_ground(drawing.display_list.background, box, ground, drawing)
    content = Player(drawing, ground).play()
    group = dictionary({"S": "/Transparency", "I": "true", "CS": "/DeviceRGB"})
    return add_form(drawing.objects, content, box, {"Group": group} if content.blends else {})


def _paint_ground(colour: Colour | None, box: Rect, content: ContentStream, drawing: Drawing) -> None:
    if colour is not None and colour.a > 0:
        state = graphics_state(content, drawing.objects, alpha=colour.a)
        spelled = f"{components(colour, grey=False)} rg\n{outline(box, IDENTITY, 0.0)}\nf"
        content.write(*(["q", state, spelled, "Q"] if state else [spelled]))
