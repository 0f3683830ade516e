"""What the pages call the codes, in the reader's language, each looked up once a page.

Plain words only: it must never decide anything, and no sentence here may tell more of a case than
its code does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

from casefile.cases.queue import QueuePage
from casefile.cases.queue_views import FILTERED, Sort
from casefile.codes.lists import UNKNOWN, read_list
from casefile.codes.questions import Field, Kind, Question, Questionnaire, load_questions

LISTS = {
    "category": "category",
    "state": "case_state",
    "language": "language",
    "channel": "channel",
}
"""The code list behind each filter that has one."""


class Spoken(dict[str, str]):
    """Code → words. A code without words shows itself: no page may break for want of one."""

    def __missing__(self, code: str) -> str:
        return code.replace("_", " ")


@dataclass(frozen=True)
class QueueWords:
    """The words of the lists of work."""

    stamp: Mapping[str, str]
    step: Mapping[str, str]
    told_late: Mapping[str, str]
    language: Mapping[str, str]
    view: Mapping[str, str]
    about: Mapping[str, str]


@dataclass(frozen=True)
class Filter:
    """One filter of a list: its name in the address, what it is called, what may be chosen."""

    name: str
    words: str
    chosen: int | None
    choices: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class ListAsked:
    """What was asked of a list, in words and as it stands in the address."""

    filters: tuple[Filter, ...]
    sorts: Mapping[str, str]
    address: Mapping[str, str | int]
    """Filters and order, for the addresses of the other lists and pages."""
    sort: Mapping[str, str]
    """The order alone: what is left when the filters are cleared."""


@dataclass(frozen=True)
class CaseWords:
    """The words of a case's page."""

    stamp: Mapping[str, str]
    step: Mapping[str, str]
    told: Mapping[str, str]
    told_late: Mapping[str, str]
    language: Mapping[str, str]
    category: Mapping[str, str]
    danger: Mapping[str, str]
    age: Mapping[str, str]
    last_time: Mapping[str, str]
    share_name: Mapping[str, str]
    help: Mapping[str, str]
    told_by: Mapping[str, str]
    family: Mapping[str, str]
    mark: Mapping[str, str]
    choice: Mapping[str, str]


def queue_words() -> QueueWords:
    """Look up every word of the list once, however many lines it has."""
    return QueueWords(_stamps(), _steps(), _told_late(), languages(), _views(), _about_views())


def list_asked(config: Path, page: QueuePage) -> ListAsked:
    """The filters worth offering: those by which the viewer's cases differ, or that are set."""
    called, chosen = _filters(), page.filters.chosen
    filters = tuple(
        Filter(name, called[name], chosen.get(name), _choices(config, page, name))
        for name in FILTERED
        if len(page.offered.get(name, ())) > 1 or name in chosen
    )
    sort = {} if page.sort is Sort.FIRST else {"sort": page.sort.value}
    return ListAsked(filters, _sorts(), {**chosen, **sort}, sort)


def _choices(config: Path, page: QueuePage, name: str) -> tuple[tuple[int, str], ...]:
    """What one filter finds among the viewer's cases, in words."""
    numbers = page.offered.get(name, ())
    if name == "area":
        return tuple((each, page.areas.get(each) or _("not known")) for each in numbers)
    listed = {number: code for code, number in read_list(config, LISTS[name]).numbers.items()}
    said = _coded(name)
    return tuple((each, said[listed.get(each, UNKNOWN)]) for each in numbers)


def _coded(name: str) -> Spoken:
    """The words of the code list a filter chooses from."""
    spoken = {"category": _categories, "state": _states, "language": languages}
    return (spoken | {"channel": _channels})[name]()


def case_words() -> CaseWords:
    """Look up every word of the case page once."""
    return CaseWords(
        stamp=_stamps(),
        step=_steps(),
        told=_told(),
        told_late=_told_late(),
        language=languages(),
        category=_categories(),
        danger=_dangers(),
        age=_ages(),
        last_time=_last_times(),
        share_name=_name_answers(),
        help=_wishes(),
        told_by=_tellers(),
        family=families(),
        mark=_marks(),
        choice=_reporter_choices(),
    )


def _stamps() -> Spoken:
    return Spoken(
        act_today=_("Act today"), late=_("Late"), new=_("New"), due=_("Due"), waiting=_("Waiting")
    )


def _steps() -> Spoken:
    """The one next step of a case, as a call to the member."""
    return Spoken(
        read=_("Read and confirm"),
        confirm=_("Confirm that a person has read it"),
        read_offer_help=_("Read and offer help"),
        offer_help=_("Offer help"),
        read_message=_("Read the new message"),
        look_again=_("Look at the case again and leave a note"),
        second_look=_("Let another person look"),
        heed_choice=_("Do what the reporter chose and leave a note"),
        write_to_reporter=_("Write to the reporter"),
        wait_reporter=_("Wait for the reporter"),
        same_person=_("Say whether it is the same person"),
        unknown=_("Look at the case"),
    )


def _views() -> Spoken:
    """The lists of work by name."""
    return Spoken(
        todo=_("To do now"),
        mine=_("Mine"),
        unassigned=_("Nobody’s yet"),
        act_today=_("Act today"),
        late=_("Late"),
        new=_("New"),
        others=_("Waiting for others"),
        reporter=_("Waiting for the reporter"),
        junk=_("Possibly junk"),
        all=_("All open"),
    )


def _about_views() -> Spoken:
    """What stands on each list, in a sentence."""
    return Spoken(
        todo=_(
            "What must be moved now: danger, child and recent first, then late, then nearest due."
        ),
        mine=_("The cases you answer for."),
        unassigned=_("Nobody answers for these yet: whoever confirms first, or takes one over."),
        act_today=_("Danger, a child, somebody hurt, or something recent: help is offered today."),
        late=_("Their day has passed. Who must hear of it stands beside each."),
        new=_("Nobody has read these yet."),
        others=_("Somebody else has to move: a colleague who took the case, or another office."),
        reporter=_("We wrote to them. Nobody is called: people come back with their number."),
        junk=_(
            "Nothing is deleted here before a person has read it, by the same day as any other."
        ),
        all=_("Everything open that your desk can read."),
    )


def _sorts() -> Spoken:
    return Spoken(
        first=_("what must be done first"), newest=_("newest first"), oldest=_("oldest first")
    )


def _filters() -> Spoken:
    return Spoken(
        area=_("Place"),
        category=_("Category"),
        state=_("How far it is"),
        language=_("Written in"),
        channel=_("How it came"),
    )


def _states() -> Spoken:
    return Spoken(received=_("received"), acknowledged=_("confirmed"), unknown=_("not known"))


def _channels() -> Spoken:
    """How reports come in."""
    return Spoken(
        web_anonymous=_("the open form"),
        web_identified=_("the form, with a name"),
        hotline=_("hotline"),
        sms=_("text message"),
        rapidpro="RapidPro",
        whatsapp="WhatsApp",
        email=_("e-mail"),
        kobo="KoboToolbox",
        odk="ODK",
        complaint_box=_("complaint box"),
        in_person=_("in person"),
        letter=_("letter"),
        radio=_("radio"),
        social_media=_("social media"),
        survey_fgd=_("survey or group talk"),
        other_agency_referral=_("sent by another agency"),
        media_report=_("the press"),
        internal_audit=_("internal audit"),
        unknown=_("not known"),
    )


def _told() -> Spoken:
    """Who must hear of it if the deadline passes."""
    return Spoken(
        desk_head=_("If late, the head of the desk must know."),
        senior_focal_point=_("If late, the senior focal point must know."),
        inter_agency_desk=_("If late, the inter-agency desk must know."),
        nobody="",
        unknown="",
    )


def _told_late() -> Spoken:
    """Who must hear of it now that the deadline has passed."""
    return Spoken(
        desk_head=_("The head of the desk must know."),
        senior_focal_point=_("The senior focal point must know."),
        inter_agency_desk=_("The inter-agency desk must know."),
        nobody="",
        unknown="",
    )


def languages() -> Spoken:
    """The languages people write in, named in the reader's."""
    return Spoken(
        en=_("English"),
        fr=_("French"),
        es=_("Spanish"),
        ar=_("Arabic"),
        unknown=_("language not known"),
    )


def _categories() -> Spoken:
    return Spoken(
        possible_sea=_("possible SEA"),
        sea=_("SEA"),
        child_safeguarding_non_sexual=_("child safeguarding, not sexual"),
        sexual_harassment_workplace=_("sexual harassment at work"),
        fraud_corruption=_("fraud or corruption"),
        other_misconduct=_("other misconduct"),
        gbv_non_staff=_("gender-based violence, not by personnel"),
        protection_other=_("other protection concern"),
        programme_feedback_positive=_("thanks or praise"),
        programme_feedback_negative=_("complaint about a programme"),
        information_request=_("question"),
        assistance_request=_("request for help"),
        data_protection=_("data protection"),
        out_of_scope=_("for another office"),
        spam_or_hoax_test=_("possibly junk"),
        unknown=_("not sorted yet"),
    )


def _dangers() -> Spoken:
    return Spoken(
        danger=_("someone is in danger"),
        health=_("someone needs a health worker"),
        goes_on=_("it is still happening"),
    )


def _ages() -> Spoken:
    return Spoken(
        child=_("yes"),
        adult=_("no"),
        both=_("some of them"),
        unknown=_("not known"),
        not_said=_("not said"),
    )


def _last_times() -> Spoken:
    return Spoken(
        d3=_("today or in the last 3 days"),
        d5=_("4 to 5 days ago"),
        month=_("in the last month"),
        longer=_("longer ago"),
        unknown=_("not known"),
        not_said=_("not said"),
    )


def _name_answers() -> Spoken:
    return Spoken(
        no=_("no"),
        ask=_("ask first"),
        yes=_("yes"),
        not_said=_("no (nothing was said)"),
        taken_back=_("no (the reporter took it back)"),
    )


def _reporter_choices() -> Spoken:
    """What a reporter chose in the mailbox."""
    return Spoken(
        stop_contact=_("contact stopped"),
        take_back_name=_("permission to use the name taken back"),
        no_help=_("no more help wanted"),
        second_look=_("another person should look"),
    )


def _wishes() -> Spoken:
    return Spoken(
        safety=_("a safe place"),
        health=_("health care"),
        talk=_("someone to talk to"),
        legal=_("legal advice"),
        material=_("food, clothes, shelter, money"),
        none=_("none now"),
    )


def _tellers() -> Spoken:
    return Spoken(
        me=_("the person it happened to"),
        other_knows=_("another person, and the one it happened to knows"),
        other=_("another person, and the one it happened to does not know"),
        several=_("someone writing for several people"),
        not_said=_("not said"),
    )


def families() -> Spoken:
    """What a file is, in one word."""
    return Spoken(
        picture=_("picture"),
        pdf=_("PDF"),
        document=_("office document"),
        sound=_("sound"),
        video=_("video"),
        text=_("text"),
        other=_("another kind of file"),
    )


def _marks() -> Spoken:
    """What is known of the details inside a file."""
    return Spoken(
        cleaned=_("hidden details removed"),
        remain=_("details inside may remain"),
        failed=_("could not be cleaned: details inside remain"),
    )


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


@cache
def questionnaire(config: Path) -> Questionnaire:
    """What the deployment asks, on the form and on the young people's page, read once."""
    forms = (load_questions(config / "questions" / f"{name}.toml") for name in ("young", "form"))
    return Questionnaire(tuple(question for form in forms for question in form.questions))


def spoken_answers(
    form: Questionnaire, answers: tuple[tuple[str, tuple[str, ...]], ...], area: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Question and answers in words, in the order given; what was typed stays as it was typed.

    `area` is the name of the area that was chosen, for the form knows areas by code alone.
    """
    asked = {each.name: (question, each) for question in form.questions for each in question.fields}
    return tuple(_spoken(asked.get(name), name, given, area) for name, given in answers)


def _spoken(
    asked: tuple[Question, Field] | None, name: str, given: tuple[str, ...], area: str
) -> tuple[str, tuple[str, ...]]:
    """One answer in words; a question the form no longer asks shows under its own name."""
    if asked is None:
        return name.replace("_", " "), given
    question, field = asked
    if field.kind is Kind.TICK:
        return _(question.title), (_(field.label),)
    chosen = {option.code: _(option.label) for option in field.options}
    if field.kind is Kind.AREA and area:
        given = tuple(each if each in chosen else area for each in given)
    return _(field.label or question.title), tuple(chosen.get(each, each) for each in given)
