from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.settings import PREFIX, Settings, SettingsError, load, unknown_variables
from tests.app.conftest import FOOT_GUNS


def problems_of(**flags: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(flags)
    return "\n".join(caught.value.problems)


@pytest.fixture(scope="module")
def early() -> dict[str, str]:
    """The environment as a fixture of a module finds it."""
    return {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}


def test_a_server_that_a_module_starts_is_not_stopped_by_the_container_the_tests_run_in(early: dict[str, str]) -> None:
    assert early == {PREFIX + "WAIVE_FOOTGUNS": FOOT_GUNS}


def test_defaults_are_safe() -> None:
    settings = load()
    assert settings.host == "127.0.0.1"
    assert settings.level == "strict"
    assert settings.waive == frozenset()
    assert not settings.unsafe_no_sandbox_for_measuring


def test_the_environment_is_read_and_a_flag_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RENDERSERVER_PORT", "9000")
    monkeypatch.setenv("RENDERSERVER_WAIVE", "landlock, cgroup")
    monkeypatch.setenv("RENDERSERVER_PATHS", "gpu")
    monkeypatch.setenv("RENDERSERVER_FONTS_DIRS", str(tmp_path))
    settings = load({"port": "9001", "host": None})
    assert settings.port == 9001
    assert settings.waive == {"landlock", "cgroup"}
    assert settings.paths == ("gpu",)
    assert settings.fonts_dirs == (tmp_path,)
    assert settings.limits.wall_s == settings.wall_s


def test_a_bad_environment_is_reported_whole_by_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PORT": "99999", "WORKERS": "none", "LEVEL": "lax", "PATHS": "tpu"}.items():
        monkeypatch.setenv(PREFIX + name, value)
    result = CliRunner().invoke(app, ["serve", "--queue-size", "-1"])
    assert result.exit_code == 2
    for name in ("RENDERSERVER_PORT", "RENDERSERVER_WORKERS", "RENDERSERVER_LEVEL", "RENDERSERVER_PATHS"):
        assert f"{name}: " in result.stderr
    assert "--queue-size: " in result.stderr
    assert "99999" in result.stderr


def test_no_sandbox_needs_a_loopback_address() -> None:
    unsafe = {"unsafe_no_sandbox_for_measuring": "true"}
    for host in ("127.0.0.1", "::1", "localhost"):
        assert load(unsafe | {"host": host}).unsafe_no_sandbox_for_measuring
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):  # noqa: S104 - refused here
        assert "UNSAFE_NO_SANDBOX_FOR_MEASURING" in problems_of(**unsafe, host=host)


def test_a_layer_that_does_not_exist_cannot_be_waived() -> None:
    assert "no layer is called secomp" in problems_of(waive="secomp")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "RENDERSERVER_IMAGES_DIR" in problems_of(images_dir=str(tmp_path / "images"))


def test_a_mistyped_variable_is_pointed_out() -> None:
    (sentence,) = unknown_variables({"RENDERSERVER_WROKERS": "2", "PATH": "/bin", "RENDERSERVER_PORT": "1"})
    assert sentence == "RENDERSERVER_WROKERS is not a setting; did you mean RENDERSERVER_WORKERS?"


def test_every_setting_is_a_flag_and_is_described() -> None:
    shown = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "400"}).output
    for name, info in Settings.model_fields.items():
        assert "--" + name.replace("_", "-") in shown
        assert PREFIX + name.upper() in shown
        assert info.description


def test_help_everywhere() -> None:
    for command in ([], ["serve"], ["render"], ["doctor"]):
        result = CliRunner().invoke(app, [*command, "--help"])
        assert result.exit_code == 0, command
        assert "Usage:" in result.output
