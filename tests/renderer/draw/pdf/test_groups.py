from __future__ import annotations

import pytest

from renderer.displaylist import (
    BlurBackdrop,
    Command,
    DrawNoise,
    MaskSource,
    Pop,
    PushMasked,
    ShadowFilter,
)
from renderer.draw.pdf.raster import pictures
from renderer.geometry import IDENTITY, Colour, Point
from renderer.scene import BlendMode, MaskKind, Noise, NoiseKind
from renderer.warnings import Warnings
from tests.renderer.draw.drawing import BLACK, BLUE, PAGE, RED, WHITE, box, circle, codes, fill, grouped, solid
from tests.renderer.draw.pdf.files import READERS, Reader, having, mupdf, ours, painted, similarity, streams, write


def _masked(kind: MaskKind, mask: Command, *content: Command) -> tuple[Command, ...]:
    return PushMasked(kind, PAGE), *content, MaskSource(), mask, Pop()


def test_a_group_is_isolated_and_laid_down_as_one() -> None:
    body = write(*grouped(fill(box()), fill(box(20, 20)), opacity=0.5, blend=BlendMode.MULTIPLY))
    assert having(body, "/Subtype/Form", "/S/Transparency", "/I true", "/CS/DeviceRGB")
    assert having(body, "/ca 0.5", "/BM/Multiply")


@pytest.mark.parametrize("mode", [mode for mode in BlendMode if not mode.is_plain])
def test_every_mode_of_figma_has_a_name_in_the_file_or_is_pixels(mode: BlendMode) -> None:
    warnings = Warnings(9)
    body = write(fill(PAGE, solid(RED)), fill(box(), solid(BLUE, 1.0, mode)), warnings=warnings)
    if mode in (BlendMode.LINEAR_BURN, BlendMode.LINEAR_DODGE):
        assert codes(warnings) == ["rasterised"]
        assert having(body, "/Subtype/Image", "/Width 82", "/Height 82")
    else:
        assert having(body, "/BM/" + mode.value.title().replace("_", ""))
        assert codes(warnings) == []


def test_what_blends_does_so_within_the_picture_alone() -> None:
    plain, blending = write(fill(box())), write(fill(box(), solid(RED, 1.0, BlendMode.SCREEN)))
    assert not having(plain, "/Subtype/Form", "/S/Transparency")
    assert having(blending, "/Subtype/Form", "/S/Transparency", "/I true")


def test_an_empty_group_leaves_nothing_behind() -> None:
    assert len(list(streams(write(*grouped()), "/Subtype/Form"))) == 1


@pytest.mark.parametrize(
    ("kind", "said"),
    [(MaskKind.ALPHA, "/S/Alpha"), (MaskKind.VECTOR, "/S/Alpha"), (MaskKind.LUMINANCE, "/S/Luminosity")],
)
def test_a_mask_is_a_soft_mask(kind: MaskKind, said: str) -> None:
    assert having(write(*_masked(kind, fill(circle(10, 10)), fill(box()))), "/SMask", said)


def test_a_luminance_mask_is_grey_by_rec_709_and_what_it_masks_is_not() -> None:
    body = painted(write(*_masked(MaskKind.LUMINANCE, fill(circle(10, 10), solid(RED)), fill(box(), solid(BLUE)))))
    assert "0.2126 0.2126 0.2126 rg" in body
    assert "0.0000 0.0000 1.0000 rg" in body


def test_a_mask_of_nothing_hides_all() -> None:
    body = painted(write(*_masked(MaskKind.ALPHA, fill(circle(10, 10), solid(RED, 0.0)), fill(box()))))
    assert " gs" not in body


def test_noise_covers_what_the_group_holds_and_nothing_else() -> None:
    noise = Noise(NoiseKind.MONOTONE, 2.0, 0.5, BLUE, RED)
    warnings = Warnings(9)
    grain = DrawNoise(noise, IDENTITY, PAGE, PAGE)
    body = write(*grouped(fill(circle(20, 20)), grain), warnings=warnings)
    assert codes(warnings) == ["rasterised"]
    assert having(body, "/SMask", "/S/Alpha")


def test_noise_upon_noise_without_end_makes_the_group_pixels() -> None:
    noise = Noise(NoiseKind.MONOTONE, 2.0, 0.5, BLUE, RED)
    warnings = Warnings(9)
    commands = grouped(fill(box()), *[DrawNoise(noise, IDENTITY, box(), box())] * 40)
    body = write(*commands, warnings=warnings)
    assert set(codes(warnings)) == {"rasterised"}
    assert similarity(mupdf(body), ours(*commands)) >= 0.99


def _nested(depth: int, *, in_mask: bool, masks: bool) -> tuple[Command, ...]:
    commands: tuple[Command, ...] = (fill(circle(20, 20)),)
    for _ in range(depth):
        if not masks:
            commands = grouped(*commands)
        elif in_mask:
            commands = (PushMasked(MaskKind.ALPHA, PAGE), fill(PAGE), MaskSource(), *commands, Pop())
        else:
            commands = (PushMasked(MaskKind.ALPHA, PAGE), *commands, MaskSource(), fill(PAGE), Pop())
    return commands


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("in_mask", "masks"), [(False, False), (False, True), (True, True)], ids=["groups", "masked", "masks"]
)
def test_groups_nest_more_deeply_than_readers_can(in_mask: bool, masks: bool, reader: Reader) -> None:
    commands = _nested(90, in_mask=in_mask, masks=masks)
    warnings = Warnings(9)
    body = write(*commands, warnings=warnings)
    assert codes(warnings) == ["rasterised"]
    assert similarity(reader(body), ours(*_nested(0, in_mask=False, masks=False))) >= 0.98


def test_a_shadow_of_a_group_lies_below_it() -> None:
    warnings = Warnings(9)
    shadow = ShadowFilter(Point(4, 4), 3, Colour(0, 0, 0, 0.5))
    body = painted(write(*grouped(fill(circle(20, 20))), *grouped(fill(box()), filters=(shadow,)), warnings=warnings))
    assert codes(warnings) == ["rasterised"]
    assert body.rindex("Do") > body.index(" cm /X")


def test_a_translucent_backdrop_is_taken_out_where_its_blur_takes_its_place() -> None:
    def blurred(*below: Command) -> str:
        return painted(write(*below, BlurBackdrop(box(20, 20), IDENTITY, 3.0, None, 1.0, box(20, 20))))

    assert "W* n" in blurred(fill(box()))
    assert "W* n" not in blurred(fill(PAGE))


def test_background_blurs_without_end_are_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_REPLAYED_COMMANDS", 500)
    warnings = Warnings(9)
    blur = BlurBackdrop(box(0, 0, 4, 4), IDENTITY, 3.0, None, 1.0, box(0, 0, 4, 4))
    pairs: list[Command] = [fill(box(), solid(BLACK)), blur] * 20
    write(*[fill(PAGE, solid(WHITE))] * 40, *pairs, warnings=warnings)
    assert codes(warnings) == ["rasterised", "effect-left-out"]


def test_modes_that_pdf_lacks_fall_back_to_the_nearest_where_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "MAX_REPLAYED_COMMANDS", 500)
    warnings = Warnings(9)
    dodge = fill(box(0, 0, 2, 2), solid(RED, 1.0, BlendMode.LINEAR_DODGE))
    body = write(*[fill(PAGE, solid(WHITE))] * 40, *[fill(box()), dodge] * 20, warnings=warnings)
    assert codes(warnings) == ["rasterised", "blend-mode-approximated"]
    assert having(body, "/BM/Screen")
