"""The service of docker-compose.yml in a real container, under each OCI runtime that is there: both paths, over HTTP.

The root file system is borrowed from this machine (tests/borrowed.py); all else is what the compose file and the
Dockerfile say. As root, with crun or runc.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy import compose
from deploy.bundle import Host
from tests import borrowed
from tests.app.documents import document
from tests.host import alive

ROOT = borrowed.PROJECT
PROFILES = Path("/sys/kernel/security/apparmor/profiles")
PATIENCE = int(os.environ.get("TEST_PATIENCE", "1"))
"""How many times longer than on an ordinary machine everything may take; an emulated processor needs some."""
START_S = 120 * PATIENCE


@dataclass(frozen=True)
class Container:
    """``pid``: its first process, as this machine numbers it; ``said``: what was said when it was started."""

    url: str
    pid: int
    runtime: str
    said: Path

    def status(self) -> dict[str, str]:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def compose_file(folder: Path, port: int) -> Path:
    """The project's own, with another port, and its files named from where it lies now."""
    text = (ROOT / "docker-compose.yml").read_text()
    for old, new in (
        ("127.0.0.1:8000:8000", f"127.0.0.1:{port}:8000"),
        ("build: .", f"build: {ROOT}"),
        ("seccomp:deploy", f"seccomp:{ROOT}/deploy"),
        ("environment:\n", f"environment:\n      RENDERSERVER_CPU_S: {20 * PATIENCE}\n"),
        ("environment:\n", f"environment:\n      RENDERSERVER_WALL_S: {30 * PATIENCE}\n"),
    ):
        assert old in text
        text = text.replace(old, new)
    place = folder / "compose.yml"
    place.write_text(text)
    return place


@pytest.fixture(scope="module", params=["crun", "runc"])
def container(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    if os.geteuid() != 0:
        pytest.skip("a container as an engine makes it is made by root")
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    if Host.here().apparmor and "\nrenderserver " not in f"\n{PROFILES.read_text()}":
        pytest.skip("this kernel has AppArmor, and the profile deploy/apparmor is not loaded")
    if ROOT.is_relative_to("/tmp"):
        pytest.skip("the project lies where the container has its own /tmp")
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    (folder / "root").mkdir()
    program = [str(ROOT / ".venv/bin/python"), "-m", "deploy", "up", str(folder / "bundle")]
    program += ["--compose", str(compose_file(folder, port)), "--rootfs", str(folder / "root")]
    command = borrowed.command(
        folder / "root", [*program, "--runtime", request.param], [(str(ROOT), "/opt/renderserver")]
    )
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
    try:
        _await_ready(process, f"http://127.0.0.1:{port}/readyz", folder / "said")
        pid = int((folder / "bundle/pid").read_text())
        yield Container(f"http://127.0.0.1:{port}", pid, request.param, folder / "said")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, (folder / "said").read_text()
        assert not alive(pid)
    finally:
        process.kill()
        process.wait()


def _client() -> httpx.Client:
    """Speaks to a loopback without TLS, and certificates take long to read. To be closed."""
    return httpx.Client(verify=False)  # noqa: S501


def _await_ready(process: subprocess.Popen[bytes], url: str, said: Path) -> None:
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError), _client() as client:
            if client.get(url, timeout=5).status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    pytest.fail(said.read_text())


@pytest.mark.parametrize("path", ["cpu", "gpu"])
def test_both_paths_draw_in_the_container(container: Container, path: str) -> None:
    with _client() as client:
        answer = client.post(
            f"{container.url}/v1/render",
            params={"path": path},
            content=document(),
            headers={"Content-Type": "application/json"},
            timeout=START_S,
        )
    assert answer.status_code == httpx.codes.OK, answer.text
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["Render-Path"] == path
    assert "seccomp" in answer.headers["Sandbox-Layers"]
    assert ("userns" in answer.headers["Sandbox-Layers"]) == (path == "gpu")


def test_it_is_what_the_compose_file_says(container: Container) -> None:
    """Read from the kernel, of the container's first process."""
    status = container.status()
    assert status["Uid"].split() == status["Gid"].split() == ["65532"] * 4
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    mounts = {line.split()[4]: line for line in Path(f"/proc/{container.pid}/mountinfo").read_text().splitlines()}
    assert mounts["/"].split()[5].startswith("ro")
    assert {"rw", "nosuid", "nodev", "noexec"} <= set(mounts["/tmp"].split()[5].split(","))
    assert "size=16384k" in mounts["/tmp"]


@pytest.mark.skipif(not Host.here().apparmor, reason="this kernel has no AppArmor")
def test_the_apparmor_profile_is_in_force(container: Container) -> None:
    assert Path(f"/proc/{container.pid}/attr/current").read_text().strip("\0\n") == "renderserver (enforce)"


def test_its_limits_are_in_force_where_the_runtime_can_use_cgroups(container: Container) -> None:
    if "limits of memory" in container.said.read_text():
        pytest.skip(f"{container.runtime} cannot use this machine's cgroups, and `up` has said so")
    service = compose.read(ROOT / "docker-compose.yml")
    assert service.memory_bytes is not None
    assert _limit(container.pid, ("memory.max", "memory.limit_in_bytes"), "memory") == service.memory_bytes
    assert _limit(container.pid, ("pids.max",), "pids") == service.pids


def _limit(pid: int, names: tuple[str, ...], controller: str) -> int:
    """From the cgroup of the process, v2 or v1, as this machine has it mounted."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for mount in ("/sys/fs/cgroup", f"/sys/fs/cgroup/{controller}"):
            for name in names:
                file = Path(f"{mount}{path}/{name}")
                if controllers in ("", controller) and file.is_file():
                    return int(file.read_text())
    raise AssertionError(f"no limit of {controller}")


def test_the_hosts_processes_and_network_are_not_seen(container: Container) -> None:
    for space in ("pid", "net", "mnt", "ipc", "uts"):
        assert os.stat(f"/proc/{container.pid}/ns/{space}").st_ino != os.stat(f"/proc/self/ns/{space}").st_ino
