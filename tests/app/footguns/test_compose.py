from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.footguns.audit import Fault
from app.footguns.compose import audit_compose
from app.footguns.document import ManifestError

ROOT = Path(__file__).resolve().parents[3]
GOOD = """\
services:
  web:
    image: renderserver
    user: "65532:65532"
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
"""


def audit(folder: Path, text: str) -> list[Fault]:
    path = folder / "compose.yml"
    path.write_text(text)
    return audit_compose(path)


def dangers(found: list[Fault]) -> list[tuple[int, str]]:
    return [(fault.line, fault.name) for fault in found if fault.danger]


def test_our_own_file_is_clean() -> None:
    assert audit_compose(ROOT / "docker-compose.yml") == []


def test_a_good_file_is_clean(tmp_path: Path) -> None:
    assert audit(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("privileged: true", "privileged"),
        ("privileged: yes", "privileged"),
        ('privileged: "${PRIVILEGED:-true}"', "privileged"),
        ("build: {context: ., privileged: true}", "privileged"),
        ("cap_add: [ALL]", "privileged"),
        ("cap_add: [CAP_SYS_ADMIN]", "cap-sys-admin"),
        ("cap_add: [sys_admin]", "cap-sys-admin"),
        ("cap_add: [SYS_PTRACE]", "capabilities"),
        ("security_opt: [seccomp:unconfined]", "seccomp-unconfined"),
        ("security_opt: ['seccomp=unconfined']", "seccomp-unconfined"),
        ("security_opt: [seccomp=not-there.json]", "seccomp-unconfined"),
        ("security_opt: [apparmor=unconfined]", "lsm-unconfined"),
        ("security_opt: ['label:disable']", "lsm-unconfined"),
        ("security_opt: [systempaths=unconfined]", "kernel-writable"),
        ("network_mode: host", "host-network"),
        ("networks: [host]", "host-network"),
        ("pid: host", "host-pid"),
        ("ipc: host", "host-ipc"),
        ("userns_mode: host", "host-users"),
        ("cgroup: host", "cgroup-root"),
        ("volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']", "docker-socket"),
        ("volumes: ['/run/containerd/containerd.sock:/c']", "docker-socket"),
        ("volumes: ['/var/run:/host']", "docker-socket"),
        ("volumes: ['/srv/../var/run/docker.sock:/d']", "docker-socket"),
        (f"volumes: ['{'../' * 20}var/run/docker.sock:/d']", "docker-socket"),
        ("use_api_socket: true", "docker-socket"),
        ("post_start: [{command: x, privileged: true}]", "privileged"),
        ("volumes: [{type: bind, source: //var/run//docker.sock, target: /d}]", "docker-socket"),
        ("volumes: ['${SOCKET:-/var/run/docker.sock}:/d']", "docker-socket"),
        ("environment: {DOCKER_HOST: 'tcp://10.0.0.1:2375'}", "docker-socket"),
        ("volumes: ['/sys/fs/cgroup:/sys/fs/cgroup']", "cgroup-root"),
        ("volumes: ['/sys/fs/cgroup:/sys/fs/cgroup:rw']", "cgroup-root"),
        ("volumes: ['/:/host:ro']", "host-path"),
        ("volumes: ['/proc:/host/proc']", "host-path"),
        ("devices: ['/dev/sda:/dev/sda']", "devices"),
        ("devices: ['/dev:/dev']", "devices"),
        ("device_cgroup_rules: ['a *:* rwm']", "devices"),
        ("sysctls: {kernel.unprivileged_bpf_disabled: 0}", "sysctls"),
        ("sysctls: [kernel.core_pattern=x]", "sysctls"),
        ("environment: [RENDERSERVER_UNSAFE_NO_SANDBOX_FOR_MEASURING=1]", "no-sandbox"),
    ],
)
def test_each_foot_gun_is_found_on_its_line(tmp_path: Path, line: str, name: str) -> None:
    kept = GOOD.replace('    security_opt: ["no-new-privileges:true"]\n', "") if "security_opt" in line else GOOD
    found = audit(tmp_path, f"{kept}    {line}\n")
    assert dangers(found) == [(len(kept.splitlines()) + 1, name)]


@pytest.mark.parametrize(
    "line",
    [
        "privileged: false",
        "cap_add: [NET_BIND_SERVICE]",
        "volumes: ['/sys/fs/cgroup:/sys/fs/cgroup:ro']",
        "volumes: ['/srv/fonts:/fonts:ro', 'data:/var/run']",
        "devices: [/dev/dri, '/dev/nvidia0:/dev/nvidia0']",
        "network_mode: bridge",
        "sysctls: {net.ipv4.ip_unprivileged_port_start: 0}",
        "environment: {RENDERSERVER_UNSAFE_NO_SANDBOX_FOR_MEASURING: 'false'}",
        "# privileged: true",
        "labels: {privileged: 'true', network_mode: host}",
    ],
)
def test_what_is_no_foot_gun(tmp_path: Path, line: str) -> None:
    assert dangers(audit(tmp_path, f"{GOOD}    {line}\n")) == []


def test_lines_of_list_items_and_of_every_service(tmp_path: Path) -> None:
    text = "services:\n  a:\n    cap_add:\n      - SYS_ADMIN\n      - SYS_MODULE\n  b:\n    pid: host\n"
    assert dangers(audit(tmp_path, text)) == [(4, "cap-sys-admin"), (5, "capabilities"), (7, "host-pid")]


def test_anchors_and_merge_keys_hide_nothing(tmp_path: Path) -> None:
    text = "x-base: &base\n  privileged: true\n  pid: host\nservices:\n  a:\n    <<: *base\n    pid: container:b\n"
    assert dangers(audit(tmp_path, text)) == [(2, "privileged")]
    text = "x-a: &a {privileged: true}\nx-b: &b {ipc: host}\nservices:\n  s:\n    <<: [*a, *b]\n"
    assert dangers(audit(tmp_path, text)) == [(1, "privileged"), (2, "host-ipc")]


def test_volumes_and_networks_by_another_name(tmp_path: Path) -> None:
    volume = "volumes:\n  v:\n    driver_opts: {type: none, o: bind, device: /var/run/docker.sock}\n"
    assert dangers(audit(tmp_path, GOOD + volume)) == [(9, "docker-socket")]
    network = "networks:\n  n:\n    external: true\n    name: host\n"
    assert dangers(audit(tmp_path, GOOD + network)) == [(8, "host-network")]


def test_merges_of_merges_take_no_time(tmp_path: Path) -> None:
    levels = [f"x-{n}: &x{n}\n  <<: [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 40)]
    text = "x-0: &x0 {privileged: true}\n" + "".join(levels) + "services:\n  a:\n    <<: *x39\n"
    assert dangers(audit(tmp_path, text)) == [(1, "privileged")]


def test_of_a_key_that_is_written_twice_the_last_counts(tmp_path: Path) -> None:
    assert dangers(audit(tmp_path, f"{GOOD}    privileged: false\n    privileged: true\n")) == [(8, "privileged")]


def test_a_profile_that_lets_everything_through_is_none(tmp_path: Path) -> None:
    line = "    security_opt: ['seccomp:profile.json', 'no-new-privileges:true']\n"
    text = GOOD.replace('    security_opt: ["no-new-privileges:true"]\n', line)
    for action, bad in (("SCMP_ACT_ALLOW", True), ("SCMP_ACT_LOG", True), ("SCMP_ACT_ERRNO", False)):
        (tmp_path / "profile.json").write_text(json.dumps({"defaultAction": action}))
        assert bool(dangers(audit(tmp_path, text))) is bad


def test_what_a_variable_decides_and_what_is_elsewhere_is_said(tmp_path: Path) -> None:
    found = audit(tmp_path, f"{GOOD}    privileged: $P\n    pid: ${{PID}}\n    env_file: .env\n")
    assert [(fault.line, fault.name, fault.danger) for fault in found] == [
        (7, "privileged", False),
        (8, "host-pid", False),
        (9, "not-read", False),
    ]


def test_what_is_missing_is_advice(tmp_path: Path) -> None:
    found = audit(tmp_path, "services:\n  a:\n    image: x\n    user: root\n")
    assert [(fault.line, fault.name) for fault in found] == [(2, "cap-drop"), (2, "new-privileges"), (4, "root")]
    assert dangers(found) == []


@pytest.mark.parametrize(
    "text", ["", "a: [", "- 1\n", "services:\n", "kind: Pod\n", "services: {a: &x {b: *x}}\n\0", "'", "\t- a: b\n  c"]
)
def test_no_compose_file_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ManifestError, match=r"compose\.yml"):
        audit(tmp_path, text)


def test_odd_shapes_are_no_crash(tmp_path: Path) -> None:
    text = (
        "services:\n  a: [1]\n  b: null\n  c: {cap_add: {x: 1}, volumes: 3, security_opt: [[]], environment: [null]}\n"
    )
    assert dangers(audit(tmp_path, text)) == []


def test_exit_status(tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(f"{GOOD}    privileged: true\n")
    run = CliRunner()
    bad = run.invoke(app, ["doctor", "--compose", str(path)])
    assert bad.exit_code == 1
    assert f"{path}:7: DANGER [privileged] web: a privileged container" in bad.output
    assert run.invoke(app, ["doctor", "--compose", str(ROOT / "docker-compose.yml")]).exit_code == 0
    assert run.invoke(app, ["doctor", "--compose", str(tmp_path / "none.yml")]).exit_code == 2
