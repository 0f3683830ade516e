"""What an account without a list of work is told it is for.

It must never promise that an account opens what its role does not open.
"""

from __future__ import annotations

from flask_babel import gettext as _

from casefile.console.spoken import Spoken


def duties() -> Spoken:
    """What an account without a list of work is for, and what it never opens."""
    return Spoken(
        hotline_operator=_(
            "You write down what callers say, on the open form, together with the caller. "
            "You cannot search or list reports."
        ),
        senior_focal_point=_(
            "You watch over how your agency answers, by dates and figures. "
            "You never see a report or a name."
        ),
        secretariat=_(
            "You keep the register of agencies and their plans. You never see a report or a name."
        ),
        data_steward=_(
            "You check figures before two agencies sign them. You never see a report or a name."
        ),
        auditor=_("You read who did what and when. You never see what a report says."),
        administrator=_(
            "You invite people and see who has an account. You open no report, and no resetting "
            "opens one: who joins a desk that has members is let in by one of them."
        ),
    )
