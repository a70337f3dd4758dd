"""GET /v1/sandbox, the record of the attack suite, and the command that makes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import attackrecord
from app.cli import app as cli
from sandbox.attack.probe import Finding, ProbeRow, Trial, VariantVerdict
from tests.app.fakes import FakeServer, house
from tests.host import WAIVED


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def row(path: str = "cpu") -> ProbeRow:
    trial, beside = Trial("killed", stopped_by=("seccomp",), detail="SIGSYS in openat"), Trial("worked", True)
    return ProbeRow(1, "read what is not for it", path, (VariantVerdict("canary", trial, beside, Finding.DEFEATED),))


@pytest.mark.anyio
async def test_what_is_in_force_and_no_attack_yet() -> None:
    def refuse(servers: dict[str, FakeServer]) -> None:
        servers["gpu"].refuses = True

    async with house(refuse) as it:
        said = (await it.client.get("/v1/sandbox")).json()
    cpu, gpu = said["paths"]["cpu"], said["paths"]["gpu"]
    assert cpu["layers"] == cpu["demanded"] == ["capabilities", "no-new-privs", "seccomp"]
    assert (cpu["policy"], gpu["policy"]) == ("cpu-strict", "gpu")
    assert {"userns", "mountns", "cgroup", "landlock"} <= set(gpu["demanded"])
    assert gpu["missing"]["layer"]
    assert said["attack"] is None


@pytest.mark.anyio
async def test_the_last_result_of_the_suite_is_shown() -> None:
    attackrecord.save([row().to_json()])
    async with house() as it:
        (result,) = (await it.client.get("/v1/sandbox")).json()["attack"]["results"]
    assert result["probe"] == 1
    assert (result["result"], result["stopped_by"]) == ("defeated", ["seccomp"])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"at": "yesterday"}', "\x00"])
def test_a_record_that_is_none_is_no_record(content: str) -> None:
    attackrecord.place().parent.mkdir(parents=True)
    attackrecord.place().write_text(content)
    assert attackrecord.load() is None


@pytest.mark.parametrize("path", ["cpu", "gpu"])
def test_the_command_attacks_the_renderer_itself(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENDERSERVER_WAIVE", ",".join(WAIVED))
    done = CliRunner().invoke(cli, ["attack", "--path", path, "--probe", "1", "--probe", "50", "--json"])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["probe"], one["path"], one["launcher"], one["result"]) for one in rows] == [
        (1, path, "native", "defeated"),
        (50, path, "native", "defeated"),
    ]
    assert all(one["stopped_by"] and one["why"] for one in rows)
    assert attackrecord.load() is None, "a part of the suite is no result of it"


def test_an_escape_is_exit_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """The renderer's entry, in a fork server whose policy has a hole."""
    monkeypatch.setattr("app.service.specs.ENTRIES", {"cpu": "tests.sandbox.attack.weakened:Cpu"})
    done = CliRunner().invoke(cli, ["attack", "--path", "cpu", "--probe", "24"])
    assert done.exit_code == 1, done.output
    assert "ESCAPED" in done.output
