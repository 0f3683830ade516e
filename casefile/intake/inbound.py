"""The one shape in which every channel hands a report to intake.

It must never learn where the report came from in the network sense: no address, no agent,
no header has a field here, so none can be kept. The signs of junk are yes and no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casefile.cases.files import NewFile
from casefile.intake.junk import Signs


@dataclass(frozen=True)
class InboundReport:
    """What a person told us, cleaned of control characters and otherwise as they wrote it.

    `text` is the answer to "What happened?". `answers` maps a question's id (config/questions)
    to the chosen codes, or to one typed text; questions left empty are absent. `once` is the
    32 random bytes of the page it was written on: the same page sent again carries the same.
    """

    text: str = field(repr=False)
    answers: Mapping[str, tuple[str, ...]] = field(repr=False)
    language: str
    channel: str
    once: bytes = field(repr=False)
    first_viewed: datetime | None = None
    files: tuple[NewFile, ...] = field(default=(), repr=False)
    """What was sent with it, cleaned and sealed already."""
    young: bool = False
    """Written on the young people's page."""
    signs: Signs = field(default_factory=Signs)

    def chose(self, question: str, code: str) -> bool:
        """Say whether `code` is among the answers to `question`."""
        return code in self.answers.get(question, ())

    def typed(self, question: str) -> str:
        """The text typed for `question`, or an empty string."""
        given = self.answers.get(question, ())
        return given[0] if given else ""
