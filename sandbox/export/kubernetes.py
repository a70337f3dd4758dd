"""Kubernetes: a pod with its ``securityContext``, a ``SeccompProfile`` for the Security Profiles Operator, and the same
filter as the file that a kubelet finds below ``/var/lib/kubelet/seccomp`` where there is no operator."""

from __future__ import annotations

import json
from typing import Any, Final

from sandbox.export import yaml
from sandbox.export.gaps import Can, gaps
from sandbox.export.model import Export, Program, text_file
from sandbox.export.oci_seccomp import seccomp
from sandbox.mechanisms.namespaces import Namespace
from sandbox.policy.model import SandboxPolicy
from sandbox.policy.units import MIB

_CAN: Final = frozenset(
    {Can.ARGUMENTS, Can.ANSWERS, Can.NAMESPACES, Can.CGROUP, Can.CAPABILITIES, Can.BOUNDING_SET, Can.NO_NEW_PRIVS}
    | {Can.HOSTNAME}
)
_ALWAYS: Final = (
    "a number of processes per pod: it is the kubelet's podPidsLimit",
    "an empty network namespace: a pod has an interface; the NetworkPolicy stops its traffic where one is enforced",
    "one id and no other: hostUsers false maps 65536 ids to unprivileged ones",
    "swap: it is the node's setting",
)


def export(policy: SandboxPolicy, program: Program) -> Export:
    missing = (*gaps(policy, _CAN), *_ALWAYS)
    head = [f"# renderserver's policy {policy.name}; made by `renderserver policy export k8s`."]
    head += [f"# Not expressed: {text}" for text in missing]
    profile = f"renderserver-{policy.name}"
    documents = (_profile(policy, profile), _pod(policy, program, profile), _no_traffic(profile))
    text = "\n".join(head) + "\n" + "---\n".join(yaml.dump(document) for document in documents)
    local = json.dumps(seccomp(policy, comments=False), indent=2) + "\n"
    return Export((text_file(f"{profile}.yaml", text), text_file(f"{profile}.json", local)), missing)


def _profile(policy: SandboxPolicy, name: str) -> dict[str, Any]:
    filters = seccomp(policy, comments=False)
    for entry in filters["syscalls"]:
        if "errnoRet" in entry:
            entry["errnoRet"] = str(entry["errnoRet"])  # a string in the operator's API, a number in the file
    return {
        "apiVersion": "security-profiles-operator.x-k8s.io/v1beta1",
        "kind": "SeccompProfile",
        "metadata": {"name": name},
        "spec": filters,
    }


def _pod(policy: SandboxPolicy, program: Program, name: str) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "hostNetwork": False,
        "hostPID": False,
        "hostIPC": False,
        "hostUsers": Namespace.USER not in policy.namespaces,
        "restartPolicy": "Never",
        **({"hostname": policy.hostname} if policy.hostname else {}),
        "containers": [_container(policy, program, name)],
    }
    if policy.tmp_bytes:
        spec["volumes"] = [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": policy.tmp_bytes}}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": spec,
    }


def _container(policy: SandboxPolicy, program: Program, name: str) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": "worker",
        "image": "renderserver",
        "command": list(program.argv),
        "env": [{"name": key, "value": value} for key, value in program.environment],
        "securityContext": {
            "privileged": False,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "runAsUser": program.uid,
            "runAsGroup": program.gid,
            "procMount": "Default",
            "capabilities": {"drop": ["ALL"], **({"add": list(policy.capabilities)} if policy.capabilities else {})},
            "seccompProfile": {"type": "Localhost", "localhostProfile": f"operator/default/{name}.json"},
        },
    }
    if policy.cgroup:
        limits = {"memory": f"{policy.cgroup.memory_bytes // MIB}Mi", "cpu": f"{int(policy.cgroup.cpu_cores * 1000)}m"}
        container["resources"] = {"limits": limits, "requests": limits}
    if policy.tmp_bytes:
        container["volumeMounts"] = [{"name": "tmp", "mountPath": "/tmp"}]
    return container


def _no_traffic(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {"podSelector": {"matchLabels": {"app": name}}, "policyTypes": ["Ingress", "Egress"]},
    }
