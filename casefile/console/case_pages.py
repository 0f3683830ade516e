"""The page of a case: what its template is given, in one place.

The report must never stand on it but when it was just asked for. Nothing is decided here.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casefile.cases import reading
from casefile.cases.case_page import CasePage, Moment
from casefile.cases.changed import ChangedMeanwhile
from casefile.cases.reading import ShownReport
from casefile.codes.questions import Questionnaire
from casefile.codes.texts import ReviewedLetter, load_letters
from casefile.console import letters as composing
from casefile.console.answers import questionnaire, spoken_answers
from casefile.console.case_words import case_words
from casefile.console.complaint_words import packet_lines
from casefile.console.drafts import Drafts, drafts_left, drafts_unsent, no_drafts
from casefile.console.forms import SeenForm
from casefile.console.tracks import tracks_of
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment
from casefile.platform.language import BY_CODE


def opened(case: str) -> CasePage:
    """The case as the member may see it; CaseNotFound if she may not."""
    return reading.open_case(current_session(), current_deployment(), current_member(), case)


def rendered(
    page: CasePage,
    *,
    shown: ShownReport | None = None,
    asked: str | None = None,
    drafts: Drafts | None = None,
    changed: bool = False,
    changes: tuple[Moment, ...] = (),
) -> str:
    """The case page with what was typed on it; the report only when it was just shown.

    `asked` is the letter to show, whatever the page asked for.
    """
    deployment, member = current_deployment(), current_member()
    drafts = drafts or no_drafts()
    wish = asked or drafts.asked or request.args.get("letter")
    composer = composing.compose(reviewed_letters(), page, wish)
    if drafts.own_words.written_in.data not in BY_CODE:
        drafts.own_words.written_in.data = composer.language.code
    form = questionnaire(deployment.settings.config)
    return render_template(
        "console/case.html",
        page=page,
        said=case_words(),
        tracks=tracks_of(page),
        shown=shown,
        answers=_answers(form, page, shown) if shown else (),
        composer=composer,
        drafts=drafts,
        changed=changed,
        changes=changes,
        once=drafts.once or deployment.random(32).hex(),
        may_answer=member.may(Permission.ANSWER_REPORTER),
        zone=deployment.settings.time_zone,
        now=deployment.now(),
    )


def _answers(
    form: Questionnaire, page: CasePage, shown: ShownReport
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What was answered, in words; of what was passed on to us every line that came."""
    if shown.packet is not None:
        return packet_lines(form, shown.packet, page.area)
    return spoken_answers(form, shown.answers, page.area)


def part_page(template: str, page: CasePage, **given: object) -> str:
    """A page in the frame of a case (`console/case/frame.html`), with the head of the case."""
    deployment = current_deployment()
    return render_template(
        template,
        page=page,
        said=case_words(),
        tracks=tracks_of(page),
        once=deployment.random(32).hex(),
        zone=deployment.settings.time_zone,
        now=deployment.now(),
        **given,
    )


def back_to(
    case: str, part: str | None = None, *, sent: type[SeenForm] | None = None
) -> ResponseReturnValue:
    """To the page after something was done: with what else was typed on it, if there is any.

    `sent` is the form that did its work; `part` where the page is to be opened.
    """
    drafts = drafts_left(sent)
    if drafts.typed():
        return rendered(opened(case), drafts=drafts)
    return redirect(url_for("console.case_page", case=case, _anchor=part), 303)


def changed_meanwhile(changed: ChangedMeanwhile, *, asked: str | None = None) -> tuple[str, int]:
    """The page as it is now, what happened since, and what was typed."""
    page = rendered(
        changed.page,
        asked=asked,
        drafts=drafts_unsent(),
        changes=changed.changes,
        changed=True,
    )
    return page, 409


def reviewed_letters() -> tuple[ReviewedLetter, ...]:
    """The deployment's reviewed letters."""
    return load_letters(current_deployment().settings.config)
