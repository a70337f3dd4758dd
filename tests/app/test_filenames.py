from __future__ import annotations

import pytest

from app.filenames import FileNames


@pytest.mark.parametrize(
    ("stem", "suffix", "name"),
    [
        ("1-2", "", "1-2.png"),
        ("icon/home", "@2x", "icon/home@2x.png"),
        ("", "", "picture.png"),
        ("///", "/..", "picture-...png"),
        ("../../etc/passwd", "", "etc/passwd.png"),
        ("..\\..\\x", "", "-..-x.png"),
        ("a\nb\x00c", "", "a-b-c.png"),
        (' <b>"?" ', "", "-b----.png"),
        ("CON", "", "CON_.png"),
        ("trailing. ", "", "trailing.png"),
        ("x" * 500, "", f"{'x' * 120}.png"),
        ("é" * 500, "", f"{'é' * 60}.png"),
        ("\ud800", "", "picture.png"),
    ],
)
def test_any_text_becomes_a_name_that_stays_in_its_folder(stem: str, suffix: str, name: str) -> None:
    assert FileNames().unique(stem, suffix, "png") == name


def test_every_name_is_given_once_in_whatever_case() -> None:
    names = FileNames()
    assert [names.unique(stem, "", "png") for stem in ("a", "A", "a", "a-2")] == [
        "a.png",
        "A-2.png",
        "a-3.png",
        "a-2-2.png",
    ]


def test_names_that_a_folder_has_already_are_not_given_again() -> None:
    names = FileNames(["icons/A.png"])
    assert names.unique("icons/a", "", "png") == "icons/a-2.png"
    assert names.unique("icons/a", "", "svg") == "icons/a-2.svg"  # with the one above


def test_folders_are_named_as_files_are() -> None:
    names = FileNames()
    assert [names.folder(stem) for stem in ("home", "Home", "..", "a.b")] == ["home", "Home-2", "picture", "a.b"]


def test_a_file_and_a_folder_do_not_share_a_name() -> None:
    names = FileNames()
    stems = ["a.png/b", "a", "c", "C.png/d/e", "c.png/f"]
    given = ["a.png/b.png", "a-2.png", "c.png", "C.png-d-e.png", "c.png-f.png"]
    assert [names.unique(stem, "", "png") for stem in stems] == given


def test_no_part_of_a_name_is_longer_than_file_systems_take() -> None:
    names = FileNames(["q.png"])
    for stem in ("q.png/" + "/".join(["😀" * 30] * 7), "é" * 500):
        for part in names.unique(stem, "é" * 500, "png").split("/"):
            assert len(part.encode()) < 250


def test_many_names_alike_take_no_longer_for_it() -> None:
    names = FileNames()
    tried = [names.unique("icon", "", "png") for _ in range(20_000)]
    assert (tried[0], tried[-1], len(set(tried))) == ("icon.png", "icon-20000.png", 20_000)


def test_what_belongs_together_has_one_number() -> None:
    names = FileNames()
    given = [
        names.unique("icon", suffix, "png", owner)
        for owner, suffix in (("1:2", ""), ("1:2", "@2x"), ("1:3", ""), ("1:4", ""), ("1:4", "@2x"), ("1:4", "@2x"))
    ]
    assert given == ["icon.png", "icon@2x.png", "icon-2.png", "icon-3.png", "icon-3@2x.png", "icon-3@2x-2.png"]


def test_a_folder_that_has_some_of_the_names_goes_on_with_the_next_ones() -> None:
    names = FileNames(["icon@2x.png", "icon-2@2x.png"])
    assert names.unique("icon", "@2x", "png", "1:9") == "icon-3@2x.png"
    assert names.unique("icon", "", "png", "1:9") == "icon-3.png"
    assert names.unique("icon", "@2x", "png", "1:10") == "icon-4@2x.png"
