"""The images of a document, decoded when first drawn.

Everything here runs inside the sandbox: the bytes are hostile. Pillow decodes; only six formats are ever tried, the
size is checked from the header before anything of that size is allocated, and whatever Pillow raises becomes one
:class:`ImageError` that names the image.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import skia
from PIL import Image, ImageOps, UnidentifiedImageError

from renderer.colourspace import to_srgb
from renderer.exceptions import ImageError, LimitError, RenderError
from renderer.limits import RenderLimits
from renderer.pixels import Pixels, is_opaque
from renderer.webpsize import webp_size

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF")
_DIGEST: Final = re.compile(r"[0-9a-f]{16,128}")
_BYTES_PER_PIXEL: Final = 4
_BAND_PIXELS: Final = 1 << 20
_ADDRESS: Final = re.compile(r"<[^>]*>|0x[0-9a-fA-F]+")
_MAX_REASON: Final = 200

# Ours is the limit, checked in _check_size; Pillow's would warn on stderr first.
Image.MAX_IMAGE_PIXELS = None
# Even a log record that nobody handles asks for the process id, which is a system call.
logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """``ref``: its digest. ``pixels``: premultiplied RGBA in sRGB, shape (height, width, 4). ``drawable``: the
    ``skia.Image`` on the very same memory. ``kind``: Pillow's name of the format that the bytes were in, such as
    ``JPEG``."""

    ref: str
    pixels: Pixels
    drawable: Any
    kind: str

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def opaque(self) -> bool:
        return bool(self.drawable.isOpaque())

    def __repr__(self) -> str:
        return f"DecodedImage({self.ref!r}, {self.width} x {self.height})"


Note = Callable[[str, str], None]
"""Hears (code, detail) about what could not be honoured."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A decoded image, its size as its header has it, and what there was to say of it."""

    image: DecodedImage
    size: tuple[int, int]
    notes: tuple[tuple[str, str], ...]

    @property
    def size_bytes(self) -> int:
        return self.size[0] * self.size[1] * _BYTES_PER_PIXEL


class ImageSource:
    """Images by digest: those that came with the request, then those in ``directory``, files named by digest.

    What is decoded is kept for the outputs that follow, as far as ``max_images_bytes`` goes. The same bounds what one
    output has decoded, wherever that came from: no output depends on those before it.
    """

    def __init__(self, images: Mapping[str, Any], *, limits: RenderLimits, directory: Path | None = None) -> None:
        self._images = images
        self._limits = limits
        self._directory = directory
        self._kept: dict[str, _Kept] = {}
        self.begin(_unheard)

    def begin(self, note: Note) -> None:
        """Another output begins; ``note`` is told of its images."""
        self._note = note
        self._used: dict[str, DecodedImage | None] = {}
        self._bytes_left = self._limits.max_images_bytes

    def forget(self) -> None:
        """Let go of all that was decoded."""
        self._used.clear()
        self._kept.clear()

    def get(self, ref: str) -> DecodedImage | None:
        """The image, or None when nobody has it. Raises :class:`ImageError` for bytes that are no image and
        :class:`LimitError` for one that is too large."""
        if ref not in self._used:
            self._used[ref] = self._take(ref)
        return self._used[ref]

    def _take(self, ref: str) -> DecodedImage | None:
        """For this output, which pays for it and is told of it either way."""
        kept = self._kept.get(ref)
        if kept is None:
            data = self._find(ref)
            if data is None:
                return None
            kept = self._kept[ref] = self._decode(ref, data)
        else:
            self._check_size(ref, *kept.size)
        self._bytes_left -= kept.size_bytes
        for code, detail in kept.notes:
            self._note(code, detail)
        return kept.image

    def _make_room(self, needed: int) -> None:
        """Let go of what this output has not used, the oldest first. What it has used is within its own bound."""
        excess = sum(kept.size_bytes for kept in self._kept.values()) + needed - self._limits.max_images_bytes
        for ref in [ref for ref in self._kept if ref not in self._used]:
            if excess <= 0:
                return
            excess -= self._kept.pop(ref).size_bytes

    def _find(self, ref: str) -> Any | None:
        if ref in self._images:
            return self._images[ref]
        if self._directory is None or not _DIGEST.fullmatch(ref):
            return None
        try:
            return (self._directory / ref).read_bytes()
        except OSError:
            return None

    def _decode(self, ref: str, data: Any) -> _Kept:
        try:
            return self._decoded(ref, data)
        except (RenderError, MemoryError):
            raise
        except Exception as error:  # Pillow's plugins raise whatever their parsers run into
            what = f"the image {ref} cannot be decoded ({_reason(error)})"
            detail = f"{what}; send a complete PNG, JPEG, WebP, GIF, TIFF or AVIF file"
            raise ImageError(detail, field=ref) from error

    def _decoded(self, ref: str, data: Any) -> _Kept:
        notes: list[tuple[str, str]] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a warning would be written to stderr, under the lock
            early = webp_size(data)
            if early is not None:  # libwebp allocates the whole canvas as soon as it is opened
                self._check_size(ref, *early)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                size = image.size
                self._check_size(ref, *size)
                self._make_room(size[0] * size[1] * _BYTES_PER_PIXEL)
                image.load()
                kind = image.format or ""
                straight = to_rgba(image, lambda code, detail: notes.append((code, f"image {ref}: {detail}")))
        pixels = premultiplied(straight)
        return _Kept(DecodedImage(ref, pixels, to_skia(pixels), kind), size, tuple(notes))

    def _check_size(self, ref: str, width: int, height: int) -> None:
        limits = self._limits
        if width > limits.max_image_side or height > limits.max_image_side:
            self._refuse(ref, width, height, f"the longest side allowed is {limits.max_image_side}")
        if width * height > limits.max_image_pixels:
            self._refuse(ref, width, height, f"{limits.max_image_pixels} pixels are allowed")
        if width * height * _BYTES_PER_PIXEL > self._bytes_left:
            self._refuse(ref, width, height, f"all images together may take {limits.max_images_bytes} bytes decoded")

    def _refuse(self, ref: str, width: int, height: int, rule: str) -> None:
        raise LimitError(
            f"the image {ref} is {width} x {height}: {rule}; send a smaller one", code="limit-image-pixels", field=ref
        )


def to_rgba(image: Image.Image, note: Callable[[str, str], None]) -> Pixels:
    """Upright, in sRGB, 8 bits, straight alpha: shape (height, width, 4). Turns ``image`` itself."""
    ImageOps.exif_transpose(image, in_place=True)
    flat = to_srgb(image, note)
    width, height = flat.size
    pixels = np.empty((height, width, _BYTES_PER_PIXEL), np.uint8)
    # In bands: Pillow would make two or three copies of the whole on the way.
    rows = max(1, _BAND_PIXELS // max(1, width))
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        pixels[top:bottom] = np.asarray(flat.crop((0, top, width, bottom)).convert("RGBA"))
    return pixels


def premultiplied(pixels: Pixels) -> Pixels:
    """The same array when it is opaque, else a copy: scaling must not bleed colour out of clear pixels."""
    if is_opaque(pixels):
        return pixels
    height, width, _ = pixels.shape
    mixed = np.empty_like(pixels)
    straight = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
    target = straight.makeAlphaType(skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(target, mixed, width * _BYTES_PER_PIXEL)
    surface.writePixels(skia.Pixmap(straight, pixels, width * _BYTES_PER_PIXEL), 0, 0)
    return mixed


def to_skia(pixels: Pixels) -> Any:
    """A ``skia.Image`` on the array's own memory. Skia keeps no reference to the array, so the caller must."""
    kind = skia.kOpaque_AlphaType if is_opaque(pixels) else skia.kPremul_AlphaType
    return skia.Image.fromarray(pixels, skia.kRGBA_8888_ColorType, kind, copy=False)


def _reason(error: Exception) -> str:
    """What Pillow says, without what it says of its own objects: all workers share one layout of memory, and an address
    in it is nobody's business."""
    if isinstance(error, UnidentifiedImageError):
        return "its bytes are in none of these formats, or its header is damaged"
    said = _ADDRESS.sub("...", str(error))[:_MAX_REASON]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _unheard(code: str, detail: str) -> None:
    """Nobody asked for warnings."""
