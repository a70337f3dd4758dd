"""What a fresh system is told of this machine's settings, and what is kept from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fresh import settings

LOGIN = {"HOME", "LANG", "LOGNAME", "PATH", "SHELL", "USER"}


@pytest.mark.parametrize(
    "name",
    [
        *("HTTPS_PROXY", "https_proxy", "http_proxy", "ALL_PROXY", "no_proxy"),
        *("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_HTTP_TIMEOUT", "SSL_CERT_FILE"),
        *("PIP_INDEX_URL", "PIP_CERT", "PIP_PROXY", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES"),
    ],
)
def test_how_registries_are_reached_is_handed_on(name: str) -> None:
    assert settings.environment({name: "as it is"})[name] == "as it is"


@pytest.mark.parametrize(
    "name",
    [
        *("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_CONSTRAINT", "PIP_NO_INDEX", "PIP_TARGET"),
        *("UV_FIND_LINKS", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_NO_INDEX", "UV_CONSTRAINT"),
        *(
            "PYTHON",
            "PYTHONPATH",
            "VIRTUAL_ENV",
            "XDG_CACHE_HOME",
            "RENDERSERVER_PORT",
            "CI",
            "MY_HTTP_PROXY",
            "A_TOKEN",
        ),
    ],
)
def test_what_would_change_what_is_installed_is_not(name: str) -> None:
    assert set(settings.environment({name: "x"})) == LOGIN


def test_the_environment_is_a_fresh_logins() -> None:
    found = settings.environment(
        {"HOME": "/home/me", "PATH": "/opt/mine", "USER": "me", "LANG": "de_DE", "SHELL": "fish"}
    )
    assert found["HOME"] == "/root"
    assert found["USER"] == found["LOGNAME"] == "root"
    assert "/opt/mine" not in found["PATH"]
    assert found["LANG"] == "C.UTF-8"


def test_pips_files_are_handed_on_as_its_variables() -> None:
    lines = [
        "install.index-url='https://install.invalid/simple'",
        "global.index-url='https://global.invalid/simple'",
        "global.trusted-host='\\none.invalid\\ntwo.invalid'",
        "global.timeout='7'",
        "global.find-links='/wheels'",
        "global.extra-index-url='https://extra.invalid'",
        "install.constraint='/constraints'",
        ":env:.proxy='http://env.invalid'",
    ]
    found = settings.environment({}, lines)
    assert {name: value for name, value in found.items() if name not in LOGIN} == {
        "PIP_INDEX_URL": "https://install.invalid/simple",
        "PIP_TIMEOUT": "7",
        "PIP_TRUSTED_HOST": "one.invalid two.invalid",
    }


def test_the_environment_wins_over_pips_files() -> None:
    found = settings.environment({"PIP_TIMEOUT": "9"}, ["global.timeout='7'"])
    assert found["PIP_TIMEOUT"] == "9"


def test_trusted_certificates_go_along_under_names_of_their_own(tmp_path: Path) -> None:
    here, root = tmp_path / "here.pem", tmp_path / "root"
    here.write_text("trusted")
    found = settings.lay_certificates(root, {"SSL_CERT_FILE": str(here), "PIP_CERT": str(tmp_path / "gone"), "A": "b"})
    place = found.pop("SSL_CERT_FILE")
    assert found == {"A": "b"}
    assert (root / place.lstrip("/")).read_text() == "trusted"
    assert str(tmp_path) not in place


def test_a_system_knows_its_name_and_this_machines_resolver(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").symlink_to("/run/nowhere/resolv.conf")
    settings.lay_network(tmp_path, "fresh")
    assert (tmp_path / "etc/hostname").read_text() == "fresh\n"
    assert "127.0.0.1 localhost fresh\n" in (tmp_path / "etc/hosts").read_text()
    assert not (tmp_path / "etc/resolv.conf").is_symlink()
    assert (tmp_path / "etc/resolv.conf").read_bytes() == Path("/etc/resolv.conf").read_bytes()
