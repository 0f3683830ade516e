"""What leaves a case with a referral: a few answers and words written for it, and nothing else.

A packet is made of what a person chose, never of the report itself. Must never hold a name of the
survivor or the reporter unless their consent to it is recorded. (IASC referral procedures, 2023.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from casefile.cases.exclusion import Told


@dataclass(frozen=True)
class Packet:
    """What a recipient gets. Codes are those of the reporting form; empty is not passed on.

    `summary` are the sender's own words; `subject` is the person reported as it was told, `place`
    words about where; `name` and `contact` are the survivor's, with consent alone.
    """

    reference: str
    received: int
    channel: str
    language: str
    summary: str = field(repr=False)
    area: int = 0
    employer: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    when: str = ""
    who: str = ""
    age: str = ""
    sex: str = ""
    danger: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    help_offered: bool = False
    name_agreed: bool = False
    name: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.name and not self.name_agreed:
            raise ValueError("a name leaves with consent alone")

    def plain(self) -> dict[str, Any]:
        """The record of it, in the shape of a report: what is typed stands as text."""
        return {**asdict(self), "text": self.summary, "answers": self._answers()}

    def told(self) -> Told:
        """What of it decides who must not have it at the other end."""
        answers = self._answers()
        return Told(
            text=self.summary,
            answers=tuple(one for given in answers.values() for one in given),
            keep_from="",
            employer=self.employer,
            keep_area=False,
            area=self.area,
        )

    def _answers(self) -> Mapping[str, list[str]]:
        typed = {"employer": self.employer, "subject": self.subject, "place": self.place}
        return {name: [given] for name, given in typed.items() if given}
