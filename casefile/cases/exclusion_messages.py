"""Names in what the reporter adds later: they exclude as at arrival, and somebody is asked.

A message never leaves a case without a reader: whoever holds the number could otherwise make it
disappear by naming everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from casefile.cases.conflict import excluded_people
from casefile.cases.exclusion import Told, Why, because_named, newly_named
from casefile.cases.exclusion_asking import questions_about
from casefile.cases.exclusion_moving import put_questions
from casefile.cases.keys import holding, readers
from casefile.cases.label import Label
from casefile.network.directory import Directory
from casefile.platform.deployment import Deployment


def exclude_named(
    session: Session,
    deployment: Deployment,
    directory: Directory,
    case: bytes,
    label: Label,
    names: Mapping[bytes, str],
    text: str,
) -> Label:
    """The label with those a message names kept out, inside the write that keeps the message.

    A row of questions is written whether anybody is named or not.
    """
    named = newly_named(label, excluded_people(names, told=text, keep_from=""))
    barred = kept_out(label, directory, named)
    told = Told(text, (), keep_from="", employer="", keep_area=False, area=label.area)
    excluded = frozenset(barred.excluded)
    about = newly_named(label, (one.person for one in barred.exclusions if one.why == Why.NAMED))
    asked = questions_about(directory, names, told, about, excluded)
    return put_questions(session, deployment, case, barred, asked)


def kept_out(label: Label, directory: Directory, named: frozenset[bytes]) -> Label:
    """The label that excludes those named and their line, or them alone, or nobody more.

    Whichever is the first that leaves somebody to read. Keys are taken in a reader's session.
    """
    line = tuple(because_named(directory, named))
    alone = tuple(one for one in line if one.why == Why.NAMED)
    for more in (line, alone):
        barred = label.excluding((*label.exclusions, *more))
        if readers(barred, directory):
            return _unsettled(barred, directory)
    return label


def _unsettled(label: Label, directory: Directory) -> Label:
    held: frozenset[bytes] = holding(label, directory)
    return replace(label, unsettled=label.unsettled or bool(held & set(label.excluded)))
