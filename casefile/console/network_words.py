"""What the network pages and the command that loads a network say of codes and of problems.

Sentences alone. It decides nothing, and names people only where a problem is about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_interval, format_skeleton
from flask_babel import gettext as _

from casefile.network.entries import Desk, Directory
from casefile.network.gaps import coming
from casefile.network.rules import Fault, Problem, Warned
from casefile.platform.language import CALENDARS, current_language, digits


def sentence(problem: Problem) -> str:
    """A problem, or what is worth knowing, as one sentence."""
    what, value = map(_apart, (*problem.about, "")[:2])
    return {**_faults(what, value), **_warnings(what)}[problem.fault]


def _apart(words: str) -> str:
    """Words of another script, kept together in a sentence that runs from right to left."""
    return f"\u2068{words}\u2069" if current_language().direction == "rtl" else words


def _faults(what: str, value: str) -> dict[Fault | Warned, str]:
    return {
        Fault.NO_NAME: _("“%(what)s” has no English name.", what=what),
        Fault.SAME_AGENCY: _("Two agencies are called “%(what)s”.", what=what),
        Fault.SAME_COUNTRY: _("Two countries are called “%(what)s”.", what=what),
        Fault.SAME_PLACE: _("Two places are called “%(what)s”.", what=what),
        Fault.SAME_DESK: _("Two desks are called “%(what)s”.", what=what),
        Fault.SAME_CODE: _(
            "“%(what)s”: the code %(value)s is used twice, or is below 1.", what=what, value=value
        ),
        Fault.NO_AGENCY: _("“%(what)s” names an agency that is not listed.", what=what),
        Fault.NO_PLACE: _("“%(what)s” names a place that is not listed.", what=what),
        Fault.NO_COUNTRY: _(
            "“%(what)s” names the country %(value)s, which is not listed.", what=what, value=value
        ),
        **_wrong_codes(what, value),
        Fault.RECIPIENT_ELSEWHERE: _(
            "“%(what)s”: the desk that receives complaints about its people must be its own.",
            what=what,
        ),
        Fault.TWO_RECIPIENTS: _(
            "“%(what)s” names a desk and somebody outside. Give one of them.", what=what
        ),
        Fault.CONTRACT_LOOP: _("“%(what)s” would be contracted by itself.", what=what),
        Fault.SUPERVISOR_LOOP: _(
            "“%(what)s” would be her or his own supervisor, directly or through others.", what=what
        ),
        Fault.ALTERNATE_NOT_MEMBER: _("“%(what)s”: an alternate is not on the desk.", what=what),
        Fault.NO_MEMBER_LEFT: _(
            "“%(what)s”: everybody is an alternate. Somebody must be a member.", what=what
        ),
        Fault.AWAY_BACKWARDS: _("“%(what)s”: days away end before they begin.", what=what),
    }


def _wrong_codes(what: str, value: str) -> dict[Fault | Warned, str]:
    return {
        Fault.WRONG_CLASS: _(
            "“%(what)s”: %(value)s is no class of agencies.", what=what, value=value
        ),
        Fault.WRONG_FUNCTION: _(
            "“%(what)s”: %(value)s is no function of a desk.", what=what, value=value
        ),
        Fault.WRONG_SERVICE: _("“%(what)s”: %(value)s is no kind of help.", what=what, value=value),
        Fault.WRONG_INVESTIGATES: _(
            "“%(what)s”: %(value)s does not say who investigates.", what=what, value=value
        ),
    }


def _warnings(what: str) -> dict[Fault | Warned, str]:
    return {
        Warned.PLACE_WITHOUT_DESK: _(
            "“%(what)s” has no intake desk: the inter-agency desk takes its reports.", what=what
        ),
        Warned.NO_RECIPIENT: _(
            "“%(what)s” names nobody for complaints about its people.", what=what
        ),
        Warned.NOBODY_INVESTIGATES: _(
            "“%(what)s” does not investigate, and no agency that contracts it is named.", what=what
        ),
    }


def classes() -> Mapping[str, str]:
    """What kind of agency it is."""
    return {
        "inter_agency": _("of no single agency"),
        "un_agency": _("UN agency"),
        "ingo": _("international NGO"),
        "ngo": _("national NGO"),
        "icrc_ifrc": _("Red Cross and Red Crescent"),
        "government": _("government"),
    }


def functions() -> Mapping[str, str]:
    """What a desk is for."""
    return {
        "intake": _("intake"),
        "investigation": _("investigation"),
        "assistance": _("assistance"),
        "child_protection": _("child protection"),
        "coordination": _("coordination"),
        "legal": _("legal questions; receives no cases"),
    }


def investigations() -> Mapping[str, str]:
    """What an agency keeps here of its investigations."""
    return {
        "unknown": _("not known whether it investigates"),
        "full": _("investigates, all of it here"),
        "dates_only": _("investigates, only dates here"),
        "no": _("has no investigators"),
    }


def services() -> Mapping[str, str]:
    """What help a place offers."""
    return {
        "safety": _("A safe place"),
        "health": _("Health care"),
        "talk": _("Someone to talk to"),
        "legal": _("Legal advice"),
        "material": _("Food, clothes, shelter, money"),
    }


def desk_state(directory: Directory, desk: Desk) -> str:
    """Whether somebody is at the desk today, in words."""
    if not desk.generation:
        return str(_("has not begun: its first member has still to join"))
    here, seated = len(directory.here(desk.members)), len(desk.members)
    if not seated:
        return str(_("nobody is left: counts as empty"))
    if not here:
        return str(_("everybody is away: counts as empty"))
    return str(_("%(here)s of %(seated)s there", here=digits(here), seated=digits(seated)))


def seat(desk: Desk, person: bytes) -> str:
    """What somebody is beside a desk."""
    if person in desk.waiting:
        return str(_("waits to be let in"))
    return str(_("alternate") if person in desk.alternates else _("member"))


def days_away(directory: Directory, person: bytes) -> list[tuple[date, date, str]]:
    """The days off of a person that are not over: first, last, and both in words."""
    post = directory.posts.get(person)
    spans = coming(post.away, directory.day) if post else ()
    return [(first, last, span(first, last, directory.day)) for first, last in spans]


def next_away(directory: Directory, person: bytes) -> str:
    """The next days off of a person, or nothing."""
    return next((said for _, _, said in days_away(directory, person)), "")


def not_days_off() -> str:
    """Why days off were not set."""
    return str(_("These days cannot be set. They must not be over, and not end before they begin."))


def span(first: date, last: date, today: date) -> str:
    """Days from first to last as people write them: 12–19 Dec; with the year if it is another."""
    code = CALENDARS.get(current_language().code, current_language().code)
    skeleton = "MMMd" if first.year == last.year == today.year else "yMMMd"
    if first == last:
        return digits(format_skeleton(skeleton, first, locale=code))
    return digits(format_interval(first, last, skeleton, locale=code))
