from __future__ import annotations

from pathlib import Path

import pytest

from deploy import compose
from deploy.compose import Bind, Port
from deploy.exceptions import DeploymentError
from tests.borrowed import PROJECT

HEAD = "services:\n  server:\n    cap_drop: [ALL]\n"


def read(folder: Path, *lines: str) -> compose.Service:
    file = folder / "compose.yml"
    file.write_text(HEAD + "".join(f"    {line}\n" for line in lines))
    return compose.read(file)


def test_the_projects_own_file_is_understood_whole() -> None:
    service = compose.read(PROJECT / "docker-compose.yml")
    assert service.build == PROJECT
    assert service.seccomp == PROJECT / "deploy/seccomp.json"
    assert (service.apparmor, service.user) == ("renderserver", "65532:65532")
    assert service.read_only
    assert service.no_new_privileges
    assert service.drops_all_capabilities
    assert service.ports == (Port("127.0.0.1", 8000, 8000),)
    assert (service.memory_bytes, service.pids, service.cpus) == (4 << 30, 256, 2)
    assert service.environment["RENDERSERVER_PATHS"] == "cpu,gpu"
    assert any(item.startswith("restart") for item in service.left_to_the_engine)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("privileged: true", "line 4: privileged is not known here"),
        ("network_mode: host", "line 4: network_mode is not known here"),
        ("cap_add: [SYS_ADMIN]", "line 4: cap_add is not known here"),
        ("devices: [/dev/dri]", "line 4: devices is not known here"),
        ("security_opt: [seccomp=unconfined]", "line 4: security_opt seccomp=unconfined"),
        ("security_opt: [label=disable]", "line 4: security_opt label=disable"),
        ("cap_drop: [NET_RAW]", "line 4: cap_drop is not"),
        ("user: nobody", "line 4: user is not UID:GID"),
        ("user: ${ANYONE}", "line 4: \\$\\{ANYONE\\} depends on a variable"),
        ("environment: [TOKEN]", "line 4: TOKEN would come from whoever starts it"),
        ("environment: {TOKEN: }", "line 4: TOKEN has no value"),
        ("ports: ['8000']", "line 4: 8000 is not"),
        ("volumes: ['data:/data']", "line 4: a volume is not"),
        ("mem_limit: plenty", "line 4: mem_limit plenty is no size"),
        ("pids_limit: -1", "line 4: -1 would be no limit"),
        ("cpus: many", "line 4: many is no number"),
        ("read_only: perhaps", "line 4: read_only is neither"),
        ("command: serve --port 80", "line 4: command is a shell's line"),
        ("build: {context: .}", "line 4: build is not just a folder"),
    ],
)
def test_what_is_not_known_is_refused_with_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(DeploymentError, match=complaint):
        read(tmp_path, line)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("services: {}\n", "has 0 services"),
        ("services: {a: {}, b: {}}\n", "has 2 services"),
        ("services: {a: {}}\nvolumes: {data: {}}\n", "line 2: volumes is not known here"),
        ("services: [\n", "compose.yml:"),
    ],
)
def test_a_file_that_is_not_one_service_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "compose.yml").write_text(text)
    with pytest.raises(DeploymentError, match=complaint):
        compose.read(tmp_path / "compose.yml")


def test_values_are_what_compose_takes_them_for(tmp_path: Path) -> None:
    service = read(
        tmp_path,
        "environment: ['A=1=2', B=]",
        "mem_limit: 512m",
        "volumes: ['./fonts:/fonts:ro', '/srv:/srv']",
        "command: [serve, --port, '80']",
        "ports: ['8001:80', '10.0.0.1:8002:81/tcp']",
        "user: ${WHO:-7:8}",
    )
    assert service.environment == {"A": "1=2", "B": ""}
    assert service.memory_bytes == 512 << 20
    assert service.volumes == (Bind(tmp_path / "fonts", "/fonts", True), Bind(Path("/srv"), "/srv", False))
    assert service.command == ("serve", "--port", "80")
    assert service.ports == (Port("0.0.0.0", 8001, 80), Port("10.0.0.1", 8002, 81))  # noqa: S104
    assert service.user == "7:8"
