from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection, TTFont

from renderer.exceptions import FontFolderError
from renderer.fonts import FontProvider
from renderer.fonts.provider import OBLIQUE_SKEW
from renderer.scene import TextStyle
from tests.renderer.fonts.committed import FONTS, provider


def resolved(style: TextStyle) -> tuple[str, float, str | None]:
    found = provider().resolve(style)
    return found.instance.face.family, found.instance.weight, found.substituted


@pytest.mark.parametrize("weight", [100.0, 350.0, 400.0, 637.0, 900.0])
def test_a_variable_font_has_every_weight(weight: float) -> None:
    assert resolved(TextStyle("Inter", weight=weight)) == ("Inter", weight, None)


def test_a_bolder_instance_is_wider_to_shape_and_to_draw() -> None:
    light = provider().resolve(TextStyle("Inter", weight=300)).instance
    bold = provider().resolve(TextStyle("Inter", weight=800)).instance
    glyph = light.font.get_nominal_glyph(ord("m"))
    assert glyph is not None
    assert bold.font.get_glyph_h_advance(glyph) > light.font.get_glyph_h_advance(glyph)
    positions = [instance.typeface.getVariationDesignPosition() for instance in (light, bold)]
    assert [[axis.value for axis in position] for position in positions] == [[300.0], [800.0]]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (TextStyle("Poppins", "Poppins-SemiBold", weight=600), ("Poppins", 600)),
        (TextStyle("poppins", weight=500), ("Poppins", 500)),
        (TextStyle("Poppins SemiBold"), ("Poppins", 600)),
        (TextStyle("", "Poppins-SemiBold"), ("Poppins", 600)),
        (TextStyle("Golos", weight=700), ("Golos Text", 700)),
        (TextStyle("Open Sans", weight=410), ("Open Sans", 400)),
    ],
)
def test_a_family_that_is_there_is_found_and_not_reported(style: TextStyle, expected: tuple[str, float]) -> None:
    assert resolved(style) == (*expected, None)


@pytest.mark.parametrize(
    ("style", "family", "weight"),
    [
        (TextStyle("Helvetica Neue", weight=700), "Liberation Sans", 700),
        (TextStyle("HelveticaNeue", "HelveticaNeueBold"), "Liberation Sans", 700),
        (TextStyle("SF Pro Text", weight=600), "Inter", 600),
        (TextStyle("Times New Roman"), "Liberation Serif", 400),
        (TextStyle("Courier New"), "Liberation Mono", 400),
        (TextStyle("Whatever Serif"), "Noto Serif", 400),
        (TextStyle("Whatever Mono"), "Noto Sans Mono", 400),
        (TextStyle("Whatever"), "Inter", 400),
        (TextStyle(""), "Inter", 400),
    ],
)
def test_a_family_that_is_not_there_is_replaced_and_reported(style: TextStyle, family: str, weight: float) -> None:
    got_family, got_weight, substituted = resolved(style)
    assert (got_family, got_weight) == (family, weight)
    assert substituted is not None
    assert (style.family or "no family") in substituted
    assert substituted.endswith(f"-> {family} {weight:g}")


def test_a_missing_weight_is_reported_and_a_missing_bold_is_faked() -> None:
    found = provider().resolve(TextStyle("Noto Serif", weight=600))
    assert (found.instance.weight, found.embolden) == (700, 0.0)
    assert found.substituted == "Noto Serif 600 -> Noto Serif 700"
    assert provider().resolve(TextStyle("Noto Sans SC", weight=700)).embolden > 0


def test_a_missing_weight_is_faked_by_as_much_as_it_lacks() -> None:
    fakes = [provider().resolve(TextStyle("Helvetica", weight=weight)) for weight in (300, 400, 450, 500, 700)]
    assert [found.instance.weight for found in fakes] == [400, 400, 400, 400, 700]
    assert [found.embolden for found in fakes] == [0.0, 0.0, 0.0, pytest.approx(0.025), 0.0]
    heavy = [provider().resolve(TextStyle("Noto Sans SC", weight=weight)).embolden for weight in (500, 550, 900)]
    assert heavy == [pytest.approx(0.025), pytest.approx(0.0375), pytest.approx(0.04)]


def test_a_missing_italic_is_slanted_and_reported() -> None:
    found = provider().resolve(TextStyle("Sen", italic=True))
    assert (found.skew, found.substituted) == (OBLIQUE_SKEW, "Sen 400 italic -> Sen 400")


def test_an_italic_that_is_there_is_used() -> None:
    found = provider().resolve(TextStyle("Roboto", "Roboto-Italic"))
    assert (found.instance.face.italic, found.skew, found.substituted) == (True, 0.0, None)


@pytest.mark.parametrize(("line_height", "upem"), [(3408 / 2816, 2816), (2478 / 2048, 2048), (None, 2816)])
def test_the_line_height_of_the_documents_font_picks_the_version(line_height: float | None, upem: int) -> None:
    found = provider().resolve(TextStyle("Inter", font_line_height=line_height))
    assert found.instance.upem == upem


def test_metrics_are_the_fonts_own() -> None:
    metrics = provider().resolve(TextStyle("Poppins")).instance.metrics
    assert (metrics.ascent, metrics.descent, metrics.line_gap) == pytest.approx((1.05, 0.35, 0.1))
    assert metrics.line_height == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("cluster", "emoji", "family"),
    [
        ("\U0001f600", True, "Noto Color Emoji"),
        ("\U0001f469\u200d\U0001f680", True, "Noto Color Emoji"),
        ("\u2764\ufe0f", True, "Noto Color Emoji"),
        ("\u4e2d", False, "Noto Sans SC"),
        ("\ud55c", False, "Gothic A1"),
        ("\u0633", False, "Noto Sans Arabic"),
        ("\u05d0", False, "Noto Sans Hebrew"),
        ("\u0e01", False, "Noto Sans Thai"),
        ("\u0915", False, "Noto Sans"),
        ("\u0b95", False, "Noto Sans Tamil"),
        ("\u2603", False, "Noto Sans Symbols2"),
    ],
)
def test_a_character_that_a_font_lacks_comes_from_another(cluster: str, emoji: bool, family: str) -> None:
    found = provider().fallback(cluster, TextStyle("Sen"), emoji=emoji)
    assert found is not None
    assert found.instance.face.family == family


def test_a_family_lends_to_itself_first() -> None:
    old = provider().with_versions({"poppins": "3.010"})
    assert not old.resolve(TextStyle("Poppins")).instance.face.covers(0x15F)
    found = old.fallback("\u015f", TextStyle("Poppins", weight=600))
    assert found is not None
    assert (found.instance.face.family, found.instance.face.version, found.instance.weight) == ("Poppins", "4.004", 600)


def test_versions_that_nothing_tells_apart_are_named_and_can_be_preferred() -> None:
    assert provider().versions(TextStyle("Poppins", weight=600)) == ("4.004", "3.010")
    assert provider().versions(TextStyle("Inter")) == ()
    assert provider().versions(TextStyle("Nowhere")) == ()
    old = provider().with_versions({"poppins": "3.010"})
    assert old.resolve(TextStyle("Poppins", weight=600)).instance.face.version == "3.010"
    assert provider().resolve(TextStyle("Poppins", weight=600)).instance.face.version == "4.004"


def test_a_lent_face_has_the_weight_of_the_style() -> None:
    found = provider().fallback("\u05d0", TextStyle("Poppins", weight=700))
    assert found is not None
    assert found.instance.weight == 700


def test_the_same_answer_is_the_same_value() -> None:
    one, other = (provider().fallback(cluster, TextStyle("Poppins")) for cluster in "\u4e2d\u6587")
    assert one is other


@pytest.mark.parametrize("cluster", ["\U0010fffd", "\u0378", " ", "", "\u200d"])
def test_what_no_font_has_or_needs_is_not_lent(cluster: str) -> None:
    assert provider().fallback(cluster, TextStyle("Poppins")) is None


def test_a_folder_without_a_manifest_is_read_from_its_files(tmp_path: Path) -> None:
    for name in ("sen/Sen-Regular.ttf", "roboto/Roboto-BoldItalic.ttf", "inter/Inter-roman.var.ttf"):
        shutil.copy(FONTS / name, tmp_path)
    shutil.copy(FONTS / "noto-color-emoji/NotoColorEmoji.ttf", tmp_path)
    fonts = FontProvider.load(tmp_path)
    faces = {face.postscript_name: face for face in fonts.faces}
    assert (faces["Sen-Regular"].family, faces["Sen-Regular"].weights) == ("Sen", (400.0, 400.0))
    assert (faces["Roboto-BoldItalic"].italic, faces["Roboto-BoldItalic"].weights) == (True, (700.0, 700.0))
    assert faces["Inter"].weights == (100.0, 900.0)
    assert faces["NotoColorEmoji"].is_emoji


def test_every_face_of_a_collection_is_found(tmp_path: Path) -> None:
    collection = TTCollection()
    collection.fonts = [TTFont(FONTS / "sen/Sen-Bold.ttf"), TTFont(FONTS / "lato/Lato-Italic.ttf")]
    collection.save(tmp_path / "both.ttc")
    for font in collection.fonts:
        font.close()
    fonts = FontProvider.load(tmp_path)
    assert [(face.family, face.italic, face.weights[0]) for face in fonts.faces] == [
        ("Sen", False, 700.0),
        ("Lato", True, 400.0),
    ]
    drawn = [fonts.resolve(TextStyle(name)).instance.typeface.getFamilyName() for name in ("Sen", "Lato")]
    assert drawn == ["Sen", "Lato"]


def test_a_later_folder_wins(tmp_path: Path) -> None:
    shutil.copy(FONTS / "sen/Sen-Regular.ttf", tmp_path)
    fonts = FontProvider.load(FONTS, tmp_path)
    mine = fonts.resolve(TextStyle("Sen")).instance.face
    assert mine.precedence == 0
    assert fonts.resolve(TextStyle("Sen", weight=700)).instance.weight == 700


@pytest.mark.parametrize("content", [b"", b"not a font", b"\x00\x01\x00\x00" + bytes(40)])
def test_a_file_that_is_no_font_stops_the_start_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.ttf").write_bytes(content)
    with pytest.raises(FontFolderError, match=r"broken\.ttf"):
        FontProvider.load(tmp_path)


def test_an_empty_or_missing_folder_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FontFolderError, match="no font"):
        FontProvider.load(tmp_path)
    with pytest.raises(FontFolderError, match="does not exist"):
        FontProvider.load(tmp_path / "nowhere")


def test_no_file_stays_open() -> None:
    before = set(os.listdir("/proc/self/fd"))
    fonts = FontProvider.load(FONTS)
    assert set(os.listdir("/proc/self/fd")) == before
    assert fonts.resolve(TextStyle("Inter")).instance.font.get_nominal_glyph(ord("a"))
