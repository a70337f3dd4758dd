"""Every scene on cpu/gpu × locked/unlocked, with a declared tolerance. What fails leaves its pictures behind."""

from __future__ import annotations

import json

import pytest

from app.compare.both import CPU, GPU
from app.problems import ProblemError
from renderer.compare import measure
from tests.scenes.documents import SCENES
from tests.scenes.pictures import Key, draw_all, leave_behind, pixels
from tests.scenes.tolerance import EXCEPTIONS, RULE

pytestmark = pytest.mark.long

Drawn = dict[Key, bytes | ProblemError]


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw_all()


def _picture(drawn: Drawn, key: Key) -> bytes:
    made = drawn[key]
    if isinstance(made, ProblemError):
        if made.code in ("sandbox-unavailable", "path-unavailable"):
            pytest.skip(str(made))
        raise made
    return made


@pytest.mark.parametrize("name", SCENES)
def test_the_lock_changes_no_byte_of_the_cpu_path(drawn: Drawn, name: str) -> None:
    assert _picture(drawn, (name, CPU, True)) == _picture(drawn, (name, CPU, False))


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "unlocked"])
@pytest.mark.parametrize("name", SCENES)
def test_the_gpu_path_is_as_close_to_the_cpu_path_as_declared(drawn: Drawn, name: str, locked: bool) -> None:
    first, second = (pixels(_picture(drawn, (name, path, locked))) for path in (CPU, GPU))
    assert first.shape == second.shape
    measured = measure(first, second)
    broken = EXCEPTIONS.get(name, RULE).broken_by(measured.difference)
    if broken:
        left = leave_behind(f"{name}-{'locked' if locked else 'unlocked'}", first, second, measured)
        pytest.fail(f"{', '.join(broken)}; see {left}")


@pytest.mark.parametrize("path", [CPU, GPU])
@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_not_an_even_ground(drawn: Drawn, name: str, path: str) -> None:
    """That two paths agree means something only where there is something."""
    picture = pixels(_picture(drawn, (name, path, True)))
    assert len({tuple(pixel) for pixel in picture.reshape(-1, 4)[::7].tolist()}) > 2


def test_every_exception_is_of_a_scene_and_says_why() -> None:
    assert EXCEPTIONS.keys() <= SCENES.keys()
    assert all(len(tolerance.why) > 20 for tolerance in EXCEPTIONS.values())


def test_the_scenes_have_every_kind_of_paint_effect_mask_and_stroke() -> None:
    said = json.dumps([json.loads(document) for document in SCENES.values()])
    wanted = (
        *("SOLID", "GRADIENT_LINEAR", "GRADIENT_RADIAL", "GRADIENT_ANGULAR", "GRADIENT_DIAMOND", "IMAGE"),
        *("FILL", "FIT", "TILE", "STRETCH", "DROP_SHADOW", "INNER_SHADOW", "LAYER_BLUR", "BACKGROUND_BLUR"),
        *("ALPHA", "VECTOR", "LUMINANCE", "INSIDE", "CENTER", "OUTSIDE", "TEXT", "BOOLEAN_OPERATION", "LINE"),
        *("STAR", "REGULAR_POLYGON", "ELLIPSE", "GROUP", "FRAME", "MULTIPLY", "LUMINOSITY"),
    )
    assert [kind for kind in wanted if f'"{kind}"' not in said] == []
