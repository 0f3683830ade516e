"""A visitor without a network: calls the whole application as a server does, in this process.

What is timed is the call alone, from the request as the server would hand it over to the last byte
of the answer, templates and commit included. Building the request is never timed.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import EnvironBuilder

from casefile.app import Casefile
from casefile.people.second_factor import code_at
from casefile.people.sessions import COOKIE
from tests.benchmarks.deployment import Deployed, SignIn
from tests.benchmarks.story import ANSWERS, STORY

BASE = "https://localhost"
Environ = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The page, unpacked if it came compressed."""
        packed = ("Content-Encoding", "gzip") in self.headers
        return (gzip.decompress(self.body) if packed else self.body).decode()


class UnexpectedAnswer(Exception):
    """The page was not the one that was to be measured: its figure would mean nothing."""


class Visitor:
    """One browser: an application and, once signed in, a cookie."""

    def __init__(self, app: Casefile, cookie: str = "") -> None:
        self.app = app
        self.cookie = cookie

    def request(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str] | None = None,
        *,
        parts: bool = False,
    ) -> Environ:
        """A request ready to be answered; `parts` sends fields as multipart, as the form does."""
        headers = {"Accept-Encoding": "gzip", "Accept-Language": "en"}
        if self.cookie:
            headers["Cookie"] = f"{COOKIE}={self.cookie}"
        builder = EnvironBuilder(
            self.app,
            path,
            base_url=BASE,
            method=method,
            data=dict(fields) if fields is not None else None,
            content_type="multipart/form-data" if parts else None,
            headers=headers,
        )
        return builder.get_environ()

    def answer(self, environ: Environ) -> Answer:
        """Call the application."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _exc: object = None) -> Any:
            begun.append((status, headers))
            return lambda _: None

        pieces = self.app(environ, start)
        try:
            body = b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        status, headers = begun[-1]
        return Answer(int(status[:3]), headers, body)

    def get(self, path: str, expected: int = 200) -> Answer:
        """Open a page; UnexpectedAnswer if its status is another."""
        return _checked(self.answer(self.request("GET", path)), expected)

    def post(self, path: str, fields: Mapping[str, str], expected: int = 200) -> Answer:
        """Send a form; UnexpectedAnswer if the status is another."""
        return _checked(self.answer(self.request("POST", path, fields)), expected)

    def report(self, once: bytes, seen: str = "") -> Environ:
        """A filled-in reporting form, ready to be sent."""
        fields = {"once": once.hex(), "seen": seen, "what": STORY, **ANSWERS}
        return self.request("POST", "/en/report", fields, parts=True)


def expect(visitor: Visitor, environ: Environ, sign: bytes) -> Answer:
    """Answer one request; UnexpectedAnswer unless the page is 200 and holds `sign`."""
    answer = visitor.answer(environ)
    if answer.status != 200 or sign not in answer.body:
        raise UnexpectedAnswer(f"{answer.status} without {sign!r}: {answer.text[:300]!r}")
    return answer


def send_report(visitor: Visitor, once: bytes) -> str:
    """Send a report and return its number, 21 digits."""
    page = _checked(visitor.answer(visitor.report(once)), 200).text
    return found_in(page, r'name="number" value="(\d{21})"')


def sign_in(deployed: Deployed, first_name: str) -> Visitor:
    """A visitor in whose browser this person has signed in, both steps, a minute later."""
    deployed.clock.pass_by(minutes=1)
    visitor, person = Visitor(deployed.app), deployed.people[first_name]
    both_steps(visitor, person, code_at(person.totp_secret, deployed.clock()))
    return visitor


def both_steps(visitor: Visitor, person: SignIn, code: str) -> None:
    """Sign in over the two pages; the visitor keeps the cookie."""
    page = visitor.post("/sign-in", {"email": person.email, "passphrase": person.passphrase}).text
    second = {"ticket": found_in(page, r'name="ticket"[^>]*value="([^"]+)"'), "code": code}
    entered = visitor.post("/sign-in/second", second, expected=303)
    cookie = "".join(value for name, value in entered.headers if name == "Set-Cookie")
    visitor.cookie = found_in(cookie, rf"{COOKIE}=([^;]+)")


def found_in(page: str, pattern: str) -> str:
    """The first group of the pattern; UnexpectedAnswer if the page has none."""
    found = re.search(pattern, page)
    if found is None:
        raise UnexpectedAnswer(f"no {pattern} in {page[:300]!r}")
    return found.group(1)


def _checked(answer: Answer, expected: int) -> Answer:
    if answer.status != expected:
        raise UnexpectedAnswer(f"{answer.status} instead of {expected}: {answer.text[:300]!r}")
    return answer
