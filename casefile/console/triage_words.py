"""The words of the part *triage*: its questions with what they mean, its codes, its refusals.

The meanings are those of the UN Glossary on SEA (2017) and ST/SGB/2003/13: nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from casefile.cases.risk import KINDS, LEVELS, MEASURES
from casefile.codes.lists import read_list
from casefile.console.spoken import Spoken


@dataclass(frozen=True)
class TriageWords:
    """Words by code; `lists` are the codes each coded field offers, in the order of its list."""

    question: Mapping[str, str]
    help: Mapping[str, str]
    option: Mapping[str, str]
    field: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    coded: Mapping[str, str]
    people: Mapping[str, str]
    decision: Mapping[str, str]
    office: Mapping[str, str]
    kind: Mapping[str, str]
    level: Mapping[str, str]
    measure: Mapping[str, str]
    protection: Mapping[str, str]
    protect: Mapping[str, str]
    kinds: tuple[str, ...] = KINDS
    levels: tuple[str, ...] = LEVELS
    measures: tuple[str, ...] = MEASURES


CODED = ("allegation_type", "allegation_subtype", "entity_class", "personnel_category")


def triage_words(config: Path) -> TriageWords:
    """Look up every word of the page once."""
    return TriageWords(
        question=_questions(),
        help=_meanings(),
        option=_options(),
        field=_fields(),
        lists={name: tuple(read_list(config, name)) for name in (*CODED, "office")},
        coded=_codes(),
        people=_people(),
        decision=_decisions(),
        office=_offices(),
        kind=_kinds(),
        level=_levels(),
        measure=_measures(),
        protection=_protection(),
        protect=_protecting(),
    )


def refusals() -> Spoken:
    """Why something could not be done, and what to do first."""
    return Spoken(
        not_from_here=_("This cannot be done as the case stands now. Confirm the report first."),
        not_yours=_("This is for another desk to do."),
        no_such_step=_("Choose what should be done."),
        waits_for_second=_("A decision waits for its second person. That comes first."),
        same_person=_("You decided this. Another person has to confirm or refuse it."),
        nothing_pending=_("Nothing waits for a second person any more."),
        reason_given=_("Say why. It stands in the case for those who read it."),
        category_decided=_("Sort the case first."),
        not_counted_as_sea=_("It still counts as possible SEA. Sort it, with a second person."),
        office_known=_("Choose the office that can help."),
        other_case=_("Give the six letters of another case that you can read."),
        other_linked=_("That case is linked to another one itself. Give that one."),
        levels_given=_("Say for each kind of risk how great it is."),
        review_day_given=_("Give the day of the next look, a day to come."),
        staff_reporter=_("The ethics office protects staff. Nothing says that staff reported."),
    )


def _questions() -> Spoken:
    return Spoken(
        conduct=_("What is it about?"),
        by=_("Who is said to have done it?"),
        to_us=_("What is the person it happened to, to us?"),
        age=_("Is anyone it happened to under 18?"),
    )


def _meanings() -> Spoken:
    """What has to be known to answer; the definitions are the UN’s."""
    return Spoken(
        conduct=_(
            "Exploitation: using somebody’s need, one’s power or their trust for sex, tried or "
            "done, for gain of any kind. Abuse: sexual touching, done or threatened, by force or "
            "under unequal conditions."
        ),
        by=_(
            "Related personnel: partners, contractors, consultants, volunteers, daily workers. "
            "Not known: it stays possible SEA until it is known."
        ),
        to_us=_(
            "Who receives aid or lives in the community: SEA. Who only works for us: the "
            "workplace. Both, as incentive workers and day labourers: SEA first, and a second "
            "person looks."
        ),
        age=_(
            "Sexual conduct of aid personnel toward a child is always SEA: consent or a mistaken "
            "age do not matter."
        ),
    )


def _options() -> Spoken:
    return Spoken(
        sexual=_("sexual exploitation, abuse or harassment"),
        harassment=_("harassment or abuse of authority, not sexual"),
        fraud=_("fraud, bribery or corruption"),
        child_harm=_("a child harmed, not sexually"),
        violence=_("violence, not sexual"),
        other_conduct=_("other misconduct"),
        data=_("somebody’s data"),
        feedback_good=_("thanks for a programme"),
        feedback_bad=_("a complaint about a programme"),
        information=_("a question"),
        assistance=_("a wish for help"),
        security=_("a threat to security"),
        aid=_("aid personnel"),
        related=_("related personnel: partner, contractor, volunteer"),
        mandated_forces=_("forces under a mandate of the Security Council"),
        armed=_("another armed actor"),
        not_aid=_("nobody who works in aid"),
        recipient=_("receives aid or lives in the community"),
        both=_("both: receives aid and works for us"),
        personnel=_("works for us, and nothing else"),
        child=_("yes, under 18"),
        adult=_("no, 18 or older"),
        unknown=_("not known"),
    )


def _fields() -> Spoken:
    return Spoken(
        allegation_type=_("Type of allegation"),
        allegation_subtype=_("Subtype"),
        entity_class=_("Kind of entity concerned"),
        personnel_category=_("Category of personnel"),
    )


def _codes() -> Spoken:
    return Spoken(
        sexual_exploitation=_("sexual exploitation"),
        sexual_abuse=_("sexual abuse"),
        unknown_nature=_("nature not known"),
        rape=_("rape"),
        sexual_assault=_("sexual assault"),
        sexual_activity_with_child=_("sexual activity with a child"),
        transactional_sex=_("transactional sex"),
        exploitative_relationship=_("exploitative relationship"),
        solicitation=_("solicitation of transactional sex"),
        trafficking=_("trafficking for sexual exploitation"),
        sexual_images=_("sexual images"),
        sex_for_assistance=_("sex for assistance that is due"),
        sex_for_employment=_("sex for employment"),
        peacekeeping=_("peacekeeping and political missions"),
        agencies_funds_programmes=_("agencies, funds and programmes"),
        implementing_partners=_("implementing partners"),
        non_un_forces=_("international forces that are not of the UN"),
        staff=_("staff"),
        consultant=_("consultant"),
        un_volunteer=_("UN Volunteer"),
        intern=_("intern"),
        contractor_personnel=_("personnel of a contractor"),
        implementing_partner_personnel=_("personnel of an implementing partner"),
        military_contingent=_("military contingent"),
        military_observer=_("military observer"),
        staff_officer=_("staff officer"),
        un_police=_("UN police"),
        peacekeeping_civilian=_("civilian of a peacekeeping mission"),
        community_worker=_("community or incentive worker"),
        government_counterpart=_("government counterpart"),
        law_enforcement=_("law enforcement"),
        other_aid_worker=_("other aid worker"),
        unknown_organisation=_("of an organisation that is not known"),
        not_aid_worker=_("not an aid worker"),
        other=_("other"),
        unknown=_("not known"),
    )


def _people() -> Spoken:
    return Spoken(
        victims_women=_("women"),
        victims_girls=_("girls"),
        victims_female_age_unknown=_("female, age not known"),
        victims_men=_("men"),
        victims_boys=_("boys"),
        victims_male_age_unknown=_("male, age not known"),
        victims_sex_unknown=_("sex not known"),
        perpetrators_men=_("men"),
        perpetrators_women=_("women"),
        perpetrators_sex_unknown=_("sex not known"),
    )


def _decisions() -> Spoken:
    """What waits for a second person."""
    return Spoken(
        leave_counted=_("It is not SEA"),
        two_roles=_("It is SEA although the person also works for us"),
        end_with_information=_("It ends with information"),
        link=_("It is the same as another case"),
        close=_("The case is closed"),
    )


def _offices() -> Spoken:
    return Spoken(
        programme=_("the programme or its accountability team"),
        integrity=_("integrity, audit"),
        human_resources=_("human resources or ethics"),
        child_protection=_("child protection"),
        gbv_services=_("services for survivors of gender-based violence"),
        protection=_("protection"),
        security_advisers=_("security"),
        data_protection=_("data protection"),
        unknown=_("not known"),
    )


def _kinds() -> Spoken:
    return Spoken(
        retaliation=_("Punishment for reporting"),
        repetition=_("That it happens again"),
        family=_("Harm from family or community"),
    )


def _levels() -> Spoken:
    return Spoken(low=_("low"), medium=_("medium"), high=_("high"))


def _measures() -> Spoken:
    return Spoken(
        contact_only_by_number=_("contact only by the number"),
        fewer_readers=_("fewer people read the case"),
        no_work_with_alleged=_("no work beside the person reported"),
        moved_to_safety=_("moved to a safe place, as wished"),
        someone_keeps_touch=_("somebody trusted keeps in touch"),
        other=_("other"),
    )


def _protection() -> Spoken:
    """How far the protection of who reported is."""
    return Spoken(
        not_assessed=_("Nobody has looked at the risk yet."),
        watched=_("The risk is known and looked at again."),
        protection_asked=_("The ethics office was asked for protection."),
        protected=_("Measures of protection are in force."),
        protection_declined=_("The ethics office sees no ground to protect."),
        ended=_("There is no risk left to watch."),
    )


def _protecting() -> Spoken:
    """What can be done next about the risk."""
    return Spoken(
        assess_risk=_("keep what was found"),
        ask_protection=_("ask the ethics office for protection, who reported agrees"),
        grant_protection=_("the ethics office protects"),
        decline_protection=_("the ethics office declines, with its reason below"),
        end_watching=_("no risk is left, with the reason below"),
        watch_again=_("look at the risk again after all"),
    )
