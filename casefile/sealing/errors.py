"""What can go wrong with a seal, a key file or custodians: few errors, in the field's words.

Messages say what happened and what to do. They must never carry a key, a plaintext, a context or
which of several checks failed: a seal that does not open gives one answer whatever the reason.
"""


class SealBroken(Exception):
    """The blob does not open: wrong key, moved, changed, cut or older. One answer for all."""

    def __init__(self) -> None:
        super().__init__("the seal does not open: wrong key, or moved, changed, cut or older")


class KeyFileProblem(Exception):
    """The deployment's keys cannot be used; ``str()`` says what happened and what to do."""


class KeyFileMissing(KeyFileProblem):
    """There is no key file at this path, or this user cannot read it."""


class KeyFileExposed(KeyFileProblem):
    """Others than the owner may read the key file, or it belongs to someone else."""


class KeyFileDamaged(KeyFileProblem):
    """The key text is cut, mistyped or not a key text at all."""


class KeyFileWrong(KeyFileProblem):
    """A sound key file, but not the one that belongs here."""


class KeyFileInTheWay(KeyFileProblem, FileExistsError):
    """There is a key file already where a new one was to be written; it is left as it is."""


class TooFewParts(Exception):
    """Not enough custodians have opened their parts. ``needed`` and ``given`` are counts."""

    def __init__(self, needed: int, given: int) -> None:
        super().__init__(
            f"too few custodians: {given} of the {needed} needed have opened their part; "
            f"ask the others of the same group"
        )
        self.needed = needed
        self.given = given


class PaperShareUnreadable(ValueError):
    """A custodian's paper share was mistyped or is incomplete."""

    def __init__(self) -> None:
        super().__init__(
            "the words do not match their check words; compare each word with the paper"
        )
