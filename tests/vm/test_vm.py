"""The host's half of ./run test-vm; the other half needs the machine, and is the command itself."""

from __future__ import annotations

import gzip
import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from tests.borrowed import PROJECT
from tests.vm import debian, initramfs, report
from tests.vm.boots import BOOTS, QUICK, Boot, Step, quick, thorough

STEP = Step("render", ("-c", "pass"), "draws", status=3, says="refused", silent="landlock")


def entries(archive: bytes) -> dict[str, tuple[int, bytes]]:
    """Mode and content by name, of an archive in the format newc."""
    data, at = gzip.decompress(archive), 0
    found: dict[str, tuple[int, bytes]] = {}
    while True:
        assert data[at : at + 6] == b"070701"
        fields = [int(data[at + 6 + 8 * index : at + 14 + 8 * index], 16) for index in range(13)]
        name = data[at + 110 : at + 110 + fields[11] - 1].decode()
        at += -(-(110 + fields[11]) // 4) * 4
        if name == "TRAILER!!!":
            return found
        found[name] = (fields[1], data[at : at + fields[6]])
        at += -(-fields[6] // 4) * 4


def test_an_initramfs_holds_what_was_put_in() -> None:
    files = {"bin": None, "bin/busybox": b"elf", "init": b"#!/bin/sh\n", "odd": b"12345"}
    found = entries(initramfs.pack(files))
    assert {name: content for name, (_, content) in found.items()} == {n: c or b"" for n, c in files.items()}
    assert (found["bin"][0], found["init"][0]) == (0o40755, 0o100755)


def test_the_trailer_is_no_file_and_modules_come_before_the_script(tmp_path: Path) -> None:
    (tmp_path / "busybox").write_bytes(b"elf")
    found = entries(initramfs.start([("00-a.ko", b"a")], tmp_path / "busybox", b"script"))
    assert list(found)[-1] == "init"
    assert found["modules/00-a.ko"][1] == b"a"


def test_modules_come_after_what_they_need(tmp_path: Path) -> None:
    (tmp_path / "fs").mkdir()
    (tmp_path / "fs/nine.ko").write_bytes(b"x\0depends=net-core,virtio\0y")
    (tmp_path / "net-core.ko.xz").write_bytes(lzma.compress(b"\0depends=virtio\0"))
    (tmp_path / "virtio.ko").write_bytes(b"\0depends=\0")
    found = debian.modules(tmp_path, ["nine", "built_in"])
    assert [name for name, _ in found] == ["00-virtio.ko", "01-net_core.ko", "02-nine.ko"]
    assert found[1][1] == b"\0depends=virtio\0"


@pytest.mark.parametrize(
    ("status", "said", "wrong"),
    [
        ("3", "refused: userns", ""),
        ("0", "refused", "status 0, not 3"),
        ("", "", "never ended"),
        ("timeout", "refused", "status timeout"),
        ("3", "drawn", "does not say"),
        ("3", "refused: landlock", "says 'landlock'"),
    ],
)
def test_a_step_is_as_expected_or_says_what_is_not(status: str, said: str, wrong: str) -> None:
    found = STEP.wrong(status, said)
    assert wrong in found
    assert bool(wrong) == bool(found)


def test_what_came_of_a_boot_is_a_page(tmp_path: Path) -> None:
    rows = (
        {"probe": 1, "title": "read", "path": "gpu", "result": "defeated", "stopped_by": ["mountns"], "why": "ENOENT"},
        {"probe": 10, "title": "mknod", "path": "gpu", "result": "blind", "stopped_by": [], "why": "nor the control"},
    )
    steps = (STEP, Step("attack", (), "nothing escapes"), Step("lost", (), "ends"))
    (tmp_path / "render.log").write_text("refused")
    (tmp_path / "render.status").write_text("3 12")
    (tmp_path / "attack.log").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "attack.status").write_text("0 60")
    boot = Boot("one", "One", "a=b", steps, note="Not the other.")
    found = report.results(boot, tmp_path)
    assert [bool(result.wrong) for result in found] == [False, False, True]
    page = report.page([(boot, found)], package="linux", accelerator="tcg", renders=20)
    assert "| render | draws | as expected |" in page
    assert "| attack | nothing escapes | as expected; 1 defeated, 1 blind, 0 escaped |" in page
    assert "| lost | ends | **status none: it never ended, not 0** |" in page
    assert "| 1 | read | defeated: mountns |" in page
    assert "| 10 | mknod | blind: nor the control |" in page
    assert "2 of the attack suite's 51 probes" in page
    assert "\nNot the other.\n" in page


def test_the_plans_name_what_is_there() -> None:
    assert len({boot.name for boot in BOOTS}) == len(BOOTS)
    for boot in BOOTS:
        assert len({step.name for step in boot.steps}) == len(boot.steps)
        files = [word for step in boot.steps for word in step.arguments if word.startswith("tests/")]
        assert [word for word in files if not (PROJECT / word).exists()] == []
    assert {43, 44, 51} <= set(QUICK), "the probes of the cgroups"


def test_thorough_is_every_probe_and_nothing_else() -> None:
    for boot in BOOTS:
        for some, all_ in zip(boot.steps, thorough(boot).steps, strict=True):
            assert "--probe" not in all_.arguments
            assert [word for word in some.arguments if word != "--probe" and not word.isdigit()] == [
                word for word in all_.arguments if not word.isdigit()
            ]


def test_quick_is_all_but_the_attack_suite() -> None:
    left_out = {step.name for boot in BOOTS for step in boot.steps if step not in quick(boot).steps}
    assert left_out == {"attack"}


def test_a_boot_that_does_not_exist_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.vm", "windows"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "no such boot: windows" in done.stderr
