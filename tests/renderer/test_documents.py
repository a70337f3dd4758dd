from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from renderer import documents
from renderer.documents import DECODED, DocumentFormat
from renderer.exceptions import DocumentError
from renderer.limits import RenderLimits
from renderer.read import DECODERS, decode

ROOT = Path(__file__).resolve().parents[2]
MAY_NAME = {
    "renderer/documents.py": "the registry",
    "app/api/docs.py": "examples to copy",
    "app/api/compare.py": "the answer, which is JSON too",
    "app/api/description.py": "what a form's list of nodes is encoded as",
    "app/playground/files.py": "the page's own files",
    "app/playground/static/documents.js": "what the page makes a tree of",
}


def test_every_format_that_is_decoded_has_a_decoder() -> None:
    assert set(DECODERS) == set(DECODED)
    assert documents.DEFAULT in DECODED


def test_every_decoder_is_a_folder() -> None:
    folders = {path.parent.name for path in (ROOT / "renderer" / "read").glob("*/__init__.py")}
    assert folders == {decoder.__module__.split(".")[2] for decoder in DECODERS.values()}


def test_a_format_is_found_by_its_media_type_and_by_its_suffixes() -> None:
    for each in DocumentFormat:
        assert documents.of_media_type(each.media_type) is each
        assert {documents.of_suffix(suffix.upper()) for suffix in each.suffixes} == {each}
    assert documents.of_media_type("text/html") is None
    assert documents.of_suffix(".png") is None
    assert documents.of_suffix("") is None


def test_no_two_formats_are_told_apart_by_nothing() -> None:
    suffixes = [suffix for each in DocumentFormat for suffix in each.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert len({each.media_type for each in DocumentFormat}) == len(DocumentFormat)


def test_a_format_that_nobody_decodes_is_refused_with_what_to_send() -> None:
    said = documents.not_decoded(DocumentFormat.FIG)
    assert said == "A .fig file cannot be drawn yet. Send JSON of Figma's REST API for it, as application/json."


@pytest.mark.parametrize("media_type", ["text/html", *(each.media_type for each in DocumentFormat if not each.decoded)])
def test_a_document_that_no_decoder_reads_is_refused(media_type: str) -> None:
    with pytest.raises(DocumentError, match="send JSON of Figma's REST API as application/json") as refused:
        decode(b"{}", media_type, node=None, limits=RenderLimits())
    assert refused.value.code == "document-type-unsupported"


def test_no_other_file_names_a_media_type_of_documents() -> None:
    named = re.compile("|".join(re.escape(each.media_type) for each in DocumentFormat))
    sources = [path for folder in ("app", "renderer") for path in (ROOT / folder).rglob("*.*")]
    read = [path for path in sources if path.suffix in {".py", ".js", ".html"}]
    found = {str(path.relative_to(ROOT)) for path in read if named.search(path.read_text())}
    assert found == set(MAY_NAME)


def test_the_front_end_can_ask_without_what_parses() -> None:
    script = (
        "import sys; before = set(sys.modules); import renderer.documents; "
        "print({name.partition('.')[0] for name in sys.modules.keys() - before} - sys.stdlib_module_names)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "{'renderer'}\n"
