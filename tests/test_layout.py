"""The shape of the house: who may import what, what is pinned, and that the papers say what the code does."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from app.settings import PREFIX, Settings
from deploy.lock.lockfile import read

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "fonts"
FONT_SUFFIXES = {".ttf", ".otf", ".ttc", ".woff", ".woff2"}
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-setup.txt")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
PACKAGES = ("app", "renderer", "sandbox", "benchmarks", "deploy")
MIB = 1 << 20


def imported(source: Path) -> Iterator[str]:
    """Top-level names of everything a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: relative import"
            yield str(node.module).partition(".")[0]


def pins(name: str) -> dict[str, set[str]]:
    """Package -> the versions a requirements file pins it to (one for each range of Python versions)."""
    found: dict[str, set[str]] = {}
    for pin in read((ROOT / name).read_text()):
        found.setdefault(pin.name, set()).add(pin.version)
    return found


def normalised(requirement: str) -> str:
    """The package's name as indexes compare it, without extras and versions (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def runtime_dependencies() -> list[str]:
    return [normalised(item) for item in PROJECT["dependencies"]]


@pytest.mark.parametrize("source", sorted((ROOT / "sandbox").rglob("*.py")), ids=lambda path: path.name)
def test_sandbox_needs_the_standard_library_and_pyseccomp_only(source: Path) -> None:
    strangers = set(imported(source)) - sys.stdlib_module_names - {"sandbox", "pyseccomp"}
    assert not strangers


def test_sandbox_imports_are_seen_wherever_they_hide(tmp_path: Path) -> None:
    source = tmp_path / "hidden.py"
    source.write_text("def f():\n    if f:\n        from numpy.linalg import norm\n    import PIL.Image as os\n")
    assert set(imported(source)) == {"numpy", "PIL"}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned_hashed_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert pins(name)
    assert all(pin.wheels for pin in read(text))


def test_no_lock_file_that_names_hosts() -> None:
    assert not (ROOT / "uv.lock").exists()


@pytest.mark.parametrize("dependency", runtime_dependencies())
def test_every_dependency_is_pinned(dependency: str) -> None:
    assert pins("requirements.txt")[dependency] == pins("requirements-dev.txt")[dependency]


def test_the_developers_pins_are_the_servers_and_more() -> None:
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {package: dev.get(package) for package in runtime} == runtime
    assert {"pytest", "mypy", "ruff", "import-linter"} <= dev.keys() - runtime.keys()


def test_the_docs_say_why_each_dependency_is_there() -> None:
    table = (ROOT / "docs" / "dependencies.md").read_text().lower()
    assert [name for name in runtime_dependencies() if f"| {name} " not in table] == []


def test_readme_lists_every_setting_with_its_default() -> None:
    rows = re.findall(rf"^\| `{PREFIX}(\w+)` \| (.*?) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    documented = {name.lower(): default for name, default in rows}
    assert documented.keys() == Settings.model_fields.keys()
    numbers = {
        name: field.default for name, field in Settings.model_fields.items() if type(field.default) in (int, float)
    }
    assert {name: number(documented[name]) for name in numbers} == numbers


def number(text: str) -> float:
    """``64 MiB`` -> 67108864; ``30 s`` -> 30."""
    match = re.fullmatch(r"([\d.,]+)(?: (MiB|s))?", text)
    assert match, text
    return float(match[1].replace(",", "")) * (MIB if match[2] == "MiB" else 1)


def font_entries() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads((FONTS / "manifest.json").read_text())["fonts"]
    return entries


def test_every_font_is_in_the_manifest() -> None:
    files = {str(path.relative_to(FONTS)) for path in FONTS.rglob("*") if path.suffix.lower() in FONT_SUFFIXES}
    assert files == {entry["file"] for entry in font_entries()}


def test_every_font_has_its_licence_beside_it() -> None:
    for licence in {entry["licence"] for entry in font_entries()}:
        assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / licence).read_text(errors="replace"), licence
    assert all(Path(entry["licence"]).parts[0] == Path(entry["file"]).parts[0] for entry in font_entries())


def test_every_font_is_the_file_that_the_manifest_describes() -> None:
    for entry in font_entries():
        assert hashlib.sha256((FONTS / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]


def test_fonts_stay_under_forty_megabytes() -> None:
    assert sum(path.stat().st_size for path in FONTS.rglob("*") if path.is_file()) < 40_000_000


def sources(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def test_no_module_without_a_subject() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    named = [path.relative_to(ROOT) for path in sources(*PACKAGES, "tests")]
    assert named
    assert [path for path in named if nameless & {path.stem, *path.parts}] == []


def class_names(source: Path) -> Iterator[str]:
    """Of all classes, wherever they stand; `_Box` is the same name as `Box`."""
    tree = ast.parse(source.read_text())
    yield from (node.name.lstrip("_") for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def used_twice(places: Iterable[Path]) -> dict[str, list[str]]:
    """Class names that mean more than one thing, and where."""
    found: dict[str, list[str]] = {}
    for source in places:
        for name in class_names(source):
            found.setdefault(name, []).append(str(source))
    return {name: where for name, where in found.items() if len(where) > 1}


def test_a_class_name_means_one_thing() -> None:
    assert used_twice(sources(*PACKAGES)) == {}


def test_a_class_name_used_twice_is_seen_wherever_it_hides(tmp_path: Path) -> None:
    texts = {"a": "class Box: ...\n", "b": "def f():\n    class _Box: ...\n", "c": "class Boxes: ...\n"}
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text)
    assert used_twice(sorted(tmp_path.iterdir())) == {"Box": [str(tmp_path / "a.py"), str(tmp_path / "b.py")]}


# Names of what the renderer is made of, of its drivers, and of where documents come from.
SERVED = re.compile("figma|skia|numpy|openblas|omp_num|pillow|pyopengl|mesa|llvmpipe|gallium|harfbuzz", re.IGNORECASE)


def lines_that_name_what_is_served(places: Iterable[Path]) -> list[str]:
    lines = ((source, line) for source in places for line in source.read_text().splitlines())
    return [f"{source}: {line.strip()}" for source, line in lines if SERVED.search(line)]


def test_the_sandbox_does_not_name_what_it_serves() -> None:
    assert lines_that_name_what_is_served(sources("sandbox")) == []


def test_what_is_served_is_seen_wherever_it_is_named(tmp_path: Path) -> None:
    source = tmp_path / "sandbox.py"
    source.write_text('"""A policy."""\n# Mesa does.\nKEPT = ("PATH", "NUMPY_MADVISE_HUGEPAGE")\n')
    assert len(lines_that_name_what_is_served([source])) == 2


def rooms(package: Path) -> set[Path]:
    """Folders with code, relative to the package."""
    return {path.parent.relative_to(package) for path in package.rglob("*.py")}


@pytest.mark.parametrize("package", ["app", "sandbox", "benchmarks", "deploy"])
def test_tests_mirror_the_layout(package: str) -> None:
    assert rooms(ROOT / "tests" / package) - rooms(ROOT / package) == set()


def test_every_room_of_the_sandbox_is_on_its_map() -> None:
    drawn = ast.get_docstring(ast.parse((ROOT / "sandbox" / "__init__.py").read_text())) or ""
    assert [room.name for room in rooms(ROOT / "sandbox") if len(room.parts) == 1 and room.name not in drawn] == []


PAPERS = (
    *("ARCHITECTURE.md", "README.md", "SECURITY.md", "benchmarks/NOTES.md"),
    *(str(paper.relative_to(ROOT)) for paper in sorted((ROOT / "docs").rglob("*.md"))),
)


@pytest.mark.parametrize("paper", PAPERS)
def test_papers_name_files_that_are_there(paper: str) -> None:
    """In backquotes, from the top of the project; a module may go without its `.py`."""
    named = re.findall(rf"`((?:{'|'.join((*PACKAGES, 'tests', 'docs'))})/[\w./-]+)`", (ROOT / paper).read_text())
    assert [name for name in named if not (ROOT / name).exists() and not (ROOT / f"{name}.py").exists()] == []


def test_every_decision_record_is_listed_and_dated() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\(([\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    assert [name for name in listed if (folder / name).read_text().splitlines()[2] != name[:10]] == []
