"""A docker-compose file, audited as it stands (the Compose specification; no engine and no other file is asked)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from app.footguns import audit
from app.footguns.audit import Fault
from app.footguns.document import ManifestError, YamlNode, load

_NAMESPACES: Final = {
    "network_mode": ("host-network", "the host's network: its loopback, its interfaces", "publish the port instead"),
    "pid": ("host-pid", "the host's processes", "remove it"),
    "ipc": ("host-ipc", "the host's shared memory", "remove it"),
    "uts": ("host-uts", "the host's name, to change", "remove it"),
    "userns_mode": ("host-users", "the host's users, where the engine would remap them", "remove it"),
    "cgroup": ("cgroup-root", "the host's cgroup namespace", "remove it, or say private"),
}


def audit_compose(path: Path) -> list[Fault]:
    """Everything wrong with every service, in the order of the lines. Raises DocumentError: no compose file."""
    found: list[Fault] = []
    services = 0
    for document in load(path):
        if document.get("include").given:
            found += [_elsewhere(document.get("include"), "include", "the file")]
        found += _shared(document)
        for name, service in document.get("services").items():
            services += 1
            for look in _LOOKS:
                found += look(service, name.text, path.parent)
            found += _advice(service, name)
    if not services:
        raise ManifestError(f"{path} has no services: it is no compose file")
    return sorted(found, key=lambda fault: fault.line)


def _shared(document: YamlNode) -> Iterator[Fault]:
    """What services name: a volume may be a folder of the host, a network the host's."""
    for name, volume in document.get("volumes").items():
        options = volume.get("driver_opts")
        if "bind" in options.get("o").text.split(","):
            source = options.get("device")
            read_only = "ro" in options.get("o").text.split(",")
            yield from audit.host_path(source, source.text, f"volume {name.text}", read_only=read_only)
    for name, network in document.get("networks").items():
        if network.get("name").text == "host" or network.get("driver").text == "host":
            yield Fault(network.line, f"network {name.text}", "host-network", "is the host's network", "remove it")


def _elsewhere(item: YamlNode, word: str, where: str) -> Fault:
    return Fault(
        item.line, where, "not-read", f"{word} names what is not looked into here", "audit it too", danger=False
    )


def _privileged(service: YamlNode, where: str, _folder: Path) -> Iterator[Fault]:
    hint = "remove it; nothing here needs it"
    yield from audit.flag(service.get("privileged"), where, "privileged", "a privileged container", hint)
    yield from audit.flag(service.at("build", "privileged"), where, "privileged", "built privileged", hint)
    for hook in (*service.get("post_start").each(), *service.get("pre_stop").each()):
        yield from audit.flag(hook.get("privileged"), where, "privileged", "a hook that runs privileged", hint)
    hint = "remove it: whoever reaches the engine is root on its host"
    yield from audit.flag(service.get("use_api_socket"), where, "docker-socket", "is given the engine's socket", hint)
    for item in service.get("cap_add").each():
        yield from audit.capability(item, where)
    if service.get("extends").at("file").given:
        yield _elsewhere(service.get("extends"), "extends", where)


def _namespaces(service: YamlNode, where: str, _folder: Path) -> Iterator[Fault]:
    for key, (name, detail, hint) in _NAMESPACES.items():
        value = service.get(key)
        if value.text == "host":
            yield Fault(value.line, where, name, f"{key}: host gives it {detail}", hint)
        elif value.open:
            yield Fault(value.line, where, name, f"{value.text} decides on {key}", hint, danger=False)
    for network in (*service.get("networks").each(), *(key for key, _ in service.get("networks").items())):
        if network.text == "host":
            yield Fault(network.line, where, "host-network", "joins the host's network", "publish the port instead")


def _security(service: YamlNode, where: str, folder: Path) -> Iterator[Fault]:
    for item in service.get("security_opt").each():
        key, _, value = item.text.replace("=", ":", 1).partition(":")
        if key == "seccomp":
            yield from _profile(item, value, where, folder)
        elif (key, value) in _UNCONFINED:
            yield Fault(item.line, where, _UNCONFINED[key, value], f"{item.text} takes a confinement off", "remove it")
        elif key == "no-new-privileges" and value.lower() == "false":
            yield Fault(item.line, where, "new-privileges", "set-uid programs gain power", "no-new-privileges:true")


_UNCONFINED: Final = {
    ("apparmor", "unconfined"): "lsm-unconfined",
    ("label", "disable"): "lsm-unconfined",
    ("label", "type:spc_t"): "lsm-unconfined",
    ("systempaths", "unconfined"): "kernel-writable",
}


def _profile(item: YamlNode, value: str, where: str, folder: Path) -> Iterator[Fault]:
    """The filter by name or by file: one that lets everything through is none."""
    hint = "leave it out for the engine's own, or use deploy/seccomp.json"
    if value == "unconfined":
        yield Fault(item.line, where, "seccomp-unconfined", "no system call filter", hint)
        return
    if value in ("builtin", "default") or item.open:
        return
    try:
        profile: Any = json.loads((folder / value).read_text())
        action = profile["defaultAction"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Fault(item.line, where, "seccomp-unconfined", f"the profile {value} cannot be read: {error}", hint)
        return
    if action in ("SCMP_ACT_ALLOW", "SCMP_ACT_LOG"):
        detail = f"the profile {value} lets through what it does not name ({action})"
        yield Fault(item.line, where, "seccomp-unconfined", detail, hint)


def _mounts(service: YamlNode, where: str, folder: Path) -> Iterator[Fault]:
    for item in service.get("volumes").each():
        if item.text:
            source, _, rest = item.text.partition(":")
            read_only = "ro" in rest.rpartition(":")[2].split(",")
            yield from audit.host_path(item, _of_the_host(source, folder), where, read_only=read_only)
        elif item.get("type").text in ("", "bind"):
            source = item.get("source").text or item.get("src").text
            read_only = item.get("read_only").true
            yield from audit.host_path(item, _of_the_host(source, folder), where, read_only=read_only)
    for item in service.get("devices").each():
        yield from audit.device(item, item.text.partition(":")[0] or item.get("source").text, where)
    for item in service.get("device_cgroup_rules").each():
        if item.text.split()[:2] in (["a", "*:*"], ["b", "*:*"], ["c", "*:*"]) or item.text.strip() == "a":
            yield Fault(item.line, where, "devices", f"every device may be used: {item.text}", "name the GPU's nodes")
    for item in service.get("volumes_from").each():
        yield _elsewhere(item, "volumes_from", where)


def _of_the_host(source: str, folder: Path) -> str:
    """A path beside the file as the engine sees it; a volume's name stays a name."""
    return str(folder.resolve() / source) if source.startswith(".") else source


def _settings(service: YamlNode, where: str, _folder: Path) -> Iterator[Fault]:
    for item, name, value in _pairs(service.get("sysctls")):
        yield from audit.sysctl(item, name, value, where)
    for item, name, value in _pairs(service.get("environment")):
        yield from audit.unsafe_setting(item, name, value, where)
    if service.get("env_file").given:
        yield _elsewhere(service.get("env_file"), "env_file", where)


def _pairs(value: YamlNode) -> Iterable[tuple[YamlNode, str, str]]:
    """A mapping, or a list of NAME=VALUE."""
    yield from ((item, key.text, item.text) for key, item in value.items())
    for item in value.each():
        name, _, text = item.text.partition("=")
        yield item, name.strip(), text.strip()


_LOOKS: Final[tuple[Callable[[YamlNode, str, Path], Iterator[Fault]], ...]] = (
    *(_privileged, _namespaces, _security, _mounts, _settings),
)


def _advice(service: YamlNode, name: YamlNode) -> Iterator[Fault]:
    """What is missing rather than wrong."""
    options = [item.text.replace("=", ":") for item in service.get("security_opt").each()]
    if "ALL" not in (item.text.upper() for item in service.get("cap_drop").each()):
        yield Fault(
            name.line, name.text, "cap-drop", "keeps the engine's capabilities", "cap_drop: [ALL]", danger=False
        )
    if not {"no-new-privileges:true", "no-new-privileges"} & set(options):
        hint = "security_opt: [no-new-privileges:true]"
        yield Fault(name.line, name.text, "new-privileges", "set-uid programs gain power", hint, danger=False)
    user = service.get("user")
    if user.text.partition(":")[0] in ("0", "root"):
        yield Fault(user.line, name.text, "root", "runs as root", 'user: "65532:65532"', danger=False)
