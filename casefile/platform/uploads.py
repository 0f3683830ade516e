"""What becomes of the body of a request: its text in memory and bounded, its files nowhere.

Werkzeug would spool a file part into a plain temporary file before anybody looks at it, and would
forget the whole text when one part is too large. No page takes files yet, so a part is let go as it
streams in; of the text what fits is kept, so that a page can give it back. A request that was cut
is never taken for a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, MultipartDecoder, NeedData

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

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,  # noqa: ARG002 - Werkzeug's signature
        options: dict[str, str] | None = None,
    ) -> Any:
        """The fields of the body and no files; a body that is no form has no fields."""
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
        except RequestEntityTooLarge:
            texts.cut = True
        self.cut = texts.cut
        return texts.fields()

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


class KeepsNoFiles(Request):
    """A request whose file parts never reach a disk, and whose typed text is bounded.

    What is too large is RequestEntityTooLarge, once: after that `form` holds what fitted.
    """

    form_data_parser_class = BoundedParser
    _parser: FormDataParser | None = None

    def make_form_data_parser(self) -> FormDataParser:
        """The parser of this request, kept to be asked whether all was read."""
        self._parser = super().make_form_data_parser()
        return self._parser

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        if isinstance(self._parser, BoundedParser) and self._parser.cut:
            raise RequestEntityTooLarge
