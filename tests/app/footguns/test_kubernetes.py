from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.footguns.audit import Fault
from app.footguns.document import ManifestError
from app.footguns.kubernetes import audit_kubernetes

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext:
    runAsNonRoot: true
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: server
      image: renderserver
      securityContext:
        allowPrivilegeEscalation: false
        capabilities: {drop: [ALL]}
"""


def audit(folder: Path, text: str) -> list[Fault]:
    path = folder / "pod.yaml"
    path.write_text(text)
    return audit_kubernetes(path)


def dangers(found: list[Fault]) -> list[tuple[int, str]]:
    return [(fault.line, fault.name) for fault in found if fault.danger]


def test_a_good_pod_is_clean(tmp_path: Path) -> None:
    assert audit(tmp_path, POD) == []


@pytest.mark.parametrize(
    ("after", "line", "name"),
    [
        ("spec:\n", "  hostNetwork: true", "host-network"),
        ("spec:\n", "  hostPID: true", "host-pid"),
        ("spec:\n", "  hostIPC: true", "host-ipc"),
        ("spec:\n", "  volumes: [{name: s, hostPath: {path: /var/run/docker.sock}}]", "docker-socket"),
        ("spec:\n", "  volumes: [{name: s, hostPath: {path: /run/containerd/}}]", "host-path"),
        ("spec:\n", "  volumes: [{name: s, hostPath: {path: /}}]", "host-path"),
        ("spec:\n", "  volumes: [{name: s, hostPath: {path: /sys/fs/cgroup}}]", "cgroup-root"),
        ("spec:\n", "  volumes: [{name: s, hostPath: {path: /dev/sda}}]", "devices"),
        ("  securityContext:\n", "    sysctls: [{name: kernel.core_pattern, value: x}]", "sysctls"),
        ("      securityContext:\n", "        privileged: true", "privileged"),
        ("      securityContext:\n", "        procMount: Unmasked", "kernel-writable"),
        ("      securityContext:\n", "        seccompProfile: {type: Unconfined}", "seccomp-unconfined"),
        ("      securityContext:\n", "        appArmorProfile: {type: Unconfined}", "lsm-unconfined"),
        ("      securityContext:\n", "        seLinuxOptions: {type: spc_t}", "lsm-unconfined"),
    ],
)
def test_each_foot_gun_is_found_on_its_line(tmp_path: Path, after: str, line: str, name: str) -> None:
    text = POD.replace(after, f"{after}{line}\n", 1)
    if after == "      securityContext:\n":  # the pod's context has the same ending
        text = POD[: POD.index(after)] + POD[POD.index(after) :].replace(after, f"{after}{line}\n", 1)
    assert dangers(audit(tmp_path, text)) == [(text.splitlines().index(line) + 1, name)]


@pytest.mark.parametrize(
    ("added", "name"), [("SYS_ADMIN", "cap-sys-admin"), ("ALL", "privileged"), ("BPF", "capabilities")]
)
def test_capabilities(tmp_path: Path, added: str, name: str) -> None:
    assert dangers(audit(tmp_path, POD.replace("drop: [ALL]", f"drop: [ALL], add: [{added}]"))) == [(13, name)]


def test_no_profile_is_unconfined_in_kubernetes(tmp_path: Path) -> None:
    text = POD.replace("    seccompProfile: {type: RuntimeDefault}\n", "")
    assert dangers(audit(tmp_path, text)) == [(8, "seccomp-unconfined")]


def test_init_containers_are_containers(tmp_path: Path) -> None:
    text = f"{POD}  initContainers:\n    - name: first\n      securityContext:\n        privileged: true\n"
    assert dangers(audit(tmp_path, text)) == [(17, "privileged")]


def test_annotations_of_old(tmp_path: Path) -> None:
    key = "container.apparmor.security.beta.kubernetes.io/server"
    text = POD.replace("{name: web}", f"{{name: web, annotations: {{{key}: unconfined}}}}")
    assert dangers(audit(tmp_path, text)) == [(3, "lsm-unconfined")]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"])
def test_what_makes_pods(tmp_path: Path, kind: str) -> None:
    spec = textwrap.indent(POD.partition("spec:\n")[2], "    ")
    text = f"kind: {kind}\nspec:\n  template:\n    spec:\n      hostPID: true\n{spec}"
    assert dangers(audit(tmp_path, text)) == [(5, "host-pid")]


def test_cron_jobs_lists_and_many_documents(tmp_path: Path) -> None:
    cron = "kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {hostPID: true}}}}}\n"
    found = audit(
        tmp_path, f"kind: ConfigMap\n---\n{cron}---\nkind: List\nitems:\n  - kind: Pod\n    spec: {{hostIPC: true}}\n"
    )
    assert dangers(found) == [(4, "host-pid"), (9, "host-ipc")]


@pytest.mark.parametrize("text", ["", "kind: Service\n", "kind: [", "services: {a: {}}\n"])
def test_nothing_to_audit_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(ManifestError, match=r"pod\.yaml"):
        audit(tmp_path, text)


def test_exit_status(tmp_path: Path) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(POD)
    assert CliRunner().invoke(app, ["doctor", "--k8s", str(path)]).exit_code == 0
    path.write_text(POD.replace("spec:\n", "spec:\n  hostPID: true\n", 1))
    assert CliRunner().invoke(app, ["doctor", "--k8s", str(path)]).exit_code == 1
