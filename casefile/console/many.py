"""Many cases at once: chosen on a list, looked at, done, and told apart.

Four moves each. Nothing happens before the page that lists every case was seen; the number of
cases is that of one page of a list.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from casefile.cases.many_cases import MOST, Outcome, Wish, act_on_many, fellows, plan
from casefile.console.forms import (
    LONGEST_NOTE,
    as_written,
    at_most,
    identity_of,
    once_of,
)
from casefile.console.spoken import Spoken, once_a_language
from casefile.people.forms import StaffForm, typed
from casefile.people.gate import needs, posted_page, repeat_page
from casefile.people.roles import Permission
from casefile.people.sessions import Member, current_member
from casefile.platform.database import current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.errors import TOO_LARGE, keep_what_was_written

many = Blueprint("many", __name__)

NOBODY = "nobody"
"""Chosen where nobody in particular is to answer for the cases."""


class WishForm(StaffForm):
    """Who is to answer for the chosen cases, and a note for all; either may stay empty."""

    fellow = StringField()
    text = TextAreaField(filters=[as_written], validators=[at_most(LONGEST_NOTE)])


@many.post("/queue/chosen")
@needs(Permission.WRITE_NOTE)
def chosen() -> ResponseReturnValue:
    """List the chosen cases and what can be done with them; the page before anything happens."""
    form = WishForm()
    cases = request.form.getlist("case")
    return _page(cases, form, begun="fellow" in request.form)


@many.post("/queue/chosen/done")
@needs(Permission.WRITE_NOTE)
def done() -> ResponseReturnValue:
    """Do it, and tell which were done and which were not."""
    form = WishForm()
    pairs = [tuple(one.partition(":")[::2]) for one in request.form.getlist("seen")]
    wish = _wish(form)
    if not form.validate_on_submit() or wish.nothing or len(pairs) > MOST:
        return _page([case for case, _seen in pairs], form, begun=True), 400
    once = once_of(request.form.get("once")) or current_deployment().random(32)
    lines = act_on_many(*_acting(), [(case, seen) for case, seen in pairs], wish, once=once)
    return render_template(
        "console/many_done.html",
        done=[one for one in lines if one.outcome is Outcome.DONE],
        left=[one for one in lines if one.outcome is not Outcome.DONE],
        said=_outcomes(),
        wish=wish,
        to=_called(wish.to, fellows(*_acting())),
    )


def _not_saved(status: int) -> str:
    """What was typed comes back; of what was too large, nothing came that could be given back."""
    return "" if status == TOO_LARGE else repeat_page(posted_page(), why="not_saved")


keep_what_was_written(many, _not_saved)


def _acting() -> tuple[Session, Deployment, Member]:
    return current_session(), current_deployment(), current_member()


def _wish(form: WishForm) -> Wish:
    fellow = typed(form.fellow)
    to = b"" if fellow == NOBODY else identity_of(fellow)
    return Wish(to, typed(form.text))


def _page(cases: list[str], form: WishForm, *, begun: bool) -> str:
    """The chosen cases. Once something was wished for, each with what will happen to it."""
    wish, others = _wish(form), fellows(*_acting())
    fine = form.validate() if begun else True
    sure = begun and fine and not wish.nothing and 0 < len(cases) <= MOST
    member = current_member()
    return render_template(
        "console/many.html",
        cases=plan(*_acting(), cases, wish),
        form=form,
        begun=begun,
        sure=sure,
        wish=wish,
        too_many=len(set(cases)) > MOST,
        most=MOST,
        fellows=[(one.hex(), name) for one, name in others.items()],
        me=member.person.hex(),
        nobody=NOBODY,
        to=_called(wish.to, others),
        owners={member.person: _("you"), b"": _("nobody")} | others,
        said=_outcomes(),
        once=current_deployment().random(32).hex(),
    )


def _called(to: bytes | None, others: dict[bytes, str]) -> str:
    """Who is to answer, in words; empty where nobody was named."""
    if to is None:
        return ""
    own = {current_member().person: _("you"), b"": _("nobody in particular")}
    return str((own | others).get(to, _("somebody else")))


@once_a_language
def _outcomes() -> Spoken:
    return Spoken(
        done=_("will be done"),
        same=_("it is so already"),
        changed=_("something happened to it meanwhile: open it and look"),
        gone=_("it is not among your cases, or no longer"),
        not_a_reader=_("whoever you named may not read it"),
        not_saved=_("it could not be saved just now: press again, nothing is done twice"),
    )
