from __future__ import annotations

import pytest

from app import host
from app.cli.doctor import judge
from app.footguns.facts import HostFacts
from app.host import HostFinding, Level
from app.service.local import LocalBackend
from app.service.slots import Slots
from app.settings import Settings
from sandbox.exceptions import LayerUnavailableError
from sandbox.launchers.model import Launcher
from sandbox.policy.gpu import GPU
from tests.app.fakes import LAYERS, FakeServer
from tests.app.footguns.places import docker


def levels(findings: list[HostFinding]) -> list[Level]:
    return [finding.level for finding in findings]


def test_every_finding_that_is_bad_says_what_to_do() -> None:
    for finding in host.examine(Settings()):
        assert finding.level is Level.OK or finding.hint


def test_no_user_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "_read", {"/proc/sys/user/max_user_namespaces": "0"}.get)
    assert host.user_namespaces().level is Level.MISSING


def test_a_cgroup_that_is_not_delegated_is_missing_or_waived(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LayerUnavailableError("cgroup", "not delegated", "delegate it", 13)

    monkeypatch.setattr("sandbox.mechanisms.cgroups.CgroupPool.create", refuse)
    assert host.cgroup() == HostFinding("cgroups", Level.MISSING, "not delegated", "delegate it")
    (found,) = [item for item in host.examine(Settings(waive="cgroup")) if item.subject == "cgroups"]
    assert found.level is Level.NOTE


def test_what_no_path_of_this_server_has_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.mechanisms.landlock.abi", lambda: 0)
    for paths, level in (("cpu", Level.NOTE), ("gpu", Level.MISSING)):
        (found,) = [item for item in host.examine(Settings(paths=paths)) if item.subject == "Landlock"]
        assert found.level is level


def test_no_landlock_names_the_waiver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.mechanisms.landlock.abi", lambda: 0)
    assert "RENDERSERVER_WAIVE=landlock" in host.landlock_abi().hint


def test_each_launcher_that_cannot_be_used_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_nsjail(launcher: Launcher) -> LayerUnavailableError | None:
        return None if launcher.name == "nsjail" else LayerUnavailableError("launcher", f"no {launcher.name}", "do so")

    monkeypatch.setattr(host, "absent", only_nsjail)
    usable, *others = host.launchers(Settings(launcher="firejail"))
    assert usable == HostFinding("launchers", Level.OK, "native, nsjail")
    assert HostFinding("launcher crun", Level.NOTE, "no crun", "do so") in others
    assert [item.subject for item in others if item.level is Level.MISSING] == ["launcher firejail"]


def test_a_foot_gun_is_a_danger_in_a_container_until_it_is_waived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RENDERSERVER_WAIVE_FOOTGUNS", raising=False)
    facts = docker(seccomp=0)
    assert host.foot_guns(facts, Settings())[0].level is Level.DANGER
    assert [item.name for item in host.refusals(facts, Settings())] == ["seccomp-unconfined"]
    waived = Settings(waive_footguns="seccomp-unconfined")
    assert host.foot_guns(facts, waived)[0].level is Level.NOTE
    assert host.refusals(facts, waived) == []


def test_security_modules_are_said() -> None:
    assert "AppArmor is not there; SELinux: enforcing" in host.security_modules(HostFacts(selinux="enforcing")).detail
    assert host.security_modules(docker(apparmor="unconfined")).level is Level.NOTE
    assert host.security_modules(docker(apparmor="renderserver (enforce)")).level is Level.OK


def test_egl_devices_say_what_is_software(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [{"node": "/dev/dri/card0", "software": False}, {"node": None, "software": True}]
    monkeypatch.setattr("app.footguns.egl.devices", lambda: found)
    assert host.egl_devices().detail == "/dev/dri/card0 (hardware), no node (software)"
    monkeypatch.setattr("app.footguns.egl.devices", lambda: "no libEGL")
    assert host.egl_devices().level is Level.NOTE


def path_with(*layers: str, name: str = "gpu") -> LocalBackend:
    return LocalBackend(name, FakeServer(layers=layers, policy=GPU), Slots(1, 0, 1))


def test_a_layer_that_was_not_read_back_is_missing() -> None:
    everything = [*(layer for layer in GPU.layers if layer != "cgroup"), "cgroup-v2"]
    assert levels(judge(path_with(*everything), Settings())) == [Level.OK]
    without = [layer for layer in everything if layer != "landlock"]
    found = judge(path_with(*without), Settings())
    assert found[1:] == [HostFinding("gpu path", Level.MISSING, "landlock is not in force")]
    assert levels(judge(path_with(*without), Settings(waive="landlock"))) == [Level.OK, Level.NOTE]
    without = [layer for layer in everything if layer != "cgroup-v2"]
    assert levels(judge(path_with(*without), Settings(waive="cgroup-v2"))) == [Level.OK, Level.NOTE]


def test_a_path_that_could_not_start_and_one_with_no_sandbox() -> None:
    path = path_with(*LAYERS, name="cpu")
    path.refused = LayerUnavailableError("seccomp", "no filter", "another kernel", 22)
    assert judge(path, Settings()) == [HostFinding("cpu path", Level.MISSING, "seccomp: no filter", "another kernel")]
    unsafe = Settings(unsafe_no_sandbox_for_measuring=True)
    assert levels(judge(path_with(name="cpu"), unsafe)) == [Level.DANGER]
