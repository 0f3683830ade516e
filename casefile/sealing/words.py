"""Pronounceable words: random bytes that can be read over a phone in any language.

Sixteen bits make one word of five letters, consonant and vowel in turn, after D. S. Wilkerson's
proquints (arXiv:0901.4016). No dictionary, so no language is the easy one. Must never be used to
encode anything that is not random: a text would show through.
"""

import re
import unicodedata
from typing import Final

BYTES_PER_WORD: Final = 2
LETTERS_PER_WORD: Final = 5

_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"


def spell(raw: bytes) -> list[str]:
    """One word for every two bytes; an odd number of bytes is a ``ValueError``."""
    if len(raw) % BYTES_PER_WORD:
        raise ValueError("words are spelled from pairs of bytes")
    return [_word(int.from_bytes(raw[at : at + 2], "big")) for at in range(0, len(raw), 2)]


def read(letters: str) -> bytes:
    """The bytes behind words written together; ``ValueError`` if they are not such words."""
    if len(letters) % LETTERS_PER_WORD:
        raise ValueError("a word has five letters")
    cuts = range(0, len(letters), LETTERS_PER_WORD)
    return b"".join(_value(letters[at : at + LETTERS_PER_WORD]).to_bytes(2, "big") for at in cuts)


def joined(typed: str) -> str:
    """Typed words as letters alone: any case, width, spacing, dashes and marks of direction.

    Also the two letters i of Turkish keyboards. Letters of other scripts are kept as they are.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    text = "".join(sign for sign in text if unicodedata.category(sign)[0] not in "ZPC")
    text = re.sub("[i\u0131]\u0307*", "i", text)
    return unicodedata.normalize("NFKC", text)


def _word(value: int) -> str:
    return (
        _CONSONANTS[value >> 12]
        + _VOWELS[value >> 10 & 3]
        + _CONSONANTS[value >> 6 & 15]
        + _VOWELS[value >> 4 & 3]
        + _CONSONANTS[value & 15]
    )


def _value(word: str) -> int:
    return (
        _CONSONANTS.index(word[0]) << 12
        | _VOWELS.index(word[1]) << 10
        | _CONSONANTS.index(word[2]) << 6
        | _VOWELS.index(word[3]) << 4
        | _CONSONANTS.index(word[4])
    )
