"""Writes the page. Every text in it is escaped, every picture is a ``data:`` URI, and its policy names the digests of
the one style and the one script that may be used."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Literal

from app.compare.job import DRAWN

_HERE = Path(__file__).parent
_STYLE = (_HERE / "report.css").read_text()
_SCRIPT = (_HERE / "report.js").read_text()
_MODES = ("side by side", "slider", "flicker", "difference")

Tone = Literal["good", "middling", "bad", "plain"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. ``tone``: how good it is."""

    label: str
    value: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. ``of``: for a heat map, the names of the two pictures it is of."""

    name: str
    body: bytes
    media_type: str = DRAWN.media_type
    of: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ReportedDocument:
    """One document. ``notes``: sentences below its numbers."""

    title: str
    figures: tuple[Figure, ...]
    shots: tuple[Shot, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """``summary``: sentences above; ``skipped``: what is not in it, and why."""

    title: str
    summary: tuple[str, ...]
    entries: tuple[ReportedDocument, ...]
    skipped: tuple[str, ...] = field(default=())


def write(report: Report) -> str:
    """The whole page."""
    return "".join(
        (
            "<!doctype html><html lang=en><meta charset=utf-8>",
            "<meta name=viewport content='width=device-width,initial-scale=1'>",
            f'<meta http-equiv=Content-Security-Policy content="{_policy()}">',
            f"<title>{escape(report.title)}</title><style>{_STYLE}</style>",
            f"<header><h1>{escape(report.title)}</h1>",
            *(f"<p>{escape(sentence)}</p>" for sentence in report.summary),
            _LEGEND,
            "</header><main>",
            _table(report.entries),
            *(_entry(number, entry) for number, entry in enumerate(report.entries)),
            *_skipped(report.skipped),
            f"</main><script>{_SCRIPT}</script></html>",
        )
    )


_LEGEND = (
    "<p class=legend><span>difference</span> <i></i> <span>1 of 255</span><span>4</span><span>16</span>"
    "<span>64</span><span>255</span></p>"
)


def _policy() -> str:
    """Nothing is loaded, nothing is sent."""
    return (
        f"default-src 'none'; img-src data:; style-src {_digest(_STYLE)}; script-src {_digest(_SCRIPT)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _table(entries: Iterable[ReportedDocument]) -> str:
    listed = list(entries)
    if not listed:
        return "<p>Nothing could be compared.</p>"
    labels = list(dict.fromkeys(figure.label for entry in listed for figure in entry.figures))
    head = "".join(f"<th scope=col>{escape(label)}" for label in labels)
    rows = "".join(_row(number, entry, labels) for number, entry in enumerate(listed))
    return f"<div class=wide><table><thead><tr><th scope=col>document{head}<tbody>{rows}</table></div>"


def _row(number: int, entry: ReportedDocument, labels: list[str]) -> str:
    own = {figure.label: figure for figure in entry.figures}
    cells = (own.get(label, Figure(label, "")) for label in labels)
    numbers = "".join(f"<td class={cell.tone}>{escape(cell.value)}" for cell in cells)
    return f"<tr><th scope=row><a href=#e{number}>{escape(entry.title)}</a>{numbers}"


def _entry(number: int, entry: ReportedDocument) -> str:
    figures = "".join(
        f"<li class={figure.tone}><b>{escape(figure.value)}</b> {escape(figure.label)}" for figure in entry.figures
    )
    notes = "".join(f"<li>{escape(note)}" for note in entry.notes)
    return (
        f"<section id=e{number}><h2>{escape(entry.title)}</h2><ul class=figures>{figures}</ul>"
        f"{_viewer(entry.shots)}{f'<ul class=notes>{notes}</ul>' if notes else ''}</section>"
    )


def _viewer(shots: tuple[Shot, ...]) -> str:
    """Every picture once; the script arranges them. Without a script they stand side by side."""
    if not shots:
        return ""
    modes = "".join(f"<button type=button data-mode='{mode}'>{mode}</button>" for mode in _MODES)
    zooms = "".join(f"<button type=button data-zoom={zoom}>{zoom}×</button>" for zoom in (1, 2, 4, 8))
    return (
        f"<div class=viewer><div class=bar><span class=group role=group aria-label=View>{modes}</span>"
        "<span class='group pick' role=group aria-label=Pictures></span>"
        f"<span class=group role=group aria-label=Zoom>{zooms}</span></div>"
        f"<div class=stage tabindex=0 aria-label='Pictures; arrow keys move the slider'>{''.join(map(_shot, shots))}"
        "</div></div>"
    )


def _shot(shot: Shot) -> str:
    source = f"data:{shot.media_type};base64,{base64.b64encode(shot.body).decode()}"
    of = f" data-of='{escape('|'.join(shot.of))}'" if shot.of else ""
    name = escape(shot.name)
    return f"<figure data-name='{name}'{of}><img alt='{name}' src='{source}'><figcaption>{name}</figcaption></figure>"


def _skipped(sentences: tuple[str, ...]) -> Iterator[str]:
    if sentences:
        yield "<section><h2>Not in this report</h2><ul class=notes>"
        yield from (f"<li>{escape(sentence)}" for sentence in sentences)
        yield "</ul></section>"
