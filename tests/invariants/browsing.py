"""A browser for the invariants: it opens addresses, fills the forms it is shown, and remembers
every answer it was given, so that tests can look at all of them afterwards."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.invariants.pages import Element, form_to, read_page
from tests.invariants.parts import Fields, in_parts

BASE = "https://localhost"


@dataclass(frozen=True)
class Answer:
    """One answer: what was asked, and what came."""

    asked: str
    response: TestResponse = field(repr=False)

    @property
    def status(self) -> int:
        return self.response.status_code

    @cached_property
    def body(self) -> str:
        """What came, unpacked."""
        came = self.response.get_data()
        packed = self.response.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(came) if packed else came).decode()

    @property
    def is_page(self) -> bool:
        """Whether people read it; of a redirect they read the page it leads to."""
        return self.response.mimetype == "text/html" and not 300 <= self.status < 400

    @cached_property
    def page(self) -> Element:
        """The page, read."""
        return read_page(self.body)


@dataclass
class Browser:
    """One browser. What it was answered is appended to `seen`, which several may share."""

    client: FlaskClient
    seen: list[Answer] = field(default_factory=list)

    def opens(self, address: str, status: int | None = 200, **headers: str) -> Answer:
        """Open an address."""
        asked = {"Accept-Encoding": "gzip"}
        asked |= {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.get(address, base_url=BASE, headers=asked)
        return self._told(f"GET {address}", response, status)

    def posts(self, address: str, status: int | None = 200, **typed: str) -> Answer:
        """Post these fields."""
        return self.sends(address, dict(typed), status)

    def sends(
        self,
        address: str,
        fields: Fields,
        status: int | None = 200,
        *,
        parts: bool = False,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> Answer:
        """Post fields of which one may have several values, in parts as forms with files are."""
        kind = "application/x-www-form-urlencoded"
        whole = parts or files
        body, kind = in_parts(fields, *files) if whole else (urlencode(fields, True).encode(), kind)
        packed = {"Accept-Encoding": "gzip"}
        response = self.client.post(
            address, data=body, base_url=BASE, content_type=kind, headers=packed
        )
        return self._told(f"POST {address}", response, status)

    def presses(
        self,
        page: Answer,
        to: str,
        status: int | None = 303,
        /,
        *,
        files: Sequence[tuple[str, bytes]] = (),
        **typed: str,
    ) -> Answer:
        """Fill the form of a page that goes to an address with this end, and send it."""
        form = form_to(page.page, to)
        return self.sends(
            form.address, form.fields | typed, status, parts=form.in_parts, files=files
        )

    def _told(self, asked: str, response: TestResponse, status: int | None) -> Answer:
        answer = Answer(asked, response)
        self.seen.append(answer)
        assert status is None or answer.status == status, (asked, answer.status, answer.body[:900])
        return answer
