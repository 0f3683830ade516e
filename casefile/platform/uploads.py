"""What becomes of the file parts of a request: nothing that lies on a disk, ever.

Werkzeug would spool a part over 500 kB into a plain temporary file before anybody looks at it.
Here a part is sealed as it streams in, or held in memory if it has to be cleaned first. What is too
large, too many or on a page that takes no files is let go, and the text beside it is kept.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from flask import Request, current_app
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from casefile.platform.deployment import current_deployment
from casefile.platform.form_bodies import BoundedParser
from casefile.platform.room import Room
from casefile.sealing.contexts import context
from casefile.sealing.hidden import Key, RandomBytes, new_key
from casefile.sealing.streams import PREFIX, SealingStream

MOST_FILES: Final = 5
LARGEST_FILE: Final = 10 * 1024 * 1024
"""Bytes of one file, as the page says it: 10 MB."""
FIRST: Final = 4096
"""Bytes from the beginning that decide whether a file is cleaned in memory or sealed at once."""
CHUNKS: Final = 4
"""Sealed chunks in one piece: 256 KB."""
TAKES: Final = "casefile_takes_files"

View = TypeVar("View", bound=Callable[..., Any])
ToBeCleaned = Callable[[bytes], bool]


class Refusal(StrEnum):
    """Why a file was not taken, each with its sentence on the pages."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NO_ROOM = "no_room"
    DANGEROUS = "dangerous"
    NOT_ASKED = "not_asked"
    """The page asks for no file: it is let go without a word."""


def takes_files(view: View) -> View:
    """Declare that a page takes files; on every other page they are let go."""
    setattr(view, TAKES, True)
    return view


@dataclass
class SealedStream:
    """A file sealed under a key of its own: the key, the id in its context, its sealed pieces.

    `length` is the true one; the plaintext inside is filled up to a bucket.
    """

    id: bytes
    key: Key = field(repr=False)
    pieces: list[bytes] = field(default_factory=list, repr=False)
    length: int = 0


class Sealer:
    """Seals what is written to it, piece by piece, under a new key."""

    def __init__(self, random: RandomBytes) -> None:
        self._made = SealedStream(random(16), new_key(random))
        self._waiting: list[bytes] = []
        self._stream = SealingStream(
            self._take, self._made.key, random(PREFIX), file_place(self._made.id)
        )
        self.write = self._stream.write

    def finish(self) -> SealedStream:
        """Fill up to the bucket, seal the last piece, and hand over what was made."""
        self._made.length = self._stream.fill_up()
        self._stream.close()
        self._end_piece()
        return self._made

    def _end_piece(self) -> None:
        """Hand over the chunks that wait as one piece."""
        self._made.pieces.append(b"".join(self._waiting))
        self._waiting.clear()

    def _take(self, chunk: bytes) -> None:
        """Four chunks make a piece; the stream's few bytes of header lie with the first."""
        if len(self._waiting) == CHUNKS + (not self._made.pieces):
            self._end_piece()
        self._waiting.append(chunk)


def file_place(identity: bytes) -> bytes:
    """The context a file's stream is sealed in."""
    return context("file", identity)


class ArrivingFile(io.RawIOBase):
    """One file part while it comes in, and afterwards. It never raises: a refusal is a state."""

    def __init__(
        self, name: str, declared: str, to_be_cleaned: ToBeCleaned, random: RandomBytes, room: Room
    ) -> None:
        super().__init__()
        self.name = name
        self.declared = declared
        self.size = 0
        self.refusal: Refusal | None = None
        self.beginning = b""
        self._plain: bytearray | None = bytearray()
        self._sealer: Sealer | None = None
        self._digest = hashlib.sha256()
        self._to_be_cleaned, self._random, self._room = to_be_cleaned, random, room
        self._held = 0

    @property
    def was_chosen(self) -> bool:
        """Whether somebody chose a file: browsers send an empty part for a field left alone."""
        return bool(self.name or self.size)

    def refuse(self, why: Refusal) -> None:
        """Refuse the file and forget what came of it."""
        self.refusal = self.refusal or why
        self._plain, self._sealer = None, None
        self._give_back()

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, part: Any) -> int:
        """Take some bytes."""
        length = len(part)
        self.size += length
        if self.refusal is None and self._may_hold(length):
            self._keep(part)
        return length

    def take(self) -> tuple[bytes | bytearray | None, SealedStream | None]:
        """The whole file in the plain if it has to be cleaned first, or else sealed; once."""
        plain, sealer = self._plain, self._sealer
        self._plain, self._sealer = None, None
        return plain, sealer.finish() if sealer else None

    def digest(self) -> bytes:
        """SHA-256 of what came."""
        return self._digest.digest()

    def close(self) -> None:
        """Forget the file and give its room back; the request is over."""
        self._plain, self._sealer = None, None
        self._give_back()
        super().close()

    def _may_hold(self, length: int) -> bool:
        if self.size > LARGEST_FILE:
            self.refuse(Refusal.TOO_LARGE)
        elif not self._room.take(length):
            self.refuse(Refusal.NO_ROOM)
        else:
            self._held += length
        return self.refusal is None

    def _keep(self, part: Any) -> None:
        self._digest.update(part)
        if len(self.beginning) < FIRST:
            self.beginning += bytes(part[: FIRST - len(self.beginning)])
        if self._sealer is not None:
            self._sealer.write(part)
            return
        assert self._plain is not None
        self._plain += part
        if len(self._plain) >= FIRST and not self._to_be_cleaned(self.beginning):
            self._sealer = Sealer(self._random)
            self._sealer.write(self._plain)
            self._plain = None

    def _give_back(self) -> None:
        self._room.give_back(self._held)
        self._held = 0


class SealingRequest(Request):
    """A request whose file parts never reach a disk, and whose typed text is bounded.

    What is too large is RequestEntityTooLarge, once: after that `form` holds what fitted.
    """

    form_data_parser_class = BoundedParser
    _parser: FormDataParser | None = None

    to_be_cleaned: ToBeCleaned = staticmethod(lambda _beginning: False)
    """Says by its first bytes whether a file is held in memory to be cleaned; set by `app`."""

    @property
    def arrived(self) -> list[ArrivingFile]:
        """The files that were chosen, in order, those refused among them."""
        self._load_form_data()
        return [each for each in self._coming() if each.was_chosen]

    def make_form_data_parser(self) -> FormDataParser:
        """The parser of this request, kept to be asked whether all was read."""
        self._parser = super().make_form_data_parser()
        return self._parser

    def close(self) -> None:
        """Forget every file, also those of a body that was never read to its end."""
        for each in self._coming():
            each.close()
        super().close()

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        if isinstance(self._parser, BoundedParser) and self._parser.cut:
            raise RequestEntityTooLarge

    def _get_file_stream(  # type: ignore[override]
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,  # noqa: ARG002
    ) -> io.RawIOBase:
        deployment, coming = current_deployment(), self._coming()
        file = ArrivingFile(
            filename or "",
            content_type or "",
            type(self).to_be_cleaned,
            deployment.random,
            deployment.room,
        )
        view = current_app.view_functions.get(self.endpoint or "")
        if not getattr(view, TAKES, False):
            file.refuse(Refusal.NOT_ASKED)
            return file
        if len([each for each in coming if each.was_chosen]) >= MOST_FILES:
            file.refuse(Refusal.TOO_MANY)
        coming.append(file)
        return file

    def _coming(self) -> list[ArrivingFile]:
        found: list[ArrivingFile] = self.__dict__.setdefault("_arriving_files", [])
        return found
