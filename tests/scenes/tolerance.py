"""How far the GPU path's picture may be from the CPU path's, and why where it is more than anywhere else."""

from __future__ import annotations

from dataclasses import dataclass

from renderer.compare import MeasuredDifference


@dataclass(frozen=True, slots=True)
class Tolerance:
    """``why``: has to be said for anything but the rule."""

    ssim: float = 0.999
    flip_mean: float = 0.01
    why: str = ""

    def broken_by(self, found: MeasuredDifference) -> list[str]:
        """What is further off than declared; FLIP counts where there is one."""
        broken = [] if found.ssim >= self.ssim else [f"SSIM {found.ssim:.5f} < {self.ssim}"]
        if found.flip_mean is not None and found.flip_mean > self.flip_mean:
            broken.append(f"FLIP {found.flip_mean:.5f} > {self.flip_mean}")
        return broken


RULE = Tolerance()
_BOXES = (
    "the rasteriser blurs with three boxes and in 8-bit steps, the GPU with a Gaussian (a wide one at half or a "
    "quarter of the size): 1 to 4 of 255 over the whole of the blur, which neither FLIP nor SSIM "
    "forgives on an even ground"
)
_ROWS = (
    "the rasteriser smooths a clip's upper and lower edge in steps of a quarter of a pixel, the GPU exactly: one row "
    "of pixels, up to an eighth of the contrast"
)
_LAYERS = "an 8-bit layer is rounded down when the rasteriser lays it on, and to nearest by the GPU: 1 to 3 of 255"
EXCEPTIONS: dict[str, Tolerance] = {
    "shadows": Tolerance(0.9965, 0.024, _BOXES),
    "blurs": Tolerance(0.995, 0.045, _BOXES),
    "masks": Tolerance(0.9975, 0.015, f"{_LAYERS}; {_ROWS}"),
    "blends": Tolerance(0.998, 0.015, _LAYERS),
    "clips": Tolerance(0.998, 0.01, _ROWS),
    "screen": Tolerance(0.9985, 0.01, _BOXES),
}
"""By scene. Measured on llvmpipe: FLIP mean 0.019, 0.038, 0.012, 0.011, 0.006 and 0.008, in this order."""
