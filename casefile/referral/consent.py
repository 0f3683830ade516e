"""Whether a name may leave with a referral: only a recorded consent of that person counts.

The answer of the reporting form is a wish and no consent. Must never read silence as a yes.
(GBVIMS consent for release of information; UN protocol on assistance to victims, 2019.)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from casefile.cases.choices import Choice
from casefile.cases.label import Label
from casefile.cases.records import Record

CONSENT: Final = "consent"
NAME_SHARED: Final = "C3"
"""The purpose: the name is told to the entity that is concerned and to its investigators."""


def name_may_leave(label: Label, records: Iterable[Record]) -> bool:
    """Whether the last consent to it stands and nothing has taken it back since."""
    given = [
        one.content.get("given") is True
        for one in records
        if one.kind == CONSENT and one.content.get("purpose") == NAME_SHARED
    ]
    return bool(given and given[-1]) and Choice.TAKE_BACK_NAME not in label.asked
