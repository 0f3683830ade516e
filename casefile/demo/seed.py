"""Filling a newly founded deployment for the demonstration, through the same verbs as everybody.

The network is founded before the first of eight quarters and everything since is played at its own
hour. It keeps the passphrases it draws in demo.json, readable by the owner alone: a demonstration
has nobody to protect. It refuses a deployment that somebody works in.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from casefile.cases.membership import join_desk
from casefile.demo.course import first_day
from casefile.demo.network import AGENCIES, AREAS, DESKS
from casefile.demo.people import PEOPLE, DemoPerson
from casefile.demo.playing import at, play
from casefile.demo.stories import chosen
from casefile.network.desks import inter_agency_desk
from casefile.network.directory import (
    INTER_AGENCY,
    Agency,
    Area,
    Desk,
    Directory,
    HelpPlace,
    change_entry,
    list_entry,
    read_directory,
)
from casefile.network.recovery import found_recovery
from casefile.network.seats import join
from casefile.people.accepting import (
    Offer,
    prepare_acceptance,
)
from casefile.people.invitations import (
    invite,
    read_invitation,
)
from casefile.people.second_factor import code_at
from casefile.people.sessions import Member
from casefile.platform.database import commit, write
from casefile.platform.deployment import Deployment

FOUNDED_BEFORE = timedelta(days=10)
"""How long before the first report the network was founded."""


class AlreadyWorkedIn(Exception):
    """Somebody holds keys here: this is no empty deployment."""


@dataclass(frozen=True)
class Seated:
    """A demo person with an account, and what she would have kept."""

    person: DemoPerson
    member: Member
    offer: Offer


def seed_demo(
    session: Session, deployment: Deployment, *, cases: int, told: Callable[[], None]
) -> None:
    """List the network, seat the people, open `cases` reports and write demo.json."""
    directory = read_directory(session, deployment)
    if inter_agency_desk(directory) is not None:
        raise AlreadyWorkedIn
    now = deployment.now().astimezone(deployment.settings.time_zone)
    founding = at(deployment, first_day(now) - FOUNDED_BEFORE)
    write(lambda writing: list_network(writing, founding, directory), session)
    commit()
    seated = [seat(session, founding, person) for person in PEOPLE]
    let_in_waiting(session, founding, seated)
    _stand_in(session, founding, seated)
    _name_partner(session, founding)
    _write_settings(deployment)
    members = [one.member for one in seated]
    play(session, deployment, members, chosen(cases), now=now, told=told)
    _write_sign_ins(deployment, read_directory(session, deployment), seated)


def list_network(session: Session, deployment: Deployment, directory: Directory) -> None:
    first = next(one for one in directory.agencies.values() if one.entity_class == INTER_AGENCY)
    found_names = [first]
    for code, told in enumerate(AGENCIES, start=2):
        agency = Agency(
            deployment.random(16),
            {"en": told.name},
            told.entity_class,
            told.also_called,
            code,
            investigates=told.investigates,
            recipient=told.recipient,
        )
        found_names.append(list_entry(session, deployment, agency))
        found_recovery(session, deployment, agency.id)
    by_key = dict(zip(("first", *(one.key for one in AGENCIES)), found_names, strict=True))
    help_places = _help(by_key["health_bridge"].id, by_key["well"].id)
    for code, names in enumerate(AREAS, start=1):
        list_entry(session, deployment, Area(deployment.random(16), names, code, help_places))
    for code, desk in enumerate(DESKS, start=2):
        agency = by_key[desk.agency]
        list_entry(
            session,
            deployment,
            Desk(deployment.random(16), desk.names, agency.id, desk.area, desk.function, code),
        )


def _help(clinics: bytes, centres: bytes) -> tuple[HelpPlace, ...]:
    """One place of health care and one to talk in each area, and the agencies that run them."""
    clinic = {
        "en": "Women’s clinic",
        "fr": "Clinique des femmes",
        "es": "Clínica de mujeres",
        "ar": "عيادة النساء",
    }
    centre = {
        "en": "Community centre",
        "fr": "Centre communautaire",
        "es": "Centro comunitario",
        "ar": "المركز المجتمعي",
    }
    day_and_night = {
        "en": "day and night",
        "fr": "jour et nuit",
        "es": "día y noche",
        "ar": "ليلًا ونهارًا",
    }
    mornings = {
        "en": "every morning except Friday",
        "fr": "chaque matin sauf le vendredi",
        "es": "cada mañana menos el viernes",
        "ar": "كل صباح ما عدا الجمعة",
    }
    by_gate = {
        "en": "beside the main gate",
        "fr": "à côté de la porte principale",
        "es": "junto a la puerta principal",
        "ar": "بجانب البوابة الرئيسية",
    }
    by_well = {
        "en": "behind the water point",
        "fr": "derrière le point d’eau",
        "es": "detrás del punto de agua",
        "ar": "خلف نقطة الماء",
    }
    return (
        HelpPlace("health", clinic, by_gate, day_and_night, clinics),
        HelpPlace("talk", centre, by_well, mornings, centres),
    )


def seat(session: Session, deployment: Deployment, person: DemoPerson) -> Seated:
    """Invite a person and accept for her, as the joining pages do."""
    directory = read_directory(session, deployment)
    keys = {"first": _first_desk(directory), **_desks_by_key(directory)}
    token = invite(
        session,
        deployment,
        email=person.email,
        name=person.name,
        role=person.role,
        language=person.language,
        desks=tuple(keys[key].id for key in person.desks),
        by=None,
    )
    commit()
    invited = read_invitation(session, deployment, token)
    if invited is None:
        raise AlreadyWorkedIn
    offer = prepare_acceptance(deployment, invited)
    member = join(
        session,
        deployment,
        token,
        passphrase=offer.passphrase,
        totp_seed=offer.totp_seed,
        totp_code=code_at(offer.totp_seed, deployment.now() - timedelta(seconds=30)),
        recovery_codes=offer.recovery_codes,
    )
    commit()
    return Seated(person, member, offer)


def _first_desk(directory: Directory) -> Desk:
    return next(desk for desk in directory.desks.values() if desk.code == 1)


def _desks_by_key(directory: Directory) -> dict[str, Desk]:
    return {desk.key: directory.desk_coded(code) for code, desk in enumerate(DESKS, start=2)}


def let_in_waiting(session: Session, deployment: Deployment, seated: list[Seated]) -> None:
    """Each newcomer is let in by the first member of her desk."""
    by_id = {one.member.person: one.member for one in seated}
    for desk in read_directory(session, deployment).desks.values():
        for person in desk.waiting:

            def verb(writing: Session, desk: bytes = desk.id, person: bytes = person) -> None:
                now = read_directory(writing, deployment).desks[desk]
                join_desk(writing, deployment, by_id[now.members[0]], now, person)

            write(verb, session)
            commit()


def _stand_in(session: Session, deployment: Deployment, seated: list[Seated]) -> None:
    """Give each desk of one a second person from another office: two people end things."""
    members = {one.person.name.split()[0]: one.member for one in seated}
    keys = _desks_by_key(read_directory(session, deployment))
    for host, guest, key in (("Peter", "Ines", "north"), ("Lucia", "Peter", "east")):

        def verb(writing: Session, host: str = host, guest: str = guest, key: str = key) -> None:
            desk = read_directory(writing, deployment).desks[keys[key].id]
            join_desk(writing, deployment, members[host], desk, members[guest].person)

        write(verb, session)
        commit()
    first = _first_desk(read_directory(session, deployment)).id

    def join_first(writing: Session) -> None:
        desk = read_directory(writing, deployment).desks[first]
        join_desk(writing, deployment, members["Ines"], desk, members["Sarah"].person)

    write(join_first, session)
    commit()


def _name_partner(session: Session, deployment: Deployment) -> None:
    """Who contracts the partner: it is told of complaints about the partner's people first."""
    directory = read_directory(session, deployment)
    named = {one.names["en"]: one.id for one in directory.agencies.values()}

    def verb(writing: Session) -> None:
        contracted = {"contracted_by": named["Terra Aid"]}
        change_entry(writing, deployment, Agency, named["Well and Way"], **contracted)

    write(verb, session)
    commit()


def _write_settings(deployment: Deployment) -> None:
    """Give the demonstration a number for danger now; a real deployment writes its own."""
    file = deployment.settings.instance / "settings.toml"
    if not file.exists():
        file.write_text('[safety]\nnumber = "0800 116 116"\nhours = "always"\n', "utf-8")


def _write_sign_ins(deployment: Deployment, directory: Directory, seated: list[Seated]) -> None:
    """Write demo.json: the address, and what each person types to sign in."""
    people = [
        {
            "role": one.person.role.value,
            "name": one.person.name,
            "desks": [desk.names["en"] for desk in directory.desks_of(one.member.person)],
            "email": one.person.email,
            "passphrase": one.offer.passphrase,
            "totp_secret": one.offer.totp_seed,
        }
        for one in seated
    ]
    told = json.dumps({"base": deployment.settings.base, "people": people}, indent=1)
    _write_for_owner(deployment.settings.instance / "demo.json", told)


def _write_for_owner(file: Path, text: str) -> None:
    """Put a new file in the place of an old one, whose wider mode and open readers stay behind."""
    descriptor, draft = tempfile.mkstemp(prefix=file.name, dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(draft, file)
    except BaseException:
        os.unlink(draft)
        raise
