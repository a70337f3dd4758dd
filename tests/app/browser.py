"""A real Chromium, headless, and what it said and asked for while a page was open."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ANSWER_S = 60.0
# Root has no sandbox of Chromium's own; and it asks nobody outside for anything.
_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
# What a status of 4xx or 5xx, or a request that a test broke off, leaves in the console is none of the page's doing.
_EXPECTED = "Failed to load resource: "
# The browser's own viewer of PDFs is made of these, which come with it.
_VIEWER = ("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/", "chrome://resources/")
_COUNT_VIOLATIONS = (
    "globalThis.violations = []; document.addEventListener('securitypolicyviolation',"
    " (event) => violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"
)


@dataclass
class Visit:
    """A page, and all it did besides what the test looks at."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)
        self.page.add_init_script(_COUNT_VIOLATIONS)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_EXPECTED):
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((self.origin, f"blob:{self.origin}", *_VIEWER)):
            self.strangers.append(request.url)

    def renders(self) -> list[Request]:
        return [request for request in self.requests if "/v1/render?" in request.url]

    def check(self) -> None:
        """No error, no violation of the policy, and nothing asked of anybody else."""
        assert self.faults == []
        assert self.page.evaluate("violations") == []
        assert self.strangers == []


@functools.cache
def find(path: str = os.environ.get("PATH", os.defpath)) -> tuple[str | None, str]:
    """A browser that answers, and why there is none otherwise. Ubuntu's chromium-browser is a script that asks for a
    snap to be installed, and a snap needs a service that not every machine runs."""
    missing = []
    for name in _NAMES:
        program = shutil.which(name, path=path)
        silent = f"{name} is not installed" if program is None else _silent(program)
        if not silent:
            return program, ""
        missing.append(silent)
    return None, f"no Chromium on this machine: {'; '.join(missing)}"


def _silent(program: str) -> str:
    """Why it does not say its version; empty where it does."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_ANSWER_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if said.returncode == 0 and said.stdout.startswith(("Chromium ", "Google Chrome ")):
        return ""
    return f"{program} --version ends with {said.returncode}: {' '.join((said.stderr or said.stdout).split())}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips the test where there is none."""
    program, missing = find()
    if program is None:
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, origin: str, **settings: Any) -> Iterator[Visit]:
    """``settings``: of the browser's context; the page is checked when it is left."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | settings))
    # A machine that runs other tests at the same time may take its time; no test waits that does not have to.
    context.set_default_timeout(60_000)
    it = Visit(context.new_page(), origin)
    it.listen()
    try:
        it.page.goto(origin)
        yield it
        it.check()
    finally:
        context.close()
