"""Asking whether a name is somebody's: a name, a job and an office as reported, never the report.

What is asked is sealed to one desk before anything is written. Every row of questions looks like
every other, whether anything stands in it or not.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from casefile.cases.conflict import excluded_people, folded, words, written_words
from casefile.cases.exclusion import Told, who_is_asked
from casefile.cases.label import Holder, Question
from casefile.codes.sops import Limit
from casefile.network.directory import Desk, Directory
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.sealing.hidden import Key, new_key
from casefile.sealing.questions import PLACES, seal_questions

NAME_BYTES, DESCRIBED_BYTES, EMPLOYER_BYTES = 120, 160, 100
DESCRIBED_WORDS = 20
"""What is longer is more than a name, a job or an office, and stays where it is."""
UNQUOTED = str.maketrans({'"': "'", "\\": "/"})


@dataclass(frozen=True)
class Mention:
    """What a report says of one person, so that somebody may say who it is."""

    name: str = field(repr=False)
    described: str = field(repr=False)
    employer: str = field(repr=False)
    area: int


@dataclass(frozen=True)
class Asked:
    """One question to be put: about whom, to which desk, in which words."""

    person: bytes
    desk: Desk
    mention: Mention = field(repr=False)


@dataclass(frozen=True)
class Round:
    """Questions put at one time: their rows, and the key each desk needs to read its own."""

    asked: tuple[Asked, ...] = field(repr=False)
    keys: Mapping[bytes, Key] = field(repr=False)
    first_row: int

    @property
    def desks(self) -> tuple[Desk, ...]:
        """Each desk that is asked, once, in the order of the questions."""
        return tuple({one.desk.id: one.desk for one in self.asked}.values())

    @property
    def rows(self) -> int:
        """How many rows of places they fill; one if nothing is asked."""
        return max(1, -(-len(self.asked) // PLACES))


def questions_about(
    directory: Directory,
    names: Mapping[bytes, str],
    told: Told,
    named: Iterable[bytes],
    barred: frozenset[bytes],
) -> tuple[Asked, ...]:
    """A question for each person named, in an order of its own; none where nobody may be asked."""
    desks = {person: who_is_asked(directory, person, barred) for person in sorted(named)}
    return tuple(
        Asked(person, desk, _mention(person, names[person], told))
        for person, desk in desks.items()
        if desk is not None
    )


def begin_round(deployment: Deployment, asked: tuple[Asked, ...], first_row: int) -> Round:
    """Draw a key for each desk that is asked."""
    keys = {one.desk.id: new_key(deployment.random) for one in asked}
    return Round(asked, keys, first_row)


def sealed_round(deployment: Deployment, case: bytes, put: Round) -> list[dict[str, bytes]]:
    """The rows of a round, as they are written."""
    return [
        {
            "tag": question_tag(deployment, case, put.first_row + at),
            "body": seal_questions(
                {
                    place: (put.keys[one.desk.id], to_json(one.mention))
                    for place, one in enumerate(put.asked[at * PLACES : (at + 1) * PLACES])
                },
                case=case,
                row=put.first_row + at,
                random=deployment.random,
            ),
            "token": deployment.random(16),
        }
        for at in range(put.rows)
    ]


def on_the_label(
    deployment: Deployment, put: Round, slots: Mapping[bytes, int], limit: Limit
) -> tuple[Question, ...]:
    """What the label keeps of a round; `slots` are the wraps of the desks' keys."""
    now = minutes(deployment.now())
    due = limit.due_after(now)
    return tuple(
        Question(
            person=one.person,
            desk=one.desk.id,
            generation=one.desk.generation,
            slot=slots[one.desk.id],
            row=put.first_row + at // PLACES,
            place=at % PLACES,
            asked=now,
            due=due,
        )
        for at, one in enumerate(put.asked)
    )


def asked_holder(desk: Desk) -> Holder:
    """How the label names a desk that was asked something and reads nothing else."""
    return Holder("asked", desk.id, desk.generation)


def question_tag(deployment: Deployment, case: bytes, row: int) -> bytes:
    """The tag under which a row of questions is found."""
    return deployment.keyring.tag("question", case, str(row))


def to_json(mention: Mention) -> bytes:
    """The words of a question; they fit a place whatever was written."""
    plain = [mention.name, mention.described, mention.employer, mention.area]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(plain: bytes) -> Mention:
    """The inverse of `to_json`."""
    return Mention(*json.loads(plain))


def _mention(person: bytes, name: str, told: Told) -> Mention:
    """The words of the name as they were written; beside them only answers made for this."""
    kept = bool(excluded_people({person: name}, told="", keep_from=told.keep_from))
    short = len(words(told.keep_from)) <= DESCRIBED_WORDS
    said = told.keep_from if kept else told.everything
    each = name.split("\n")
    written = next(filter(None, (written_words(folded(one), said) for one in each)), each[:1])
    return Mention(
        name=_cut(" ".join(written), NAME_BYTES),
        described=_cut(told.keep_from, DESCRIBED_BYTES) if kept and short else "",
        employer=_cut(told.employer, EMPLOYER_BYTES),
        area=told.area,
    )


def _cut(text: str, most: int) -> str:
    """At most so many bytes in one line, without what JSON would write longer."""
    plain = " ".join(text.translate(UNQUOTED).split())
    shown = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C")
    return shown.encode()[:most].decode(errors="ignore").strip()
