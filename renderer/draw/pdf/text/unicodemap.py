"""What codes of a font mean, for those who search and copy (ISO 32000-1, 9.10.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from renderer.draw.pdf.file.objects import Objects
from renderer.draw.pdf.file.syntax import utf16

_PER_BLOCK: Final = 100
_HEAD: Final = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<{first}> <{last}>
endcodespacerange"""
_TAIL: Final = """endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


def add_unicode_map(objects: Objects, texts: Mapping[int, str], code_bytes: int) -> int:
    """``texts``: code to characters, one or more. Codes have ``code_bytes`` bytes each."""
    digits = 2 * code_bytes
    lines = [f"<{code:0{digits}X}> <{utf16(text).hex().upper()}>" for code, text in sorted(texts.items())]
    blocks = [lines[start : start + _PER_BLOCK] for start in range(0, len(lines), _PER_BLOCK)]
    parts = [_HEAD.format(first="00" * code_bytes, last="FF" * code_bytes)]
    for block in blocks:
        parts += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return objects.add_stream({}, "\n".join([*parts, _TAIL]).encode("ascii"))
