from __future__ import annotations

import contextlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from renderer.exceptions import ImageError, LimitError
from renderer.images import ImageSource, to_rgba
from renderer.limits import RenderLimits
from renderer.rehearsal import rehearsal_images
from renderer.webpsize import webp_size

REF = "a" * 40
LIMITS = RenderLimits()


def _bytes(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _quadrants() -> Image.Image:
    """Red, green over blue, white."""
    pixels = np.zeros((16, 24, 3), np.uint8)
    pixels[:8, :12], pixels[:8, 12:], pixels[8:, :12], pixels[8:, 12:] = (255, 0, 0), (0, 255, 0), (0, 0, 255), 255
    return Image.fromarray(pixels)


def _decoded(content: bytes, limits: RenderLimits = LIMITS) -> np.ndarray:
    image = ImageSource({REF: content}, limits=limits).get(REF)
    assert image is not None
    return np.asarray(image.drawable.toarray(colorType=image.drawable.colorType()))[..., :4]


def _rgba(image: Image.Image) -> np.ndarray:
    return to_rgba(image, lambda code, detail: None)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 98, "subsampling": 0}),
        ("JPEG", {"quality": 98, "subsampling": 0, "progressive": True}),
        ("WEBP", {"lossless": True}),
        ("GIF", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("AVIF", {"quality": 100, "subsampling": "4:4:4", "max_threads": 1}),
    ],
)
def test_every_format_is_decoded(kind: str, options: dict[str, Any]) -> None:
    pixels = _decoded(_bytes(_quadrants(), kind, **options)).astype(int)
    for (y, x), colour in {
        (4, 6): (255, 0, 0),
        (4, 18): (0, 255, 0),
        (12, 6): (0, 0, 255),
        (12, 18): (255,) * 3,
    }.items():
        assert np.abs(pixels[y, x, :3] - colour).max() <= 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_obeyed(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = _decoded(_bytes(_quadrants(), "PNG", exif=exif))
    assert turned.shape[:2] == ((16, 24) if orientation <= 4 else (24, 16))
    corner = {1: "red", 2: "green", 3: "white", 4: "blue", 5: "red", 6: "blue", 7: "white", 8: "green"}[orientation]
    named = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
    assert tuple(turned[2, 2, :3]) == named[corner]


def test_modes_of_all_kinds_become_rgba() -> None:
    colour = _quadrants()
    palette = colour.quantize(4)
    palette.info["transparency"] = palette.getpixel((0, 0))
    assert _rgba(palette)[2, 2, 3] == 0
    assert tuple(_rgba(colour.convert("CMYK"))[2, 2]) == (255, 0, 0, 255)
    assert tuple(_rgba(colour.convert("1"))[12, 18]) == (255, 255, 255, 255)
    assert tuple(_rgba(colour.convert("LA"))[12, 18]) == (255, 255, 255, 255)
    deep = Image.fromarray(np.full((2, 2), 0x8080, np.uint16))
    assert tuple(_rgba(deep)[0, 0]) == (0x80, 0x80, 0x80, 255)
    floating = Image.fromarray(np.array([[0.5, np.nan]], np.float32))
    assert tuple(_rgba(floating)[0, :, 0]) == (128, 0)


def test_an_embedded_profile_is_honoured() -> None:
    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    heard: list[str] = []
    image = Image.open(io.BytesIO(_bytes(_quadrants(), "PNG", icc_profile=_gamma_one_profile())))
    found = to_rgba(image.convert("RGB"), lambda code, detail: heard.append(code))
    assert heard == []
    assert tuple(found[2, 2]) == (255, 0, 0, 255)
    grey = Image.new("RGB", (2, 2), (64, 64, 64))
    grey.info["icc_profile"] = _gamma_one_profile()
    assert abs(int(to_rgba(grey, lambda code, detail: heard.append(code))[0, 0, 0]) - 137) <= 2
    grey.info["icc_profile"] = lab_like[:50]
    to_rgba(grey, lambda code, detail: heard.append(code))
    assert heard == ["image-profile-ignored"]


def _gamma_one_profile() -> bytes:
    """SRGB's primaries with a linear tone curve: every `curv` table of littlecms' sRGB replaced by the identity."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", profile, 128)
    for index in range(count):
        name, offset, length = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            profile[offset : offset + length] = struct.pack(">4sII", b"curv", 0, 0).ljust(length, b"\x00")
    return bytes(profile)


def test_clear_pixels_are_premultiplied_so_that_their_colour_cannot_bleed() -> None:
    clear = Image.new("RGBA", (4, 4), (255, 255, 255, 0))
    assert _decoded(_bytes(clear, "PNG")).max() == 0


def test_an_image_that_nobody_has_is_none() -> None:
    assert ImageSource({}, limits=LIMITS).get(REF) is None


def test_it_is_decoded_once() -> None:
    source = ImageSource({REF: _bytes(_quadrants(), "PNG")}, limits=LIMITS)
    assert source.get(REF) is source.get(REF)


@pytest.mark.parametrize("ref", list(rehearsal_images()))
@pytest.mark.parametrize("keep", [0.0, 0.1, 0.5])
def test_a_truncated_image_is_an_error_that_names_it(ref: str, keep: float) -> None:
    content = rehearsal_images()[ref]
    source = ImageSource({ref: content[: int(len(content) * keep)]}, limits=LIMITS)
    with pytest.raises(ImageError) as refused:
        source.get(ref)
    assert (refused.value.code, refused.value.field) == ("image-invalid", ref)


@pytest.mark.parametrize("seed", range(60))
def test_a_corrupt_image_never_raises_anything_else(seed: int) -> None:
    random = np.random.default_rng(seed)
    for ref, content in rehearsal_images().items():
        spoilt = bytearray(content)
        for position in random.integers(0, len(content), 8):
            spoilt[position] = int(random.integers(256))
        with contextlib.suppress(ImageError, LimitError):
            ImageSource({ref: bytes(spoilt)}, limits=LIMITS).get(ref)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"%PDF-1.4", b"<svg/>", b"\x00" * 1000, b"8BPS\x00\x01" + b"\x00" * 50]
)
def test_other_formats_are_not_even_tried(content: bytes) -> None:
    with pytest.raises(ImageError):
        ImageSource({REF: content}, limits=LIMITS).get(REF)


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 99))
        + chunk(b"IEND", b"")
    )


def _webp_that_claims(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("claim", [_png_that_claims, _webp_that_claims])
@pytest.mark.parametrize("size", [(60_000, 60_000), (16_000, 16_000), (40_000, 1)])
def test_a_bomb_is_refused_by_its_header(claim: Any, size: tuple[int, int]) -> None:
    with pytest.raises(LimitError) as refused:
        ImageSource({REF: claim(*size)}, limits=LIMITS).get(REF)
    assert refused.value.code == "limit-image-pixels"
    assert f"{size[0]} x {size[1]}" in refused.value.detail


def test_all_images_together_are_bounded() -> None:
    content = _bytes(Image.new("RGB", (100, 100)), "PNG")
    source = ImageSource({"1": content, "2": content}, limits=RenderLimits(max_images_bytes=60_000))
    source.get("1")
    with pytest.raises(LimitError):
        source.get("2")


PLAIN = _bytes(Image.new("RGB", (100, 100)), "PNG")
NOTED = _bytes(Image.new("RGB", (100, 100)), "PNG", icc_profile=b"no profile at all" * 20)


def _begun(source: ImageSource) -> list[str]:
    """The codes that the output which begins here is told."""
    codes: list[str] = []
    source.begin(lambda code, detail: codes.append(code))
    return codes


def test_an_image_is_decoded_once_for_all_outputs_and_each_is_told_of_it() -> None:
    source = ImageSource({"1": NOTED}, limits=LIMITS)
    said = _begun(source)
    first = source.get("1")
    said_again = _begun(source)
    assert source.get("1") is first
    assert source.get("1") is first
    assert said == said_again == ["image-profile-ignored"]


def test_what_one_output_has_decoded_leaves_the_next_as_much_as_it_had() -> None:
    source = ImageSource(dict.fromkeys("12345", PLAIN), limits=RenderLimits(max_images_bytes=100_000))
    first = [source.get("1"), source.get("2")]
    _begun(source)
    assert source.get("2") is first[1]
    assert source.get("3") is not None
    for ref in "451":
        with pytest.raises(LimitError):
            source.get(ref)
    _begun(source)
    assert source.get("1") is not first[0]  # it had to go


def test_an_image_that_others_have_decoded_counts_all_the_same() -> None:
    source = ImageSource(dict.fromkeys("12", PLAIN), limits=RenderLimits(max_images_bytes=60_000))
    source.get("1")
    _begun(source)
    source.get("2")
    with pytest.raises(LimitError) as refused:
        source.get("1")
    alone = ImageSource(dict.fromkeys("12", PLAIN), limits=RenderLimits(max_images_bytes=60_000))
    alone.get("2")
    with pytest.raises(LimitError, match=refused.value.detail):
        alone.get("1")
    _begun(source)
    kept = source.get("2")
    _begun(source)
    assert source.get("2") is kept
    with pytest.raises(LimitError):
        source.get("1")


def test_no_more_is_kept_than_one_output_may_have() -> None:
    refs = [str(number) for number in range(20)]
    source = ImageSource(dict.fromkeys(refs, PLAIN), limits=RenderLimits(max_images_bytes=130_000))
    for ref in refs:
        _begun(source)
        source.get(ref)
    assert list(source._kept) == refs[-3:]
    source.forget()
    assert not source._kept


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exact": True, "lossless": True}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_size_in_a_webp_header(options: dict[str, Any], mode: str) -> None:
    assert webp_size(_bytes(Image.new(mode, (345, 67)), "WEBP", **options)) == (345, 67)
    assert webp_size(b"RIFF") is None


def test_a_folder_of_images_serves_digests_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / REF).write_bytes(_bytes(_quadrants(), "PNG"))
    (tmp_path / "secret").write_bytes(_bytes(_quadrants(), "PNG"))
    source = ImageSource({}, limits=LIMITS, directory=tmp_path)
    assert source.get(REF) is not None
    for name in ("secret", "../" + tmp_path.name + "/" + REF, str(tmp_path / REF), "", "b" * 40):
        assert source.get(name) is None


@pytest.mark.parametrize("content", [b"not an image", b"", _bytes(_quadrants(), "TIFF", compression="tiff_lzw")[:99]])
def test_a_refusal_tells_no_address_of_the_worker(content: bytes) -> None:
    """All workers of a path share one layout of memory: an address in an answer would undo its randomisation."""
    with pytest.raises(ImageError) as refused:
        _decoded(content)
    assert "0x" not in refused.value.detail
    assert "object at" not in refused.value.detail


def test_large_images_are_put_together_from_bands() -> None:
    """Twice the height of a band of this width, and an odd rest."""
    noise = np.random.default_rng(1).integers(0, 256, (2 * 1024 + 7, 1024, 3), np.uint8)
    assert np.array_equal(_decoded(_bytes(Image.fromarray(noise), "TIFF"))[..., :3], noise)
