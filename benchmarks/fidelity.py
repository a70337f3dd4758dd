"""How close the pictures are to Figma's own.

Takes a folder of ``<name>/document.json`` with ``reference.png`` beside it, and an ``index.json`` in the folder or
above it if there is one (``id``, ``node``, ``scale``, ``mask_boxes``: what cannot be judged). Prints, per document, the
share of pixels that differ by more than 32 of 255 outside the masks, the SSIM, and the time; writes ours, Figma's and
the difference side by side to ``--out``.

    python -m benchmarks.fidelity CORPUS/rest --out /tmp/fidelity [--gpu]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import structural_similarity

from renderer.fonts import FontProvider
from renderer.images import ImageSource
from renderer.limits import RenderLimits
from renderer.options import RenderOptions
from renderer.render import MakeSurface, RenderResult, Stage, render
from renderer.surface import make_raster_surface

FONTS = Path(__file__).parent.parent / "fonts"
THRESHOLD = 32
WARM_RUNS = 5

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sample:
    """One document. ``reference`` None: there is no picture to compare with."""

    name: str
    document: bytes
    reference: Picture | None
    scale: float
    node: str | None
    masks: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """``share``: of the judged pixels, those off by more than the threshold in some channel."""

    share: float
    ssim: float


def samples(folder: Path) -> Iterator[Sample]:
    index = _index(folder)
    for path in sorted(folder.glob("*/document.json")):
        facts = index.get(path.parent.name, {})
        reference = path.parent / "reference.png"
        yield Sample(
            path.parent.name,
            path.read_bytes(),
            _flatten(np.asarray(Image.open(reference).convert("RGBA"))) if reference.exists() else None,
            float(facts.get("scale") or 1),
            facts.get("node"),
            tuple((box[0], box[1], box[2], box[3]) for box in facts.get("mask_boxes") or ()),
        )


def _index(folder: Path) -> dict[str, Any]:
    for place in (folder, folder.parent):
        path = place / "index.json"
        if path.exists():
            return {Path(entry["id"]).name: entry for entry in json.loads(path.read_text())}
    return {}


def draw(sample: Sample, fonts: FontProvider, make_surface: MakeSurface) -> RenderResult:
    limits = RenderLimits()
    return render(
        sample.document,
        "application/json",
        options=RenderOptions(scale=sample.scale, node=sample.node),
        images=ImageSource({}, limits=limits),
        fonts=fonts,
        make_surface=make_surface,
        limits=limits,
        on_stage=_unheard,
        clock=time.perf_counter,
    )


def _unheard(stage: Stage) -> None:
    """Nobody waits."""


def score(ours: Picture, theirs: Picture, masks: tuple[tuple[float, float, float, float], ...]) -> Score:
    judged = np.ones(ours.shape[:2], bool)
    for x, y, width, height in masks:
        judged[max(0, int(y) - 1) : int(y + height) + 2, max(0, int(x) - 1) : int(x + width) + 2] = False
    delta = np.abs(ours.astype(np.int16) - theirs.astype(np.int16)).max(axis=-1)
    covered = ours.copy()
    covered[~judged] = theirs[~judged]
    ssim = structural_similarity(covered, theirs, channel_axis=2)  # type: ignore[no-untyped-call]
    return Score(float((delta[judged] > THRESHOLD).mean()), float(ssim))


def _flatten(pixels: Picture) -> Picture:
    """RGB on white: how both pictures are looked at."""
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def decode(body: bytes) -> Picture:
    import io  # noqa: PLC0415

    return _flatten(np.asarray(Image.open(io.BytesIO(body)).convert("RGBA")))


def side_by_side(ours: Picture, theirs: Picture) -> Image.Image:
    difference = np.abs(ours.astype(np.int16) - theirs.astype(np.int16)).astype(np.uint8)
    return Image.fromarray(np.concatenate((ours, theirs, difference), axis=1))


def report(sample: Sample, fonts: FontProvider, make_surface: MakeSurface, out: Path | None) -> Score | None:
    result = draw(sample, fonts, make_surface)
    times_ms = [_total_ms(draw(sample, fonts, make_surface)) for _ in range(WARM_RUNS)]
    best = min(times_ms, key=lambda timings: sum(timings.values()))
    stages = " ".join(f"{name} {value:.1f}" for name, value in best.items())
    ours, line = (
        decode(result.body),
        f"{sample.name:28} {result.width}x{result.height} {sum(best.values()):6.1f} ms ({stages})",
    )
    if sample.reference is None or sample.reference.shape != ours.shape:
        print(f"{line}  no reference of this size")
        _save(out, sample.name, Image.fromarray(ours))
        return None
    found = score(ours, sample.reference, sample.masks)
    _save(out, sample.name, side_by_side(ours, sample.reference))
    print(f"{line}  >32: {found.share:6.2%}  SSIM {found.ssim:.4f}  {_codes(result)}")
    return found


def _total_ms(result: RenderResult) -> dict[str, float]:
    return result.timings_ms


def _codes(result: RenderResult) -> str:
    counts: dict[str, int] = {}
    for warning in result.warnings:
        counts[warning.code] = counts.get(warning.code, 0) + 1
    return " ".join(f"{code}:{count}" for code, count in counts.items())


def _save(out: Path | None, name: str, picture: Image.Image) -> None:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        picture.save(out / f"{name}.png")


def _surface(*, gpu: bool) -> MakeSurface:
    if not gpu:
        return make_raster_surface
    from renderer.surface.ganesh import GaneshDevice  # noqa: PLC0415 - opens the GL device

    device = GaneshDevice()
    print(device.device)
    return device.make_surface


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--gpu", action="store_true")
    parser.add_argument("--only", help="documents whose name contains this")
    chosen = parser.parse_args()
    fonts, make_surface = FontProvider.load(FONTS), _surface(gpu=chosen.gpu)
    wanted = [sample for sample in samples(chosen.folder) if not chosen.only or chosen.only in sample.name]
    scores = [found for sample in wanted if (found := report(sample, fonts, make_surface, chosen.out)) is not None]
    if scores:
        shares = [found.share for found in scores]
        print(f"median share {statistics.median(shares):.2%}, worst {max(shares):.2%}, of {len(scores)}")


if __name__ == "__main__":
    main()
