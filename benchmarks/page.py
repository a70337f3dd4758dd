"""A report as one HTML file: no script, nothing loaded from anywhere, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2430; --paper: #fdfdfc; --faint: #e3e5ea; --soft: #667085; --good: #137a4b;
  --bad: #b3261e; --c0: #3b6fd4; --c1: #d1602a; --c2: #2f8f6b; --c3: #8d55c7; --c4: #b8892b; --c5: #c2447a;
  --c6: #4a9db5; --c7: #7a7f8a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --paper: #14171d; --faint: #2b303b; --soft: #98a1b3;
  --good: #4fc48b; --bad: #ff8a80; --c0: #7aa5ff; --c1: #ff9b66; --c2: #63d0a5; --c3: #c39bff; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1080px;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.finding { font-size: 1.1rem; border-left: 4px solid var(--c0); padding: .4rem .9rem; background: var(--faint); }
.soft, .legend, caption { color: var(--soft); font-size: .88rem; }
.legend span { margin-right: 1rem; white-space: nowrap; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .22rem .6rem; border-bottom: 1px solid var(--faint); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
caption { text-align: left; caption-side: bottom; }
.good { color: var(--good); } .bad { color: var(--bad); }
.plot { width: 100%; height: auto; } .plot text { font-size: 11px; fill: var(--soft); }
.grid { stroke: var(--faint); } .whisker { stroke: var(--ink); stroke-width: 1.5; }
.notch { stroke: var(--paper); stroke-width: 2; }
 .line { fill: none !important;
  stroke-width: 1.6; }
""" + "\n".join(f".s{n} {{ fill: var(--c{n}); }} .line.s{n} {{ stroke: var(--c{n}); }}" for n in range(8))


def page(title: str, subtitle: str, parts: Iterable[str]) -> str:
    """``parts``: HTML that is ready; everything else is escaped."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1><p class="soft">{escape(subtitle)}</p>'
        f"{''.join(parts)}</body></html>\n"
    )


def heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], note: str = "") -> str:
    """A cell that says ``pass`` or ``FAIL`` is coloured."""
    caption = f"<caption>{escape(note)}</caption>" if note else ""
    top = "".join(f"<th>{escape(text)}</th>" for text in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="scroll"><table>{caption}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(text: str) -> str:
    kind = {"pass": ' class="good"', "FAIL": ' class="bad"'}.get(text, "")
    return f"<td{kind}>{escape(text)}</td>"
