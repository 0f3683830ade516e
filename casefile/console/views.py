"""The members' addresses: the list of work, the case, and what can be done to it.

Four moves each: load, form, verb, redirect or render. No query, no key, no decision of the field.
A case that is not there and a case that is another's give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.cases import acting, owning, reading
from casefile.cases.changed import ChangedMeanwhile
from casefile.cases.exclusion_renewing import questions_lag
from casefile.cases.exclusion_settling import settle_waiting
from casefile.cases.junk import is_no_junk as no_junk
from casefile.cases.label import CaseNotFound
from casefile.cases.queue import QueuePage, queue_page
from casefile.cases.queue_views import FILTERED, Filters, Sort, View
from casefile.cases.saved_views import LONGEST_NAME, carry_views, saved_views
from casefile.cases.second_look import AnotherPersonNeeded
from casefile.cases.second_look import confirm_second_look as second_look
from casefile.cases.securing import secure_some
from casefile.console import letters as composing
from casefile.console.case_pages import (
    back_to,
    changed_meanwhile,
    opened,
    rendered,
    reviewed_letters,
)
from casefile.console.drafts import drafts_left, drafts_unsent
from casefile.console.duties import duties
from casefile.console.forms import (
    ButtonForm,
    HandOverForm,
    LetterForm,
    NoteForm,
    OwnWordsForm,
    SeenForm,
    identity_of,
    once_of,
)
from casefile.console.frame import frame
from casefile.console.queue_words import code_asked, list_asked, queue_words
from casefile.console.saved import address_of
from casefile.console.seats import who_waits
from casefile.people.gate import locked_page, needs, posted_page, repeat_page
from casefile.people.kept import keep, posted
from casefile.people.locking import lock_screen
from casefile.people.page_token import FIELD
from casefile.people.roles import Permission
from casefile.people.sessions import Member, current_member, signed_in_member
from casefile.people.words import role_names
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.errors import TOO_LARGE, keep_what_was_written, problem_page
from casefile.referral.answering import delivered

console = Blueprint("console", __name__)
console.app_context_processor(frame)

MOST_PAGES = 100_000


@console.get("/home")
@needs(Permission.SEE_OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """The first page after signing in: the work, or what this account is for."""
    member = current_member()
    if member.may(Permission.READ_QUEUE):
        return redirect(url_for("console.queue"), 303)
    if member.may(Permission.READ_AUDIT):
        return redirect(url_for("log.lines"), 303)
    return _account_page(refused=False)


@console.get("/queue")
@needs(Permission.READ_QUEUE)
def queue() -> ResponseReturnValue:
    """A list of work, filtered and ordered as the address says."""
    deployment = current_deployment()
    page = _queue_asked()
    if page.unsettled:
        settle_waiting(current_session(), deployment, current_member())
        page = _queue_asked()
    kept = saved_views(current_session(), deployment, current_member())
    if page.unsecured or questions_lag(current_session(), deployment, current_member()):
        carry_views(current_session(), deployment, current_member())
        secure_some(current_session(), deployment, current_member())
        page = _queue_asked()
    return render_template(
        "console/queue.html",
        page=page,
        said=queue_words(),
        asked=list_asked(deployment.settings.config, page),
        waiting=who_waits(),
        saved=[(one, address_of(one)) for one in kept.every],
        may_write=current_member().may(Permission.WRITE_NOTE),
        longest=LONGEST_NAME,
    )


def _account_page(*, refused: bool) -> str:
    """What an account without a list of work is for; `refused` where it asked for that list."""
    return render_template(
        "console/home.html", roles=role_names(), duties=duties(), refused=refused
    )


def _queue_asked() -> QueuePage:
    return queue_page(
        current_session(),
        current_deployment(),
        current_member(),
        view=request.args.get("view", View.TODO),
        page=_page_asked(),
        sort=request.args.get("sort", Sort.FIRST),
        filters=Filters(**{name: code_asked(name) for name in FILTERED}),
    )


@console.get("/cases/<case>")
@needs(Permission.OPEN_CASE)
def case_page(case: str) -> ResponseReturnValue:
    """One case, its report closed."""
    return rendered(opened(case))


@console.post("/cases/<case>")
@needs(Permission.OPEN_CASE)
def stay(case: str) -> ResponseReturnValue:
    """The same page with what was typed on it, the report closed: to look at another letter."""
    return rendered(opened(case), drafts=drafts_left())


@console.post("/cases/<case>/lock")
@needs(Permission.OPEN_CASE)
def lock(case: str) -> ResponseReturnValue:
    """Lock the screen; what is half written is kept on the locked page, sealed."""
    session, deployment, member = _acting()
    beside = drafts_left().carried()
    page = posted(url_for("console.stay", case=case), beside)
    sealed = keep(deployment, page, request.form.get(FIELD, "")) if beside else ""
    lock_screen(session, deployment, member)
    if sealed:
        return locked_page(sealed)
    return redirect(url_for("people.locked"), 303)


@console.post("/cases/<case>/report")
@needs(Permission.OPEN_CASE)
def show_report(case: str) -> ResponseReturnValue:
    """The same page with the report open; the look is noted, last, so that it is what is kept."""
    page = opened(case)
    if page.passed_on and delivered(*_acting(), case):
        page = opened(case)
    shown = reading.show_report(*_acting(), case)
    return rendered(page, shown=shown, drafts=drafts_left())


@console.post("/cases/<case>/acknowledge")
@needs(Permission.OPEN_CASE)
def acknowledge(case: str) -> ResponseReturnValue:
    """Confirm that a person has read the report."""
    form = SeenForm()
    if not form.validate_on_submit():
        return back_to(case)
    try:
        acting.acknowledge(*_acting(), case, seen=form.seen.data or "")
    except ChangedMeanwhile as changed:
        return changed_meanwhile(changed)
    return back_to(case)


@console.post("/cases/<case>/letter")
@needs(Permission.ANSWER_REPORTER)
def send_letter(case: str) -> ResponseReturnValue:
    """Send a reviewed letter in the report's language; its words are ours, not the browser's."""
    form = LetterForm()
    letter = composing.letter_called(reviewed_letters(), form.shown.data)
    if not form.validate_on_submit() or letter is None:
        return rendered(opened(case), drafts=drafts_unsent())
    return _sent(case, partial(composing.written, letter), form, asked=letter.id)


@console.post("/cases/<case>/answer")
@needs(Permission.ANSWER_REPORTER)
def answer(case: str) -> ResponseReturnValue:
    """Send own words, with the reason why no reviewed letter would do."""
    form = OwnWordsForm()
    if not form.validate_on_submit():
        return rendered(opened(case), asked=composing.OWN, drafts=drafts_unsent(own_words=form))
    letter = acting.WrittenLetter(
        form.letter.data, form.written_in.data, reason=form.reason.data, asks=form.asks.data
    )
    return _sent(case, lambda _language: letter, form, asked=composing.OWN)


@console.post("/cases/<case>/note")
@needs(Permission.WRITE_NOTE)
def write_note(case: str) -> ResponseReturnValue:
    """Keep a note for the colleagues who can read the case."""
    form = NoteForm()
    if not form.validate_on_submit():
        return rendered(opened(case), drafts=drafts_unsent(note=form))
    seen, once = form.seen.data or "", _once(form.once.data)
    try:
        acting.write_note(*_acting(), case, text=form.note.data, once=once, seen=seen)
    except ChangedMeanwhile as changed:
        return changed_meanwhile(changed)
    return back_to(case, "notes", sent=NoteForm)


@console.post("/cases/<case>/second-look")
@needs(Permission.WRITE_NOTE)
def confirm_second_look(case: str) -> ResponseReturnValue:
    """Say that another person has looked; whoever answers is sent back, and the page says why."""
    if ButtonForm().validate_on_submit():
        with suppress(AnotherPersonNeeded):
            second_look(*_acting(), case)
    return back_to(case)


@console.post("/cases/<case>/no-junk")
@needs(Permission.WRITE_NOTE)
def is_no_junk(case: str) -> ResponseReturnValue:
    """Put what only looked like junk among the other cases."""
    if ButtonForm().validate_on_submit():
        no_junk(*_acting(), case)
    return back_to(case)


@console.post("/cases/<case>/take")
@needs(Permission.OPEN_CASE)
def take_over(case: str) -> ResponseReturnValue:
    """Answer for the case oneself."""
    return _give(owning.take_over, case)


@console.post("/cases/<case>/let-go")
@needs(Permission.OPEN_CASE)
def let_go(case: str) -> ResponseReturnValue:
    """Let it stand on everybody's list again; asked once more where a colleague answers."""
    if "sure" not in request.form:
        page = opened(case)
        if page.who_answers and not page.answers_mine:
            carried = posted_page().fields
            return render_template("console/let_go.html", page=page, carried=carried)
    return _give(owning.let_go, case)


@console.post("/cases/<case>/hand-over")
@needs(Permission.WRITE_NOTE)
def hand_over(case: str) -> ResponseReturnValue:
    """Let a colleague answer for it, with a note."""
    form = HandOverForm()
    to = identity_of(form.fellow.data)
    if not form.validate_on_submit() or to is None:
        return rendered(opened(case), drafts=drafts_unsent(hand_over=form))
    verb = partial(owning.hand_over, to=to, text=form.message.data)
    return _give(verb, case, sent=HandOverForm)


def _give(
    verb: Callable[..., None], case: str, *, sent: type[HandOverForm] | None = None
) -> ResponseReturnValue:
    """Change who answers; a page that is no longer true comes back with what was typed."""
    form = HandOverForm()
    try:
        verb(*_acting(), case, seen=form.seen.data or "", once=_once(form.once.data))
    except ChangedMeanwhile as changed:
        return changed_meanwhile(changed)
    return back_to(case, sent=sent)


@console.errorhandler(403)
def _not_for_this_account(_error: Exception) -> ResponseReturnValue:
    """Who has no list of work is told what the account is for instead."""
    member = signed_in_member()
    if member is None or member.may(Permission.READ_QUEUE):
        return problem_page(403)
    return _account_page(refused=True), 403


@console.errorhandler(CaseNotFound)
def _not_there(_error: CaseNotFound) -> ResponseReturnValue:
    return problem_page(404)


@console.errorhandler(StaleRow)
def _overtaken(_error: StaleRow) -> ResponseReturnValue:
    """A colleague was a moment earlier: nothing was saved, and what was written is kept."""
    return repeat_page(posted_page(), why="overtaken"), 409


def _not_saved(status: int) -> str:
    """The same for a fault; of what was too large, nothing came that could be given back."""
    return "" if status == TOO_LARGE else repeat_page(posted_page(), why="not_saved")


keep_what_was_written(console, _not_saved)


def _sent(
    case: str,
    writer: acting.Writer,
    form: LetterForm | OwnWordsForm,
    *,
    asked: str,
) -> ResponseReturnValue:
    seen, once = form.seen.data or "", _once(form.once.data)
    try:
        acting.answer(*_acting(), case, writer, once=once, seen=seen)
    except ChangedMeanwhile as changed:
        return changed_meanwhile(changed, asked=asked)
    return back_to(case, "letters", sent=type(form))


def _acting() -> tuple[Session, Deployment, Member]:
    return current_session(), current_deployment(), current_member()


def _once(field: str | None) -> bytes:
    """The page's own token, or a random one: a page without it is never refused."""
    return once_of(field) or current_deployment().random(32)


def _page_asked() -> int:
    """The page of the list, from 1; anything that is no page is the first."""
    asked = request.args.get("page", 1, type=int) or 1
    return min(max(asked, 1), MOST_PAGES)
