"""What the tests of the page take for a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app import browser

# As Ubuntu's chromium-browser puts it where the snap is not installed.
SNAP_STUB = "echo 'Command requires the chromium snap to be installed.' >&2; exit 1"


def program(place: Path, text: str) -> Path:
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place


def test_a_browser_that_says_its_version_is_taken(tmp_path: Path) -> None:
    there = program(tmp_path / "chromium", "echo Chromium 150.0")
    assert browser.find(str(tmp_path)) == (str(there), "")


@pytest.mark.parametrize("stub", [SNAP_STUB, "echo chromium: see snap", "exit 0", "echo Chromium 1.0; exit 10"])
def test_a_stub_is_not_taken_for_a_browser(tmp_path: Path, stub: str) -> None:
    program(tmp_path / "chromium-browser", stub)
    found, why = browser.find(str(tmp_path))
    assert found is None
    assert why.startswith("no Chromium on this machine: chromium is not installed; ")
    assert f"{tmp_path}/chromium-browser --version ends with " in why


def test_a_browser_behind_a_stub_is_found(tmp_path: Path) -> None:
    program(tmp_path / "chromium-browser", SNAP_STUB)
    there = program(tmp_path / "google-chrome", "echo Google Chrome 150.0")
    assert browser.find(str(tmp_path)) == (str(there), "")


def test_without_a_browser_a_test_is_skipped_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find", lambda: (None, "no Chromium on this machine: none"))
    with pytest.raises(pytest.skip.Exception, match="no Chromium on this machine"), browser.chromium():
        pass
