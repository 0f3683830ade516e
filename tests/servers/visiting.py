"""A visitor without script or cookies of its own making: real sockets, pages read as they come."""

from __future__ import annotations

import http.client
import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

PATIENCE_S = 60
Fields = Iterable[tuple[str, str | bytes]]
MARKS = re.compile(r'(?<=left=)[\w%=.-]{32,}|(?<=value=")[\w=.-]{32,}')
"""What the leaving button and hidden fields carry: random bytes, spelled."""
TO_ASCII = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


class Page(HTMLParser):
    """An answer: its status, its headers, and what of the page a person would use."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__()
        self.status, self.headers, self.text = status, headers, body.decode("utf-8")
        self.fields: dict[str, str] = {}
        self.ticked: list[tuple[str, str]] = []
        self.alert = ""
        self.title = ""
        self.number = ""
        self._inside: list[str] = []
        self._area: str | None = None
        self.feed(self.text)
        self.number = "".join(filter(str.isdecimal, self.number)).translate(TO_ASCII)

    @property
    def unmarked(self) -> str:
        """The page without the random marks that every page has of its own."""
        return MARKS.sub("", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        name = has.get("name", "")
        if tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "input" and has.get("type") in ("radio", "checkbox"):
            self.ticked += [(name, has.get("value", ""))] if "checked" in has else []
        elif tag == "input":
            self.fields[name] = has.get("value", "")
        if tag in ("p", "div", "title"):
            alerting = has.get("role") == "alert" or (tag == "p" and "alert" in self._inside)
            mark = "number" if has.get("class") == "number" else tag
            self._inside.append("alert" if alerting else mark)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag in ("p", "div", "title") and self._inside:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            first = not self.fields[self._area]
            self.fields[self._area] += data.removeprefix("\n") if first else data
            return
        for kind in ("alert", "title", "number"):
            if kind in self._inside:
                setattr(self, kind, getattr(self, kind) + data)


@dataclass
class Visitor:
    """A browser: it remembers what a server asks it to remember, which must be nothing."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    patience_s: float = PATIENCE_S
    speaks: str = "en"
    visited: set[tuple[str, str]] = field(default_factory=set)
    source: str = ""
    """The address it calls from: on this machine any that begins with 127."""

    def get(self, path: str) -> Page:
        return self._ask("GET", path, None, {})

    def fetch(self, path: str) -> bytes:
        """What stands at an address that is no page: a picture."""
        status, _, body = self._answer("GET", path, None, {})
        assert status == 200, path
        return body

    def post(self, path: str, fields: Fields, *files: tuple[str, bytes]) -> Page:
        """Send fields and files (name, content) as the form does: in parts, each as its bytes."""
        body, kind = in_parts(fields, *files)
        return self._ask("POST", path, body, {"Content-Type": kind})

    def post_plainly(self, path: str, fields: Fields) -> Page:
        """Send fields as a form without files does."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(list(fields)).encode(), kind)

    def post_and_vanish(self, path: str, fields: Fields) -> None:
        """Send everything and be gone before any answer."""
        body, kind = in_parts(fields)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as line:
            line.sendall(head.encode() + body)

    def _ask(self, method: str, path: str, body: bytes | None, more: Mapping[str, str]) -> Page:
        return Page(*self._answer(method, path, body, more))

    def _answer(
        self, method: str, path: str, body: bytes | None, more: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        self.visited.add((method, path))
        line = http.client.HTTPConnection(
            "127.0.0.1",
            self.port,
            timeout=self.patience_s,
            source_address=(self.source, 0) if self.source else None,
        )
        remembered = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept-Language": self.speaks} | dict(more)
        if remembered:
            headers["Cookie"] = remembered
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            self._remember(answer)
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            line.close()

    def _remember(self, answer: http.client.HTTPResponse) -> None:
        for told in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = told.partition(";")[0].partition("=")
            self.cookies[name] = value

    def report(
        self, text: str | bytes, *more: tuple[str, str | bytes], language: str = "en"
    ) -> Page:
        """Open the form, write on it, and send it."""
        form = self.get(f"/{language}/")
        assert form.status == 200, form.text[:500]
        return self.post(f"/{language}/report", [*own(form), ("what", text), *more])

    def mailbox(self, number: str, language: str = "en") -> Page:
        """Type a number."""
        return self.post(f"/{language}/answer", [("number", number)])


def own(form: Page) -> list[tuple[str, str]]:
    """What the form itself sends along: the page's token and when it was first seen."""
    return [(name, form.fields[name]) for name in ("once", "seen")]


def fresh() -> list[tuple[str, str]]:
    """The token of a page that was opened some time ago, without opening it here."""
    return [("once", secrets.token_hex(32)), ("seen", "")]


def in_parts(fields: Fields, *files: tuple[str, bytes]) -> tuple[bytes, str]:
    """The body of a multipart post of fields and files, and its content type."""
    mark = secrets.token_hex(16)
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        % (mark.encode(), name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in fields
    ]
    parts += [
        b'--%b\r\nContent-Disposition: form-data; name="files"; filename="%b"\r\n\r\n%b\r\n'
        % (mark.encode(), name.encode(), data)
        for name, data in files
    ]
    return b"".join(parts) + b"--%b--\r\n" % mark.encode(), f"multipart/form-data; boundary={mark}"


def address_in(printed: str) -> str:
    """The path of the invitation in what a command printed."""
    found = re.search(r"https?://[^/\s]+(/join/[\w-]+)", printed)
    assert found is not None, printed
    return found[1]
