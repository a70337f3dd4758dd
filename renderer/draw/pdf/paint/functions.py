"""The colours along a ramp as a function of the place on it (ISO 32000-1, 7.10)."""

from __future__ import annotations

from collections.abc import Sequence

from renderer.draw.pdf.file.syntax import array, dictionary, number

Ramp = Sequence[tuple[float, str]]
"""Positions 0..1 that do not fall, with the components of the colour there."""


def ramp_function(ramp: Ramp) -> str:
    """From 0..1 to a colour: straight lines from stop to stop, stitched together. Of stops in one place the first ends
    what comes before it, the last begins what follows."""
    pieces = [(start, end) for start, end in zip(_whole(ramp), _whole(ramp)[1:], strict=False) if end[0] > start[0]]
    functions = [_line(start[1], end[1]) for start, end in pieces]
    if len(functions) == 1:
        return functions[0]
    return dictionary(
        {
            "FunctionType": "3",
            "Domain": "[0 1]",
            "Functions": array(functions),
            "Bounds": array([_place(end[0]) for _, end in pieces[:-1]]),
            "Encode": array(["0 1"] * len(functions)),
        }
    )


def _whole(ramp: Ramp) -> Ramp:
    """With a stop at 0 and at 1: beyond the first and the last their colours go on. Places as they are written."""
    rounded = [(float(_place(place)), colour) for place, colour in ramp]
    return [(0.0, ramp[0][1]), *rounded, (1.0, ramp[-1][1])]


def _place(position: float) -> str:
    return number(position, 6)


def _line(start: str, end: str) -> str:
    return dictionary({"FunctionType": "2", "Domain": "[0 1]", "C0": f"[{start}]", "C1": f"[{end}]", "N": "1"})
