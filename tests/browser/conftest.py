"""A real Chromium, and the demonstration served by real processes, made once for all tests here."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from casefile.app import create_app
from casefile.settings import read_settings
from tests.servers.books import Opened, open_number
from tests.servers.running import Installation
from tests.servers.visiting import Visitor
from tests.world import Clock, World

T = TypeVar("T")

FOUND_AS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 15_000
HALF_MINUTE = 30


@dataclass
class Demo:
    """The demonstration as it is served: where, over what, and how each person signs in."""

    installation: Installation
    port: int
    people: dict[str, dict[str, str]]
    world: World
    visited: set[tuple[str, str]] = field(default_factory=set)
    _spent: dict[str, int] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def opened(self, number: str) -> Opened:
        """What a number opens, down to the words."""
        return aside(lambda: open_number(self.world, number))

    def visitor(self) -> Visitor:
        """Somebody without a browser, for pages that are only fetched."""
        return Visitor(self.port, visited=self.visited)

    def code(self, first_name: str) -> str:
        """The next six digits of this person's authenticator: each opens once."""
        authenticator = pyotp.TOTP(self.people[first_name]["totp_secret"])
        now = int(time.time()) // HALF_MINUTE
        step = max(now, self._spent.get(first_name, now - 1) + 1)
        while step > int(time.time()) // HALF_MINUTE + 1:
            time.sleep(0.5)
        self._spent[first_name] = step
        return authenticator.generate_otp(step)

    def sign_in(self, page: Page, first_name: str) -> None:
        """Sign in on the real pages, both steps."""
        page.goto(f"{self.base}/sign-in")
        page.fill("[name=email]", self.people[first_name]["email"])
        page.fill("[name=passphrase]", self.people[first_name]["passphrase"])
        page.click("main button")
        page.fill("[name=code]", self.code(first_name))
        page.click("main button")
        page.wait_for_selector("header.top")

    def signed_in(self, first_name: str) -> Visitor:
        """The same without a browser."""
        visitor, person = self.visitor(), self.people[first_name]
        given = [(name, person[name]) for name in ("email", "passphrase")]
        second = visitor.post_plainly("/sign-in", given)
        given = [("ticket", second.fields["ticket"]), ("code", self.code(first_name))]
        assert visitor.post_plainly("/sign-in/second", given).status == 303
        return visitor


class Elsewhere(BaseHTTPRequestHandler):
    """A page of somebody else's."""

    def do_GET(self) -> None:
        """Answer with one word, whatever is asked."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"elsewhere")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def another_site() -> Iterator[str]:
    """The address of a site that is not ours, where leaving leads."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as site:
        answering = Thread(target=site.serve_forever)
        answering.start()
        yield f"http://127.0.0.1:{site.server_port}/"
        site.shutdown()
        answering.join()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, another_site: str) -> Iterator[Demo]:
    """The demonstration, filled by its own command and served by gunicorn with its worker."""
    at = Installation(tmp_path_factory.mktemp("demo") / "instance")
    with demonstration(at, leave_to=another_site, cases=24) as served:
        yield served


@contextmanager
def demonstration(at: Installation, *, leave_to: str, cases: int) -> Iterator[Demo]:
    """A demonstration in an empty folder, filled and served until the end of the block."""
    at.folder.mkdir(mode=0o700)
    at.settle(f'[safety]\nleave_to = "{leave_to}"\n')
    for words in (("init", "--yes"), ("demo", "--yes", "--cases", str(cases))):
        done = at.command(*words, within_s=300)
        assert done.returncode == 0, done.stderr
    told = json.loads((at.folder / "demo.json").read_text("utf-8"))["people"]
    people = {person["name"].split()[0]: person for person in told}
    with at.serving(workers=2) as server, at.running("worker"):
        yield Demo(at, server.port, people, aside(lambda: looked_into(at)))


def aside(verb: Callable[[], T]) -> T:
    """Do something in a thread of its own: Playwright keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(verb).result()


def looked_into(at: Installation) -> World:
    """The same database seen from inside, for what no page shows."""
    settings = read_settings(at.environ())
    return World(create_app(settings), Clock(), {}, settings)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium for a module's tests: the one that is installed, else Playwright's own.

    It ends with the module, because no other test may meet Playwright's event loop.
    """
    with launched() as browser:
        if browser is None:
            pytest.skip("no Chromium is installed")
        yield browser


@contextmanager
def launched() -> Iterator[Browser | None]:
    """A running Chromium, or None where there is none."""
    named = os.environ.get("CASEFILE_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, FOUND_AS)), None)
    with sync_playwright() as playwright:
        path = found or playwright.chromium.executable_path
        if not Path(path).exists():
            yield None
            return
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def window(
    chromium: Browser, width: int = 1280, height: int = 800, *, script: bool = False, **more: Any
) -> Iterator[BrowserContext]:
    """A browser of its own: no cookie, no history, and no script unless a test measures."""
    size: Any = {"width": width, "height": height}
    context = chromium.new_context(viewport=size, java_script_enabled=script, **more)
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context
    finally:
        context.close()
