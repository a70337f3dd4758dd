from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy import bundle, compose, dockerfile, runtime
from deploy.bundle import Host
from deploy.exceptions import DeploymentError
from tests.borrowed import PROJECT

SERVICE = compose.read(PROJECT / "docker-compose.yml")
IMAGE = dockerfile.image(dockerfile.steps(PROJECT / "Dockerfile"))
HOST = Host("x86_64", (6, 1), apparmor=True)


def config(host: Host = HOST, **changes: Any) -> dict[str, Any]:
    return bundle.config(dataclasses.replace(SERVICE, **changes), IMAGE, "rootfs", host)


def test_the_process_is_the_images_as_the_compose_file_changes_it() -> None:
    process = config()["process"]
    assert process["args"] == ["/opt/renderserver/.venv/bin/renderserver", "serve"]
    assert process["user"] == {"uid": 65532, "gid": 65532}
    assert process["cwd"] == "/opt/renderserver"
    assert {"RENDERSERVER_WAIVE=cgroup", "RENDERSERVER_LOG_FORMAT=json", f"PATH={dockerfile.PATH}"} <= {*process["env"]}
    assert len(process["env"]) == len({pair.partition("=")[0] for pair in process["env"]})


def test_nothing_is_given_to_it() -> None:
    made = config()
    sets = ("bounding", "effective", "inheritable", "permitted", "ambient")
    assert made["process"]["capabilities"] == {name: [] for name in sets}
    assert made["process"]["noNewPrivileges"] is True
    assert made["process"]["apparmorProfile"] == "renderserver"
    assert made["root"] == {"path": "rootfs", "readonly": True}
    assert made["linux"]["seccomp"]["defaultAction"] == "SCMP_ACT_ERRNO"
    kinds = {space["type"] for space in made["linux"]["namespaces"]}
    assert kinds == {"mount", "network", "uts", "pid", "ipc", "cgroup"}
    assert not [mount for mount in made["mounts"] if mount["type"] == "bind"]


def test_limits_and_mounts() -> None:
    made = config()
    resources = made["linux"]["resources"]
    assert resources["memory"] == {"limit": 4 << 30, "swap": 8 << 30}
    assert resources["pids"] == {"limit": 256}
    assert resources["cpu"] == {"quota": 200_000, "period": 100_000}
    assert resources["devices"][0] == {"allow": False, "access": "rwm"}
    (tmp,) = [mount for mount in made["mounts"] if mount["destination"] == "/tmp"]
    assert sorted(tmp["options"]) == ["mode=1777", "nodev", "noexec", "nosuid", "size=16m"]


def test_a_tmpfs_keeps_dockers_defaults_unless_it_says_otherwise() -> None:
    (made,) = [mount for mount in config(tmpfs=("/x:exec",))["mounts"] if mount["destination"] == "/x"]
    assert made["options"] == ["nosuid", "nodev", "exec"]


def test_a_folder_of_the_hosts_is_bound() -> None:
    volumes = (compose.Bind(Path("/srv/fonts"), "/fonts", True),)
    (made,) = [mount for mount in config(volumes=volumes)["mounts"] if mount["type"] == "bind"]
    assert (made["source"], made["destination"]) == ("/srv/fonts", "/fonts")
    assert "ro" in made["options"]


def test_a_command_and_an_entrypoint_of_its_own() -> None:
    entry = "/opt/renderserver/.venv/bin/renderserver"
    assert config(command=("doctor",))["process"]["args"] == [entry, "doctor"]
    assert config(command=None)["process"]["args"] == [entry, "serve"]
    assert config(entrypoint=("/bin/x",), command=None)["process"]["args"] == ["/bin/x"]


def test_without_cap_drop_there_is_no_bundle() -> None:
    with pytest.raises(DeploymentError, match="cap_drop"):
        config(drops_all_capabilities=False)


def test_what_this_machine_does_not_have_is_left_out_and_said() -> None:
    host = dataclasses.replace(HOST, apparmor=False, cgroups=False)
    made = config(host)
    assert "apparmorProfile" not in made["process"]
    assert "resources" not in made["linux"]
    said = "; ".join(bundle.unsaid(SERVICE, IMAGE, host))
    assert "AppArmor" in said
    assert "limits" in said
    assert list(bundle.unsaid(SERVICE, dataclasses.replace(IMAGE, health_check=False), HOST)) == []


def test_the_images_health_check_is_said_to_be_nobodys() -> None:
    assert "health check" in "; ".join(bundle.unsaid(SERVICE, IMAGE, HOST))


def test_what_no_runtime_does_is_said() -> None:
    said = "; ".join(compose.said(SERVICE))
    assert all(word in said for word in ("restart", "stop_grace_period", "port 127.0.0.1:8000"))


def test_a_missing_profile_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match=r"nowhere\.json"):
        config(seccomp=tmp_path / "nowhere.json")


def test_the_command_writes_it_and_says_what_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy", "bundle", str(tmp_path), "--rootfs", str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    made = json.loads((tmp_path / "config.json").read_text())
    assert made == bundle.config(SERVICE, IMAGE, str(tmp_path), Host.here())
    assert "note: restart" in done.stderr


def test_a_file_that_cannot_be_translated_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services: {a: {privileged: true}}\n")
    command = [sys.executable, "-m", "deploy", "bundle", str(tmp_path), "--compose", str(tmp_path / "compose.yml")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "deploy: line 1: privileged is not known here: no bundle is made that would leave it out"
    ]


HYBRID = (
    "25 22 0:23 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "26 22 0:24 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw\n"
)


def test_crun_is_shown_one_kind_of_cgroups(tmp_path: Path) -> None:
    mounts = runtime.cgroup_mounts(HYBRID)
    assert mounts == [("cgroup", "/sys/fs/cgroup/memory"), ("cgroup2", "/sys/fs/cgroup/unified")]
    hybrid = runtime.fitted("crun", tmp_path, mounts)
    assert "/sys/fs/cgroup/unified" in hybrid.before
    assert runtime.fitted("runc", tmp_path, mounts).before == ()
    assert runtime.fitted("crun", tmp_path, mounts[1:]).before == ()
    assert not runtime.fitted("crun", tmp_path, []).cgroups


def test_no_runtime_at_all_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="apt-get install nothing-like-it"):
        runtime.find(tmp_path, ["nothing-like-it"])
