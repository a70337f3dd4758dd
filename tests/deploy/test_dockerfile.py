from __future__ import annotations

from pathlib import Path

import pytest

from deploy.dockerfile import PATH, Image, ignored, image, steps
from deploy.exceptions import DeploymentError
from deploy.rootfs import _copy, _files, _names
from tests.borrowed import PROJECT


def read(folder: Path, text: str) -> Image:
    (folder / "Dockerfile").write_text(text)
    return image(steps(folder / "Dockerfile"))


def test_the_projects_own_image() -> None:
    made = image(steps(PROJECT / "Dockerfile"))
    assert made.user == "65532:65532"
    assert made.workdir == "/opt/renderserver"
    assert (*made.entrypoint, *made.command) == ("/opt/renderserver/.venv/bin/renderserver", "serve")
    assert made.environment["RENDERSERVER_HOST"] == "0.0.0.0"  # noqa: S104
    assert made.environment["PATH"] == PATH
    assert made.stop_signal == "SIGTERM"


def test_lines_are_joined_and_comments_left_out(tmp_path: Path) -> None:
    made = read(tmp_path, "# one\nFROM debian:x-slim\nENV A=1 \\\n# between\n    B='two words'\nCMD run it\n")
    assert made.environment == {"PATH": PATH, "A": "1", "B": "two words"}
    assert made.command == ("/bin/sh", "-c", "run it")


def test_an_entrypoint_takes_an_earlier_command_along(tmp_path: Path) -> None:
    made = read(tmp_path, 'FROM debian:x-slim\nCMD ["a"]\nENTRYPOINT ["b"]\n')
    assert (made.entrypoint, made.command) == (("b",), ())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("FROM debian:x-slim\nADD a b\n", "Dockerfile:2: ADD is not known here"),
        ("FROM a\nFROM b\n", "not one stage"),
        ("RUN true\n", "not one stage"),
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(DeploymentError, match=complaint):
        read(tmp_path, text)


def test_what_the_engine_would_not_copy_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "app/__pycache__").mkdir(parents=True)
    (tmp_path / "app/__pycache__/a.pyc").write_text("")
    (tmp_path / "app/a.py").write_text("")
    (tmp_path / ".dockerignore").write_text("*\n!app\n**/__pycache__\n")
    (tmp_path / "Dockerfile").write_text("FROM debian:x-slim\nCOPY app app\n")
    copy = steps(tmp_path / "Dockerfile")[1]
    assert [relative for relative, _ in _files(copy, tmp_path)] == ["app/a.py"]
    assert not ignored(tmp_path / "nowhere").match("app/a.py")


def test_a_folders_content_and_a_file_by_its_name_are_copied(tmp_path: Path) -> None:
    source, place = tmp_path / "source", tmp_path / "place"
    (source / "app/deep").mkdir(parents=True)
    (source / "app/deep/a.py").write_text("a")
    (source / "run").write_text("r")
    (source / "run").chmod(0o775)
    (source / "Dockerfile").write_text("FROM debian:x-slim\nCOPY app lib\nCOPY run ./\n")
    for step in steps(source / "Dockerfile")[1:]:
        _copy(step, source, place)
    assert sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()) == [
        "lib/deep/a.py",
        "run",
    ]
    assert [oct((place / name).stat().st_mode & 0o777) for name in ("run", "lib/deep/a.py")] == ["0o755", "0o644"]


def test_a_build_begins_at_the_first_step_that_differs(tmp_path: Path) -> None:
    """Names stay the same up to there, and none does after it."""
    (tmp_path / "Dockerfile").write_text("FROM debian:x-slim\nRUN one\nCOPY a b ./\nRUN two\n")
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    before = list(_names(steps(tmp_path / "Dockerfile"), tmp_path))
    (tmp_path / "b").write_text("2")
    after = list(_names(steps(tmp_path / "Dockerfile"), tmp_path))
    assert before[:2] == after[:2]
    assert not {*before[2:]} & {*after[2:]}
