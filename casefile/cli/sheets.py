"""What a custodian takes home: one page with her share, what it is for, and what to do with it.

No page may hold two shares, or say who the other custodians are.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from casefile.network.recovery import PaperShare

NEXT_PAGE = "\f"
LINE = "-" * 72
PAGE = """{line}
Casefile: share {number} of {custodians}
{agency}
{line}

{words}

What this is. Any {needed} of the {custodians} shares together open the cases of this agency when
nobody of a desk can any more. One alone opens nothing.

What to do. Keep this page where nobody else reads it: not beside a screen, not
photographed, not typed anywhere but when the custodians meet. Tell the operator
if it is lost, seen or damaged, and when you hand on your office: new shares are
drawn then, and this page becomes worthless.

When you are called. Come yourself. Type the words when the command asks for a
share; it checks them alone and says if one is wrong. Say so before if you are
named in a case, or close to somebody who is: others open that one.

Once a year the operator asks you to try it ('custody try'). It opens nothing.
{line}
"""


def print_sheets(
    agency: str, shares: Sequence[PaperShare], *, custodians: int, needed: int
) -> None:
    """A page for each share, on standard output and nowhere else; nothing prints them later."""
    for share in shares:
        click.echo(sheet(agency, share, custodians=custodians, needed=needed))


def sheet(agency: str, share: PaperShare, *, custodians: int, needed: int) -> str:
    """One custodian's page, ended so that a printer turns to the next."""
    words = share.text.split()
    rows = (words[at : at + 4] for at in range(0, len(words), 4))
    shown = "\n".join(f"    {'   '.join(row)}" for row in rows)
    page = PAGE.format(
        line=LINE,
        number=share.number,
        custodians=custodians,
        agency=agency,
        words=shown,
        needed=needed,
    )
    return page + NEXT_PAGE
