"""What :mod:`renderer.warm` renders before the lock: a document with every primitive, and an image per codec."""

from __future__ import annotations

import io
import json
from typing import Any, Final

import numpy as np
from PIL import Image, ImageCms

from renderer.scene import BlendMode

_RED: Final = {"r": 0.9, "g": 0.2, "b": 0.1, "a": 1}
_BLUE: Final = {"r": 0.1, "g": 0.2, "b": 0.9, "a": 0.5}
_SOLID: Final = {"type": "SOLID", "color": _RED, "blendMode": "NORMAL"}
_TEXTS: Final = (
    "Good morning, this is a paragraph that wraps\nover lines 0123456789",
    "Здравствуйте, мир",
    "العربية עברית",
    "漢字かな交じり 한국어 ไทย हिन्दी",
    "😀👩‍👩‍👧 ✓ →",
)
_MODES: Final = tuple(mode.value for mode in BlendMode if mode is not BlendMode.PASS_THROUGH)
_SIZE: Final = 24
_COLUMNS: Final = 8


def rehearsal_document() -> bytes:
    """Figma REST JSON of one frame."""
    children = [*_shapes(), *_effects(), *_blends(), *_masks(), *_images(), *_texts()]
    rows = -(-len(children) // _COLUMNS)
    for index, child in enumerate(children):
        child["id"] = f"1:{index + 1}"
        child.setdefault("name", child["type"])
        child["absoluteBoundingBox"] = _box(
            index % _COLUMNS * _SIZE + 0.3, index // _COLUMNS * _SIZE, _SIZE - 4, _SIZE - 4
        )
    root = {
        "id": "0:1",
        "name": "rehearsal",
        "type": "FRAME",
        "absoluteBoundingBox": _box(0, 0, _COLUMNS * _SIZE, rows * _SIZE),
        "clipsContent": True,
        "fills": [{"type": "SOLID", "color": {"r": 1, "g": 1, "b": 1, "a": 1}}],
        "children": children,
    }
    return json.dumps(root).encode()


def rehearsal_nodes() -> list[str]:
    """The ids of its children."""
    return [child["id"] for child in json.loads(rehearsal_document())["children"]]


def _box(x: float, y: float, width: float, height: float) -> dict[str, float]:
    return {"x": x, "y": y, "width": width, "height": height}


def _rectangle(**more: Any) -> dict[str, Any]:
    return {"type": "RECTANGLE", "fills": [_SOLID], **more}


def _stroked(align: str, **more: Any) -> dict[str, Any]:
    return {"strokes": [_SOLID], "strokeWeight": 2, "strokeAlign": align, **more}


def _shapes() -> list[dict[str, Any]]:
    path = {"path": "M 0 0 L 20 0 C 20 10 10 20 0 20 Q 5 10 0 0 A 3 4 0 0 1 2 2 Z", "windingRule": "EVENODD"}
    arc = {"startingAngle": 0.0, "endingAngle": 4.0, "innerRadius": 0.5}
    gradient = {
        "gradientHandlePositions": [{"x": 0, "y": 0}, {"x": 1, "y": 1}, {"x": 0, "y": 1}],
        "gradientStops": [{"position": 0, "color": _RED}, {"position": 1, "color": _BLUE}],
    }
    kinds = ("GRADIENT_LINEAR", "GRADIENT_RADIAL", "GRADIENT_ANGULAR", "GRADIENT_DIAMOND")
    return [
        _rectangle(cornerRadius=6, cornerSmoothing=0.6),
        _rectangle(rectangleCornerRadii=[1, 2, 3, 4], **_stroked("INSIDE")),
        _rectangle(rotation=0.4, **_stroked("OUTSIDE", strokeJoin="ROUND")),
        {"type": "ELLIPSE", "fills": [_SOLID], **_stroked("CENTER", strokeDashes=[3, 2])},
        {"type": "ELLIPSE", "fills": [_SOLID], "arcData": arc},
        {"type": "STAR", "fills": [_SOLID], "cornerRadius": 2},
        {"type": "REGULAR_POLYGON", "fills": [_SOLID]},
        {"type": "LINE", "fills": [], **_stroked("CENTER", strokeCap="ROUND")},
        {"type": "VECTOR", "fills": [_SOLID], "fillGeometry": [path], "strokeGeometry": [path], **_stroked("CENTER")},
        {
            "type": "BOOLEAN_OPERATION",
            "booleanOperation": "SUBTRACT",
            "fills": [_SOLID],
            "children": [
                {
                    "id": "2:1",
                    "name": "a",
                    "type": "ELLIPSE",
                    "fills": [_SOLID],
                    "absoluteBoundingBox": _box(0, 0, 20, 20),
                },
                _rectangle(id="2:2", name="b", absoluteBoundingBox=_box(5, 5, 20, 20)),
            ],
        },
        *(_rectangle(fills=[{"type": kind, "opacity": 0.5, **gradient}]) for kind in kinds),
    ]


def _effects() -> list[dict[str, Any]]:
    shadow = {"visible": True, "color": _BLUE, "offset": {"x": 1, "y": 2}, "radius": 4, "blendMode": "NORMAL"}
    drop, inner = {"type": "DROP_SHADOW", **shadow}, {"type": "INNER_SHADOW", **shadow}
    return [
        _rectangle(effects=[{**drop, "spread": 2}, inner], cornerRadius=4),
        _rectangle(effects=[drop, inner], opacity=0.5, fills=[{**_SOLID, "opacity": 0.5}]),
        {"type": "ELLIPSE", "fills": [_SOLID], "effects": [drop, inner], **_stroked("CENTER")},
        _rectangle(effects=[{"type": "LAYER_BLUR", "radius": 4, "visible": True}]),
        _rectangle(
            effects=[{"type": "BACKGROUND_BLUR", "radius": 4, "visible": True}], fills=[{**_SOLID, "opacity": 0.2}]
        ),
        _rectangle(effects=[_growing_blur("LAYER_BLUR")]),
        _rectangle(effects=[_growing_blur("BACKGROUND_BLUR")], fills=[{**_SOLID, "opacity": 0.2}]),
        *(_rectangle(effects=[_noise(kind)]) for kind in ("MONOTONE", "DUOTONE", "MULTITONE")),
        _text("Shadow", effects=[drop, inner]),
    ]


def _growing_blur(kind: str) -> dict[str, Any]:
    places = {"startOffset": {"x": 0.5, "y": 0}, "endOffset": {"x": 0.5, "y": 1}}
    return {"type": kind, "radius": 4, "visible": True, "blurType": "PROGRESSIVE", "startRadius": 1, **places}


def _noise(kind: str) -> dict[str, Any]:
    return {"type": "NOISE", "noiseType": kind, "noiseSize": 1, "density": 0.5, "color": _BLUE, "secondaryColor": _RED}


def _blends() -> list[dict[str, Any]]:
    return [_rectangle(blendMode=mode, opacity=0.8, **_stroked("INSIDE")) for mode in _MODES]


def _masks() -> list[dict[str, Any]]:
    return [
        {
            "type": "GROUP",
            "children": [
                {
                    "id": f"3:{kind}",
                    "name": "mask",
                    "type": "ELLIPSE",
                    "isMask": True,
                    "maskType": kind,
                    "fills": [{**_SOLID, "opacity": 0.5}],
                    "absoluteBoundingBox": _box(0, 0, 20, 20),
                },
                _rectangle(id=f"4:{kind}", name="masked", absoluteBoundingBox=_box(5, 5, 20, 20)),
            ],
        }
        for kind in ("ALPHA", "VECTOR", "LUMINANCE")
    ]


def _images() -> list[dict[str, Any]]:
    fills: list[dict[str, Any]] = [
        {"type": "IMAGE", "scaleMode": "FILL", "imageRef": ref} for ref in rehearsal_images()
    ]
    first = fills[0]["imageRef"]
    fills += [{"type": "IMAGE", "scaleMode": mode, "imageRef": first, "rotation": 90} for mode in ("FIT", "TILE")]
    fills.append(
        {"type": "IMAGE", "scaleMode": "STRETCH", "imageRef": first, "imageTransform": [[0.5, 0, 0], [0, 0.5, 0]]}
    )
    fills.append(
        {"type": "IMAGE", "scaleMode": "FILL", "imageRef": first, "filters": {"exposure": 0.5, "shadows": 0.1}}
    )
    fills.append({"type": "IMAGE", "scaleMode": "FILL", "imageRef": "0" * 40})
    return [_rectangle(fills=[fill]) for fill in fills]


def _text(characters: str, **more: Any) -> dict[str, Any]:
    style = {"fontFamily": "Inter", "fontPostScriptName": None, "fontWeight": 500, "fontSize": 6, "letterSpacing": 0.1}
    return {"type": "TEXT", "characters": characters, "fills": [_SOLID], "style": style, **more}


def _texts() -> list[dict[str, Any]]:
    fancy = {"textCase": "UPPER", "textDecoration": "UNDERLINE", "italic": True, "fontFamily": "No Such Font"}
    overrides = {"characterStyleOverrides": [1, 1, 1, 2], "styleOverrideTable": {"1": fancy, "2": {"fontWeight": 700}}}
    lists = {"lineTypes": ["ORDERED", "UNORDERED"], "lineIndentations": [1, 1]}
    plain = [_text(characters) for characters in _TEXTS]
    return [*plain, _text(_TEXTS[0], **overrides), _text(_TEXTS[0], **lists)]


def rehearsal_images() -> dict[str, bytes]:
    """One small file per decoder and colour mode, by a stand-in for its digest."""
    colour = Image.linear_gradient("L").resize((12, 9)).convert("RGB")
    clear = colour.convert("RGBA")
    clear.putalpha(128)
    grey = colour.convert("L")
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned
    files = [
        _file(clear, "PNG", icc_profile=icc),
        _file(Image.fromarray(_deep(grey)), "PNG"),
        _file(colour.quantize(8), "PNG", transparency=0),
        _file(grey, "PNG"),
        _file(grey.convert("1"), "PNG"),
        _file(clear.convert("LA"), "PNG"),
        _file(colour, "JPEG", exif=exif, icc_profile=icc),
        _file(colour.convert("CMYK"), "JPEG"),
        _file(grey, "JPEG", progressive=True),
        _file(clear, "WEBP"),
        _file(clear, "WEBP", lossless=True, icc_profile=icc),
        _file(clear, "GIF"),
        _file(clear, "TIFF"),
        *(_file(colour, "TIFF", compression=kind) for kind in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")),
        _file(clear, "AVIF", max_threads=1),
        _file(colour, "AVIF", max_threads=1, quality=100),
    ]
    return {f"{index + 1:040x}": content for index, content in enumerate(files)}


def _deep(image: Image.Image) -> Any:

    return np.asarray(image).astype(np.uint16) * 257


def _file(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
