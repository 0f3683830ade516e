"""Padding: a plaintext's length is hidden in a bucket before it is sealed (rule 9 of sealing).

Buckets are exact and double: ``smallest``, twice that, and so on; files go to a finer ladder of
5 per cent. Must never depend on anything but the length, and never be applied after encryption.
"""

from typing import Final

from casefile.sealing.errors import SealBroken

REPORTER_BUCKET: Final = 4096
"""Smallest bucket, in bytes, for anything a reporter sent."""
RECORD_BUCKET: Final = 1024
"""Smallest bucket, in bytes, for what members write."""
SMALLEST_FILE: Final = 4096

_LENGTH: Final = 4


def pad(data: bytes, smallest: int) -> bytes:
    """Length in 4 bytes, data, zeros: together exactly ``smallest * 2**k`` bytes."""
    size = _bucket(_LENGTH + len(data), smallest)
    return (len(data).to_bytes(_LENGTH, "big") + data).ljust(size, b"\0")


def unpad(data: bytes) -> bytes:
    """What ``pad`` was given; anything ``pad`` could not have made is ``SealBroken``."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    if len(data) < _LENGTH or end > len(data) or data[end:] != bytes(len(data) - end):
        raise SealBroken
    return data[_LENGTH:end]


def padded_file_size(length: int) -> int:
    """The size in bytes a file of ``length`` bytes is filled up to: at most 5 per cent more.

    Files under 4,096 bytes go to 4,096. The ladder is fixed, so that the size names a rung and
    not the file.
    """
    size = SMALLEST_FILE
    while size < length:
        size += size // 20
    return size


def _bucket(length: int, smallest: int) -> int:
    if smallest < 1:
        raise ValueError("the smallest bucket has at least one byte")
    size = smallest
    while size < length:
        size *= 2
    return size
