"""The body of a form: its text in memory and bounded, its files handed on as they stream in.

Werkzeug would forget the whole text when one part is too large. Of the text what fits is kept, so
that a page can give it back. A request that was cut is never taken for a whole one. No file is
kept here: each is written to the stream the request gives for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import parse_qsl

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

CHUNK = 64 * 1024
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
HALF_SIGN = re.compile(rb"%[0-9A-Fa-f]?\Z")
TEXTS = 2
"""How many of the longest texts a request may have in all, for the memory they take."""


@dataclass
class Texts:
    """The text fields of a request as they stream in; `longest` bytes each, twice that in all."""

    longest: int
    cut: bool = False
    read: list[tuple[str, bytearray]] = field(default_factory=list)
    _room: int = 0
    _left: int = field(init=False)

    def __post_init__(self) -> None:
        self._left = TEXTS * self.longest

    def take(self, event: Event) -> None:
        """Take one event of the body: a field begins, a file begins, or bytes of either."""
        if isinstance(event, Data):
            self._add(event.data)
        elif isinstance(event, Field):
            self.read.append((event.name, bytearray()))
            self._room = min(self.longest, self._left)
        else:
            self._room = -1

    def fields(self) -> list[tuple[str, str]]:
        """Every field and its text; of one that was cut no half sign remains."""
        wrong = "ignore" if self.cut else "replace"
        return [(name, text.decode("utf-8", wrong)) for name, text in self.read]

    def _add(self, data: bytes) -> None:
        if self._room < 0:
            return
        fits = data[: self._room]
        self.cut = self.cut or len(fits) < len(data)
        self.read[-1][1].extend(fits)
        self._room -= len(fits)
        self._left -= len(fits)


class BoundedParser(FormDataParser):
    """Reads a body to its end and keeps the text that fits; `cut` says if not all did.

    In parts each text has the bound; the other encoding has it for its whole body.
    """

    cut = False
    _file: IO[bytes] | None = None

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,  # noqa: ARG002 - Werkzeug's signature
        options: dict[str, str] | None = None,
    ) -> Any:
        """The fields of the body; a body that is no form has none. Files are no part of this."""
        fields: list[tuple[str, str]] = []
        try:
            if mimetype == "multipart/form-data":
                fields = self._parts(stream, (options or {}).get("boundary", ""))
            elif mimetype == "application/x-www-form-urlencoded":
                fields = self._pairs(stream)
        except ValueError:
            fields = []
        if mimetype in FORMS:
            _read_to_the_end(stream)
        return stream, self.cls(fields), self.cls()

    def _parts(self, stream: IO[bytes], boundary: str) -> list[tuple[str, str]]:
        texts = Texts(self.max_form_memory_size or 0)
        try:
            for event in self._events(stream, boundary):
                texts.take(event)
                self._hand_on(event)
        except RequestEntityTooLarge:
            texts.cut = True
        self.cut = texts.cut
        return texts.fields()

    def _hand_on(self, event: Event) -> None:
        """Write the bytes of a file to the stream the request gave for it."""
        if isinstance(event, File):
            declared = event.headers.get("content-type")
            self._file = self.stream_factory(
                total_content_length=None,
                content_type=declared,
                filename=event.filename,
                content_length=None,
            )
        elif isinstance(event, Field):
            self._file = None
        elif isinstance(event, Data) and self._file is not None:
            self._file.write(event.data)

    def _pairs(self, stream: IO[bytes]) -> list[tuple[str, str]]:
        """Of a body that was cut no half sign remains."""
        longest, body = self.max_form_memory_size or 0, bytearray()
        while len(body) <= longest and (chunk := stream.read(CHUNK)):
            body.extend(chunk)
        self.cut = len(body) > longest
        fits = HALF_SIGN.sub(b"", bytes(body[:longest])) if self.cut else bytes(body)
        wrong = "ignore" if self.cut else "werkzeug.url_quote"
        return parse_qsl(fits.decode("utf-8", wrong), keep_blank_values=True, errors=wrong)

    def _events(self, stream: IO[bytes], boundary: str) -> Iterator[Event]:
        """What the body holds, in its order; ValueError if it is damaged."""
        if not boundary:
            raise ValueError("a multipart body without its boundary")
        decoder = MultipartDecoder(
            boundary.encode("ascii"), self.max_form_memory_size, max_parts=self.max_form_parts
        )
        more = True
        while more:
            chunk = stream.read(CHUNK)
            more = bool(chunk)
            decoder.receive_data(chunk or None)
            while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
                yield event


def _read_to_the_end(stream: IO[bytes]) -> None:
    """A browser shows no answer before all it had to send was taken."""
    while stream.read(CHUNK):
        pass
