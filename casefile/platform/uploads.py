"""What becomes of file parts of a request: nothing that lies on a disk, ever.

Werkzeug would spool a part over 500 kB into a plain temporary file before anybody looks at it. No
page takes files yet, so a part is let go as it streams in and the text beside it is kept.
"""

from __future__ import annotations

import io

from flask import Request


class LetGo(io.RawIOBase):
    """A stream that takes everything and keeps nothing."""

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def seekable(self) -> bool:
        """The parser goes back to the start when a part ends."""
        return True

    def write(self, part: object) -> int:
        """Take some bytes and forget them."""
        return len(memoryview(part))  # type: ignore[arg-type]

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """There is nothing to go to."""
        return 0


class KeepsNoFiles(Request):
    """A request whose file parts never reach a disk, and whose typed text is bounded.

    Werkzeug bounds the text of a multipart body alone; the other encoding is read whole, so its
    whole body gets the same bound.
    """

    @property  # type: ignore[misc]
    def max_content_length(self) -> int | None:  # type: ignore[override]
        """Bytes the whole body may have."""
        if self.mimetype == "application/x-www-form-urlencoded":
            return self.max_form_memory_size
        return super().max_content_length

    def _get_file_stream(self, *_about: object, **_more: object) -> LetGo:  # type: ignore[override]
        return LetGo()
