"""Segments: 1,024 fixed-width rows of a register, sealed as one blob, column by column.

The key is derived for (register, part, segment) from the seal key whose id stands in the header;
the version token and the layout of the rows are bound in, so that a segment moved, replayed or
read with other columns does not open. Must never seal fewer rows: a short segment would show how
many there are.
"""

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from casefile.sealing.contexts import context
from casefile.sealing.envelopes import NONCE, SEGMENT, gcm_open
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key, RandomBytes
from casefile.sealing.keyring import KEY_ID, Keyring

ROWS: Final = 1024

_HEADER: Final = len(SEGMENT) + KEY_ID
Rows = NDArray[np.void]
Columns = dict[str, NDArray[Any]]


class _Layout(NamedTuple):
    """Where each column lies in a segment; nothing in it is secret, so it may be kept."""

    columns: tuple[tuple[str, np.dtype[Any], int], ...]
    width: int
    described: bytes


def seal_segment(
    keyring: Keyring,
    rows: Rows,
    *,
    register: str,
    part: str,
    segment: bytes,
    token: bytes,
    random: RandomBytes = os.urandom,
) -> bytes:
    """Seal a whole segment: ``rows`` is a structured array of shape (1024,), else ``ValueError``.

    Header of 5 bytes (kind, seal key id), nonce, AES-256-GCM of the columns one after the other:
    1,024 row widths and 33 bytes.
    """
    if rows.shape != (ROWS,):
        raise ValueError("a segment has exactly 1,024 rows")
    header, nonce = SEGMENT + keyring.writing, random(NONCE)
    key = _segment_key(keyring, keyring.writing, register, part, segment)
    layout = _layout(rows.dtype)
    plain = b"".join([rows[name].tobytes() for name, _, _ in layout.columns])
    where = _place(layout, header, token)
    return header + nonce + AESGCM(key.reveal()).encrypt(nonce, plain, where)


def open_segment(
    keyring: Keyring,
    blob: bytes,
    dtype: np.dtype[np.void],
    *,
    register: str,
    part: str,
    segment: bytes,
    token: bytes,
) -> Rows:
    """The rows as a writable structured array of shape (1024,), to change and seal again."""
    columns = open_columns(
        keyring, blob, dtype, register=register, part=part, segment=segment, token=token
    )
    rows: Rows = np.zeros(ROWS, dtype)
    for name, column in columns.items():
        rows[name] = column
    return rows


def open_columns(
    keyring: Keyring,
    blob: bytes,
    dtype: np.dtype[np.void],
    *,
    register: str,
    part: str,
    segment: bytes,
    token: bytes,
) -> Columns:
    """The columns by name, each a read-only contiguous view of 1,024 values: for scans.

    ``SealBroken`` if the segment was moved, changed, replayed or written with another layout.
    """
    layout = _layout(dtype)
    return _cut(_plain(keyring, blob, layout, (register, part, segment), token), layout)


def open_whole(
    keyring: Keyring,
    sealed: Iterable[tuple[bytes, bytes, bytes]],
    dtype: np.dtype[np.void],
    *,
    register: str,
    part: str,
) -> Columns:
    """Many segments at once, each (id, blob, token): columns of shape (segments, 1,024).

    Read-only, in the order given; ``SealBroken`` as ``open_columns``.
    """
    layout = _layout(dtype)
    plains = [
        _plain(keyring, blob, layout, (register, part, segment), token)
        for segment, blob, token in sealed
    ]
    whole = np.frombuffer(b"".join(plains), "u1").reshape(len(plains), ROWS * layout.width)
    return {
        name: whole[:, offset : offset + ROWS * column.itemsize].view(column)
        for name, column, offset in layout.columns
    }


def _plain(
    keyring: Keyring, blob: bytes, layout: _Layout, where: tuple[str, str, bytes], token: bytes
) -> bytes:
    """The columns one after the other, as they were sealed."""
    header = blob[:_HEADER]
    if header[:1] != SEGMENT:
        raise SealBroken
    key = _segment_key(keyring, header[1:], *where)
    sealed = memoryview(blob)[_HEADER + NONCE :]
    nonce = blob[_HEADER : _HEADER + NONCE]
    plain = gcm_open(key.reveal(), nonce, sealed, _place(layout, header, token))
    if len(plain) != ROWS * layout.width:
        raise SealBroken
    return plain


def free_slots(rows: Rows) -> NDArray[np.intp]:
    """Positions of the rows that are not occupied (field ``used`` is 0), ascending."""
    return np.flatnonzero(rows["used"] == 0)


def _cut(plain: bytes, layout: _Layout) -> Columns:
    return {
        name: np.ndarray(ROWS, column, plain, offset) for name, column, offset in layout.columns
    }


def _segment_key(keyring: Keyring, key_id: bytes, register: str, part: str, segment: bytes) -> Key:
    return keyring.subkey("segment", register, part, segment, key_id=key_id)


def _place(layout: _Layout, header: bytes, token: bytes) -> bytes:
    return context(header, token, layout.described)


@lru_cache(maxsize=64)
def _layout(dtype: np.dtype[np.void]) -> _Layout:
    if dtype.names is None or dtype.hasobject:
        raise ValueError("rows of a segment have named columns of fixed width")
    fields = [(name, dtype[name]) for name in dtype.names]
    widths = [column.itemsize for _, column in fields]
    offsets = [ROWS * sum(widths[:at]) for at in range(len(widths))]
    described = context(*(f"{name}:{column.base.str}{column.shape}" for name, column in fields))
    columns = tuple((*field, offset) for field, offset in zip(fields, offsets, strict=True))
    return _Layout(columns, sum(widths), described)
