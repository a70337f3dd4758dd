"""A format is named in renderer/formats.py; whoever else needs its name, media type or suffix asks there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from renderer.formats import ImageFormat

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = "renderer/formats.py"
FOLDERS = ("app", "benchmarks", "deploy", "renderer", "sandbox")
NAMES = sorted({name for each in ImageFormat for name in each.suffixes})
# Not inside a longer word: `svg_outline_text` is the name of an option, `pdfViewerEnabled` one of a browser's.
NAMED = re.compile(rf"(?<!\w)(?:{'|'.join(NAMES)}|image/svg\+xml)(?!\w)")
LABELS = re.compile(rf"\b(?:{'|'.join(each.label for each in ImageFormat)})\b")

# They write a format's own words.
WRITERS = "renderer/draw/"
# What is no format of ours to answer in, or has to be spelt out.
OTHERS = {
    "app/api/docs.py": "examples to copy, and the page's own icon",
    "app/cli/fidelity.py": "the reference pictures that lie in a folder",
    "app/compare/corpus.py": "the reference pictures that lie in a folder",
    "app/playground/files.py": "the page's own files",
    "app/playground/static/documents.js": "images that a document names",
    "app/playground/static/index.html": "the page's own icon",
    "app/playground/static/viewer.js": "the page's own icon",
    "benchmarks/__main__.py": "a section about the encoder",
    "benchmarks/goals.py": "a figure about the encoder",
    "benchmarks/plot.py": "markup of the report's own plots",
    "renderer/images.py": "images that a document names",
    "renderer/rehearsal.py": "images that a document names",
}


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for suffix in ("py", "js", "html"):
            yield from sorted((ROOT / folder).rglob(f"*.{suffix}"))


def texts(source: Path) -> Iterator[str]:
    """What a program says or compares with: the strings of Python without its docstrings, and all of the page's lines
    but their comments."""
    if source.suffix != ".py":
        yield from (line for line in source.read_text().splitlines() if not line.lstrip().startswith(("//", "/*", "*")))
        return
    tree = ast.parse(source.read_text())
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def names(source: Path) -> list[str]:
    """Texts that name a format as a program does, or list several as people do."""
    return [text for text in texts(source) if NAMED.search(text) or len(set(LABELS.findall(text))) > 1]


def place(source: Path) -> str:
    return str(source.relative_to(ROOT))


def may_name(where: str) -> bool:
    return where in {REGISTRY, *OTHERS} or where.startswith(WRITERS)


def test_no_other_file_names_a_format() -> None:
    found = {place(source): names(source) for source in sources()}
    assert found[REGISTRY]
    assert {where: said for where, said in found.items() if said and not may_name(where)} == {}


@pytest.mark.parametrize("where", OTHERS)
def test_no_exception_is_left_over(where: str) -> None:
    assert names(ROOT / where), f"{where} names none any more: take it out of the list"


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("a.py", 'FORMAT = "webp"', True),
        ("a.py", 'help = f"Default: by {x}, else png."', True),
        ("a.py", 'TYPES = {"x": "image/jpeg"}', True),
        ("a.py", 'name.endswith(".jpeg")', True),
        ("a.py", 'x = "PNG, JPEG or WebP"', True),
        ("a.py", 'def f():\n    """Writes svg and pdf."""', False),
        ("a.py", 'x = "svg_outline_text"', False),
        ("a.py", 'x = "A PNG to compare with"', False),
        ("a.py", "x = ImageFormat.PNG.value", False),
        ("a.js", 'const type = "application/pdf";', True),
        ("a.js", "// as an svg", False),
        ("a.js", "navigator.pdfViewerEnabled", False),
        ("a.html", "<option>avif</option>", True),
    ],
)
def test_a_name_is_seen_wherever_it_hides(tmp_path: Path, name: str, text: str, named: bool) -> None:
    (tmp_path / name).write_text(text)
    assert bool(names(tmp_path / name)) is named


# --- the papers -------------------------------------------------------------------------------------------------------

README = (ROOT / "README.md").read_text()


def test_readme_lists_every_format_and_every_option() -> None:
    formats = " ".join(f"`{each.value}`" for each in ImageFormat)
    assert f"| `format` | {formats} |" in README
    assert all(f"\n| `{each.value}` | `{each.media_type}` | " in README for each in ImageFormat)
    for option in ("svg_outline_text", "svg_include_id", "svg_include_node_id", "svg_simplify_stroke"):
        assert f"| `{option}` | `true` `false` |" in README
