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


class ImageSource:
    """Images by digest: those that came with the request, then those in ``directory``, files named by digest.

    ``note`` hears (code, detail) about what could not be honoured. Decoded images are kept until the render ends.
    """

    def __init__(
        self,
        images: Mapping[str, Any],
        *,
        limits: RenderLimits,
        directory: Path | None = None,
        note: Callable[[str, str], None] | None = None,
    ) -> None:
        self._images = images
        self._limits = limits
        self._directory = directory
        self.note = note or _unheard
        self._decoded: dict[str, DecodedImage | None] = {}
        self._bytes_left = limits.max_images_bytes

    def get(self, ref: str) -> DecodedImage | None:
        """The image, or None when nobody has it. Raises :class:`ImageError` for bytes that are no image and
        :class:`LimitError` for one that is too large."""
        if ref not in self._decoded:
            data = self._find(ref)
            self._decoded[ref] = None if data is None else self._decode(ref, data)
        return self._decoded[ref]

    def _find(self, ref: str) -> Any | None:
        if ref in self._images:
            return self._images[ref]
        if self._directory is None or not _DIGEST.fullmatch(ref):
            return None
        try:
            return (self._directory / ref).read_bytes()
        except OSError:
            return None

    def _decode(self, ref: str, data: Any) -> DecodedImage:
        try:
            straight, kind = self._pixels(ref, data)
            pixels = premultiplied(straight)
        except (RenderError, MemoryError):
            raise
        except Exception as error:  # Pillow's plugins raise whatever their parsers run into
            what = f"the image {ref} cannot be decoded ({_reason(error)})"
            detail = f"{what}; send a complete PNG, JPEG, WebP, GIF, TIFF or AVIF file"
            raise ImageError(detail, field=ref) from error
        return DecodedImage(ref, pixels, to_skia(pixels), kind)

    def _pixels(self, ref: str, data: Any) -> tuple[Pixels, str]:
        """Straight RGBA, and Pillow's name of the format."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a warning would be written to stderr, under the lock
            early = webp_size(data)
            if early is not None:  # libwebp allocates the whole canvas as soon as it is opened
                self._check_size(ref, *early)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                self._check_size(ref, *image.size)
                self._bytes_left -= image.size[0] * image.size[1] * _BYTES_PER_PIXEL
                image.load()
                kind = image.format or ""
                return to_rgba(image, lambda code, detail: self.note(code, f"image {ref}: {detail}")), kind

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
