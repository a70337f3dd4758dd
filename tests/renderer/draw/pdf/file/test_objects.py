from __future__ import annotations

import re
import zlib

from renderer.draw.pdf.file.objects import Objects


def _file(objects: Objects) -> bytes:
    root = objects.add({"Type": "/Catalog"})
    return objects.serialise(root=root, info=objects.add({}))


def test_the_table_says_where_each_object_begins() -> None:
    objects = Objects()
    for number in range(5):
        objects.add_stream({"N": str(number)}, b"x" * number)
    body = _file(objects)
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", body)[0])
    table = body[start:].split(b"\n")
    assert table[:3] == [b"xref", b"0 8", b"0000000000 65535 f "]
    for number, entry in enumerate(table[3:10], 1):
        assert len(entry) == 19
        assert body[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)


def test_two_objects_that_read_alike_are_one() -> None:
    objects = Objects()
    assert objects.add({"A": "1"}) == objects.add({"A": "1"}) != objects.add({"A": "2"})
    assert objects.add_stream({}, b"same") == objects.add_stream({}, b"same")
    assert len(objects) == 3


def test_streams_are_deflated_where_that_is_shorter() -> None:
    objects = Objects()
    objects.add_stream({}, b"ab" * 500)
    objects.add_stream({}, b"short")
    body = _file(objects)
    head, deflated = re.findall(rb"1 0 obj\n(<<.*?>>)stream\n(.*?)\nendstream", body, re.DOTALL)[0]
    assert b"/Filter/FlateDecode" in head
    assert f"/Length {len(deflated)}".encode() in head
    assert zlib.decompress(deflated) == b"ab" * 500
    assert b"<</Length 5>>stream\nshort\nendstream" in body


def test_an_object_can_be_named_before_it_is_written() -> None:
    objects = Objects()
    later = objects.reserve()
    objects.add({"Parent": f"{later} 0 R"})
    objects.put(later, {"Written": "true"})
    assert b"1 0 obj\n<</Written true>>\nendobj" in _file(objects)


def test_the_identity_is_that_of_the_content() -> None:
    def identity(value: str) -> bytes:
        objects = Objects()
        objects.add({"A": value})
        found = re.search(rb"/ID\[<(\w{32})><\1>\]", _file(objects))
        assert found is not None
        return found[1]

    assert identity("1") == identity("1") != identity("2")
