"""What is common to the audits of deployment files: findings with lines, and what is dangerous by its name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.footguns.document import YamlNode
from app.footguns.live import CAPABILITIES

_SOCKET = re.compile(r"(docker|containerd|crio|podman|cri-dockerd|buildkitd)\.sock$")
# A folder of the host in which an engine keeps its socket, or from which the host can be changed.
_FOLDERS: Final = (
    *(
        "/",
        "/etc",
        "/root",
        "/home",
        "/boot",
        "/dev",
        "/proc",
        "/sys",
        "/usr",
        "/bin",
        "/sbin",
        "/lib",
        "/lib64",
        "/opt",
    ),
    *("/run", "/var", "/var/run", "/var/lib", "/var/log", "/var/lib/docker", "/var/lib/kubelet", "/var/lib/containerd"),
    *("/run/docker", "/run/containerd", "/run/podman", "/run/crio", "/etc/kubernetes"),
)
_WITHIN: Final = ("/proc/", "/sys/", "/boot/", "/etc/kubernetes/", "/var/lib/kubelet/", "/var/lib/docker/", "/root/")
_DEVICES: Final = re.compile(
    r"^/dev(/(mem|kmem|port|kmsg|sd\w*|nvme\w*|vd\w*|xvd\w*|dm-\d+|mapper.*|loop\w*|fuse|kvm))?/?$"
)
# Those of a container's own network and ipc namespaces.
_SAFE_SYSCTLS: Final = re.compile(r"^(net\.(?!core\.bpf_)[\w./-]+|kernel\.(shm\w*|msg\w*|sem)|fs\.mqueue\.\w+)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """``line`` of the file. ``danger`` as in FootGun: without it, advice."""

    line: int
    where: str
    name: str
    detail: str
    hint: str
    danger: bool = True


def flag(value: YamlNode, where: str, name: str, detail: str, hint: str) -> Iterable[Fault]:
    """A switch that must not be on; advice where a variable decides."""
    if value.true:
        yield Fault(value.line, where, name, detail, hint)
    elif value.open:
        yield Fault(value.line, where, name, f"{value.text} decides: {detail}", hint, danger=False)


def capability(item: YamlNode, where: str) -> Iterable[Fault]:
    name = item.text.upper().removeprefix("CAP_")
    if name == "ALL":
        yield Fault(item.line, where, "privileged", "adds every capability", "the server needs none: drop ALL")
    elif name == "SYS_ADMIN":
        hint = "user namespaces do not need it: use deploy/seccomp.json"
        yield Fault(item.line, where, "cap-sys-admin", "adds CAP_SYS_ADMIN", hint)
    elif f"CAP_{name}" in CAPABILITIES:
        yield Fault(item.line, where, "capabilities", f"adds CAP_{name}", "the server needs none: drop ALL")
    elif name:
        hint = "the server needs none: drop ALL"
        yield Fault(item.line, where, "capabilities", f"adds CAP_{name}", hint, danger=False)


def host_path(item: YamlNode, source: str, where: str, *, read_only: bool) -> Iterable[Fault]:
    """A folder or file of the host that is mounted in."""
    path = re.sub(r"^/+", "/", posixpath.normpath(source))
    if _SOCKET.search(path) or path.startswith("/var/run/docker") or path in ("/run", "/var/run"):
        hint = "remove it: whoever reaches that socket is root on the host"
        yield Fault(item.line, where, "docker-socket", f"the engine's socket is reachable through {path}", hint)
    elif path == "/sys/fs/cgroup" or path.startswith("/sys/fs/cgroup/"):
        if not read_only:
            hint = "remove it, or make it read-only: a cgroup root that can be written is a way onto the host"
            yield Fault(item.line, where, "cgroup-root", f"{path} is mounted to be written", hint)
    elif path in _FOLDERS or path.startswith(_WITHIN):
        yield Fault(item.line, where, "host-path", f"{path} of the host is mounted", "mount the one folder it needs")


def device(item: YamlNode, source: str, where: str) -> Iterable[Fault]:
    if _DEVICES.match(source):
        hint = "a GPU needs /dev/dri or /dev/nvidia*, and nothing else of /dev"
        yield Fault(item.line, where, "devices", f"{source} of the host is passed in", hint)


def sysctl(item: YamlNode, name: str, value: str, where: str) -> Iterable[Fault]:
    if not _SAFE_SYSCTLS.match(name):
        hint = "leave it as the host has it: the server needs no kernel setting of its own"
        yield Fault(item.line, where, "sysctls", f"sets {name} = {value}", hint)


def unsafe_setting(item: YamlNode, name: str, value: str, where: str) -> Iterable[Fault]:
    """Of our own settings, those that weaken the sandbox."""
    if name == "RENDERSERVER_UNSAFE_NO_SANDBOX_FOR_MEASURING" and value.lower() not in ("", "0", "false", "no", "off"):
        yield Fault(item.line, where, "no-sandbox", "the server is told to render with NO sandbox", "remove it")
    elif name == "DOCKER_HOST" and value:
        hint = "remove it: whoever reaches the engine is root on its host"
        yield Fault(item.line, where, "docker-socket", f"DOCKER_HOST is {value}", hint)
    elif name == "RENDERSERVER_WAIVE_FOOTGUNS" and value:
        yield Fault(item.line, where, "waived", f"foot-guns are waived: {value}", "remove what they name", danger=False)
