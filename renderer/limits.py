"""Every bound of a render, in one place. A document that breaks one is refused with :class:`LimitError`."""

from __future__ import annotations

from dataclasses import dataclass

from renderer.exceptions import LimitError

# Lengths and positions, in document pixels. Not a setting: both surfaces compute in 32-bit floats, which resolve whole
# pixels up to 2**24 = 1.67e7 only.
MAX_COORDINATE = 1e7

# Skia's PathOps compares every pair of contours: its time grows with the square of the verbs of a boolean operation.
MAX_BOOLEAN_VERBS = 20_000

# Of one stroke; with more it is drawn solid.
MAX_DASHES = 50_000

# Of one text: no picture shows more lines, and a hostile text of one character a line would otherwise take minutes.
MAX_TEXT_LINES = 20_000

# Of what is shaped at once: a shaper's time can grow faster than its input, and no real word or run comes near this.
MAX_SHAPED_CHARS = 5_000

# Of what a vector format cannot say: pixels of one picture, which has a smaller scale above that, and of all together;
# and how many commands may be drawn again for what lies over them.
MAX_PICTURE_PIXELS = 16_000_000
MAX_RASTERISED_PIXELS = 128_000_000
MAX_REPLAYED_COMMANDS = 250_000
# Of all such pictures together where they get coarser as this is used up, instead of being refused.
MAX_COARSENING_PIXELS = 64_000_000

# Of the layers that are open at one time, while a picture is drawn.
MAX_LAYER_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """Bounds on what one document may ask for.

    Of the document: ``max_parsed_bytes`` bounds what its JSON takes in memory once parsed, estimated from its brackets
    and commas before anything is parsed; ``max_nodes`` and ``max_depth`` count nodes; ``max_path_verbs`` the verbs of
    all outlines that are drawn, together; ``max_text_chars`` the characters of all texts together; ``max_paints`` the
    entries of any one list of paints, gradient stops, effects or dashes.

    Of images: ``max_image_pixels`` and ``max_image_side`` are checked from the header, before any allocation;
    ``max_images_bytes`` bounds the decoded pixels of all images together.

    Of the picture: above ``max_output_pixels`` (Figma's own cap) or ``max_output_side`` it is scaled down, with a
    warning. ``max_warnings`` are listed; the rest are counted in one last warning. ``max_outputs`` bounds how many
    pictures one document is asked for at once; everything else holds for each of them on its own.
    """

    max_parsed_bytes: int = 192_000_000
    max_nodes: int = 100_000
    max_depth: int = 90
    max_path_verbs: int = 2_000_000
    max_text_chars: int = 1_000_000
    max_paints: int = 256
    max_image_pixels: int = 64_000_000
    max_image_side: int = 32_767
    max_images_bytes: int = 512_000_000
    max_output_pixels: int = 32_000_000
    max_output_side: int = 16_384
    max_warnings: int = 100
    max_outputs: int = 500


def too_many_verbs(limits: RenderLimits) -> LimitError:
    return LimitError(
        f"The outlines have more than {limits.max_path_verbs} verbs together, which is the limit. "
        "Export a smaller part of the design.",
        code="limit-path-verbs",
    )


def too_many_outputs(limits: RenderLimits) -> LimitError:
    return LimitError(
        f"These are more than {limits.max_outputs} pictures at once, which is the limit. Ask for fewer of the nodes.",
        code="limit-outputs",
    )
