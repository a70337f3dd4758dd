"""Kubernetes manifests, audited as they stand (Pod API v1, Pod Security Standards): pods, and what makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from app.footguns import audit
from app.footguns.audit import Fault
from app.footguns.document import ManifestError, YamlNode, load

_POD_SPEC: Final = {
    "Pod": ("spec",),
    "PodTemplate": ("template", "spec"),
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"),
        ("spec", "template", "spec"),
    ),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_HOST: Final = {
    "hostNetwork": ("host-network", "the pod has the node's network", "remove it; use a Service"),
    "hostPID": ("host-pid", "the pod sees the node's processes", "remove it"),
    "hostIPC": ("host-ipc", "the pod has the node's shared memory", "remove it"),
}
_CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")


def audit_kubernetes(path: Path) -> list[Fault]:
    """Everything wrong with every pod, in the order of the lines. Raises DocumentError: nothing there makes pods."""
    found: list[Fault] = []
    pods = 0
    for document in load(path):
        for item in _objects(document):
            steps = _POD_SPEC.get(item.get("kind").text)
            if steps is None:
                continue
            pods += 1
            where = f"{item.get('kind').text} {item.at('metadata', 'name').text}".strip()
            found += _pod(item.at(*steps), where)
            for place in {("metadata",), (*steps[:-1], "metadata")}:
                found += _annotations(item.at(*place, "annotations"), where)
    if not pods:
        raise ManifestError(f"{path} has no pod and nothing that makes one")
    return sorted(found, key=lambda fault: fault.line)


def _objects(document: YamlNode) -> Iterator[YamlNode]:
    if document.get("kind").text.endswith("List"):
        yield from document.get("items").each()
    else:
        yield document


def _pod(spec: YamlNode, where: str) -> Iterator[Fault]:
    for key, (name, detail, hint) in _HOST.items():
        yield from audit.flag(spec.get(key), where, name, detail, hint)
    context = spec.get("securityContext")
    for item in context.get("sysctls").each():
        yield from audit.sysctl(item, item.get("name").text, item.get("value").text, where)
    yield from _volumes(spec, where)
    for kind in _CONTAINERS:
        for container in spec.get(kind).each():
            yield from _container(container, context, f"{where}, container {container.get('name').text}")


def _volumes(spec: YamlNode, where: str) -> Iterator[Fault]:
    """The pod's host paths, each with whether every container mounts it read-only."""
    mounts = [
        mount
        for kind in _CONTAINERS
        for container in spec.get(kind).each()
        for mount in container.get("volumeMounts").each()
    ]
    for volume in spec.get("volumes").each():
        source = volume.at("hostPath", "path")
        if source.given:
            of = [mount for mount in mounts if mount.get("name").text == volume.get("name").text]
            read_only = bool(of) and all(mount.get("readOnly").true for mount in of)
            yield from audit.host_path(source, source.text, where, read_only=read_only)
            yield from audit.device(source, source.text, where)


def _container(container: YamlNode, pod: YamlNode, where: str) -> Iterator[Fault]:
    context = container.get("securityContext")
    yield from audit.flag(context.get("privileged"), where, "privileged", "a privileged container", "remove it")
    for item in context.at("capabilities", "add").each():
        yield from audit.capability(item, where)
    if context.get("procMount").text == "Unmasked":
        detail = "the kernel's files in /proc are not masked"
        yield Fault(context.get("procMount").line, where, "kernel-writable", detail, "remove it")
    yield from _seccomp(container, context, pod, where)
    yield from _modules(context, pod, where)
    for item in container.get("env").each():
        yield from audit.unsafe_setting(item, item.get("name").text, item.get("value").text, where)
    yield from _advice(container, context, pod, where)


def _first(name: str, context: YamlNode, pod: YamlNode) -> YamlNode:
    """The container's own, or else the pod's."""
    return context.get(name) if context.get(name).given else pod.get(name)


def _seccomp(container: YamlNode, context: YamlNode, pod: YamlNode, where: str) -> Iterable[Fault]:
    hint = "seccompProfile: {type: RuntimeDefault}, or Localhost with deploy/seccomp.json for the GPU path"
    profile = _first("seccompProfile", context, pod).get("type")
    if profile.text == "Unconfined":
        yield Fault(profile.line, where, "seccomp-unconfined", "no system call filter", hint)
    elif not profile.text:
        detail = "no seccompProfile: Kubernetes then runs it unconfined, unless the kubelet has SeccompDefault"
        yield Fault(container.line, where, "seccomp-unconfined", detail, hint)


def _modules(context: YamlNode, pod: YamlNode, where: str) -> Iterable[Fault]:
    profile = _first("appArmorProfile", context, pod).get("type")
    if profile.text == "Unconfined":
        yield Fault(profile.line, where, "lsm-unconfined", "AppArmor is taken off", "remove it, or use deploy/apparmor")
    kind = _first("seLinuxOptions", context, pod).get("type")
    if kind.text == "spc_t":
        yield Fault(kind.line, where, "lsm-unconfined", "spc_t takes SELinux off", "remove it")


def _annotations(annotations: YamlNode, where: str) -> Iterator[Fault]:
    for key, value in annotations.items():
        if value.text == "unconfined" and key.text.startswith("container.apparmor.security.beta.kubernetes.io/"):
            yield Fault(value.line, where, "lsm-unconfined", "AppArmor is taken off", "remove it")
        if value.text == "unconfined" and "seccomp.security.alpha.kubernetes.io/" in key.text:
            yield Fault(value.line, where, "seccomp-unconfined", "no system call filter", "remove it")


def _advice(container: YamlNode, context: YamlNode, pod: YamlNode, where: str) -> Iterator[Fault]:
    """What is missing rather than wrong."""
    drop = (item.text.upper() for item in context.at("capabilities", "drop").each())
    if "ALL" not in drop:
        hint = "capabilities: {drop: [ALL]}"
        yield Fault(container.line, where, "cap-drop", "keeps the engine's capabilities", hint, danger=False)
    if context.get("allowPrivilegeEscalation").text.lower() != "false":
        hint = "allowPrivilegeEscalation: false"
        yield Fault(container.line, where, "new-privileges", "set-uid programs gain power", hint, danger=False)
    user = _first("runAsUser", context, pod)
    if user.text == "0" or (not user.text and not _first("runAsNonRoot", context, pod).true):
        line = user.line if user.text else container.line
        yield Fault(line, where, "root", "may run as root", "runAsNonRoot: true, runAsUser: 65532", danger=False)
