"""Draw every state machine into docs/machines.md, from the data the program steps by.

Run it with `make machines`; run twice, the second time changes nothing.
"""

from __future__ import annotations

from typing import Final

from casefile.cases.machines import MACHINES
from casefile.codes.drawing import drawn
from casefile.codes.machines import Machine
from casefile.referral.machines import REFERRALS
from casefile.settings import ROOT

EVERY_MACHINE: Final[tuple[Machine, ...]] = (*MACHINES, *REFERRALS.values())
DOCUMENT: Final = ROOT / "docs" / "machines.md"
ABOUT: Final = """\
# How reports and cases go on

Drawn by `make machines` from `casefile/cases/machines.py` and `casefile/referral/machines.py`.
A step that does not stand here is refused, whoever asks for it.
"""


def document() -> str:
    """The whole document."""
    return "\n".join((ABOUT, *map(drawn, EVERY_MACHINE)))


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
