"""Any bitmap's colours as 8-bit sRGB."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image, ImageCms

_SRGB: Final = ImageCms.createProfile("sRGB")
_WITH_ALPHA: Final = {"RGBA", "LA", "PA", "RGBa", "La"}
_MANAGED: Final = {"RGB", "RGBA", "L", "CMYK"}
_SIXTEEN_BIT: Final = {"I;16", "I;16L", "I;16B", "I;16N", "I"}
_DEEP_MAX: Final = 65535


def to_srgb(image: Image.Image, note: Callable[[str, str], None]) -> Image.Image:
    """RGB or RGBA in sRGB. An embedded ICC profile is honoured; one that cannot be used is noted and ignored."""
    flat = _eight_bit(image)
    profile = image.info.get("icc_profile")
    if flat.mode not in _MANAGED or not profile:
        return flat
    try:
        return _convert(flat, profile)
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        note("image-profile-ignored", f"its colour profile cannot be used ({error}); sRGB is assumed")
        return flat


def _eight_bit(image: Image.Image) -> Image.Image:
    """Palettes resolved, deep greys scaled down, everything else left to the colour management."""
    if image.mode in _SIXTEEN_BIT:
        deep = np.clip(np.asarray(image).astype(np.int64), 0, _DEEP_MAX)
        return Image.fromarray((deep >> 8).astype(np.uint8))
    if image.mode == "F":
        return Image.fromarray((np.clip(np.nan_to_num(np.asarray(image)), 0, 1) * 255 + 0.5).astype(np.uint8))
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode in _MANAGED and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.mode in _WITH_ALPHA or "transparency" in image.info else "RGB")


def _convert(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha is not None else image
    converted = ImageCms.profileToProfile(colours, source, _SRGB, outputMode="RGB")
    if converted is None:
        return image
    if alpha is not None:
        converted.putalpha(alpha)
    return converted
