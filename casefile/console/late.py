"""The page of what is late, for those who watch: dates and marks.

It offers no way to a case, and shows nothing that would tell one from another.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casefile.cases.late_list import NotWatching, late_page
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment
from casefile.platform.errors import problem_page

late = Blueprint("late", __name__)
MOST_PAGES = 100_000


@late.get("/late")
@needs(Permission.SEE_LATE)
def what_is_late() -> ResponseReturnValue:
    """What is late and was told to this account: organisation, country, day."""
    asked = min(max(request.args.get("page", 1, type=int) or 1, 1), MOST_PAGES)
    page = late_page(current_session(), current_deployment(), current_member(), asked)
    return render_template("console/late.html", page=page)


@late.errorhandler(NotWatching)
def _not_there(_error: NotWatching) -> ResponseReturnValue:
    return problem_page(404)
