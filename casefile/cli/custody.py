"""Custodians from the command line: try the shares, print them, and open what nobody else can.

Shares are typed one after another, checked one by one and held in memory alone, for as long as the
command runs. No command shows anything of a case: it says how many, and to whom they went.
"""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.handing_over import (
    DoesNotWait,
    Handing,
    cases_to_hand_over,
    count_with_custodians,
    hand_over,
    note_meeting,
    seat_by_custodians,
)
from casefile.cases.recipients import end_of_the_line
from casefile.cli.meeting import (
    account_of,
    called,
    custodians_of,
    in_one,
    joined,
    meet,
    one_share,
)
from casefile.cli.sheets import print_sheets
from casefile.cli.stopping import stop
from casefile.codes.routes import read_routing
from casefile.network.custodians import (
    Custodian,
    NoCustodians,
    name_custodian,
    note_tried,
    read_custodians,
)
from casefile.network.directory import Agency, Desk, Directory, read_directory
from casefile.network.recovery import (
    CUSTODIANS,
    NEEDED,
    PaperShare,
    draw_shares,
    found_recovery,
)
from casefile.platform.database import db
from casefile.platform.deployment import current_deployment
from casefile.platform.now import moment
from casefile.registers.directory import KeyNotListed
from casefile.sealing.errors import SealBroken

custody = AppGroup("custody", help="Custodians: their shares, and what only they can open.")
AGENCY = click.option("--agency", default="", help="The agency, by its name; asked if not given.")
SEEN = click.option("--seen", is_flag=True, help="Show what is typed; usual where nobody looks on.")


@custody.command("status")
def status() -> None:
    """Say who the custodians are, when they last tried, and which cases wait for them."""
    deployment, directory = current_deployment(), _directory()
    for agency in directory.agencies.values():
        try:
            known = read_custodians(db.session, deployment, agency.id)
        except NoCustodians:
            click.echo(f"{called(agency)}: no custodians. Draw shares with 'custody sheet'.")
            continue
        tried = f"{moment(known.tried):%d %B %Y}" if known.tried else "never"
        click.echo(f"{called(agency)}: {known.needed} of {len(known.each)}, last tried: {tried}.")
        for one in known.each:
            click.echo(f"  Share {one.number}: {one.name or 'not said who keeps it'}")
    for desk in sorted(directory.desks.values(), key=lambda one: one.code):
        waiting = count_with_custodians(db.session, deployment, desk)
        if waiting or (desk.generation and not desk.members):
            nobody = "" if desk.members else " Nobody is left on it."
            click.echo(f"{called(desk)}: {waiting} cases wait for the custodians.{nobody}")
    _say_who_is_outside(directory)


def _say_who_is_outside(directory: Directory) -> None:
    """Whom the rules of routing name for what nobody inside may have."""
    outside = end_of_the_line(directory)
    if outside and read_routing(current_deployment().settings.config).external:
        click.echo(f"What is about everybody here goes outside: {outside}")


@custody.command("try")
@AGENCY
@SEEN
def try_shares(agency: str, seen: bool) -> None:
    """Check that the shares open the recovery key, and do nothing else."""
    chosen = _agency(agency)
    meeting = meet(chosen, seen=seen)
    joined(meeting)
    in_one(lambda session: _note_tried(session, chosen))
    click.echo("The shares are right: together they open the recovery key. Nothing was opened.")


@custody.command("name")
@AGENCY
@click.option("--share", required=True, type=click.IntRange(1), help="The number on the share.")
@click.option("--name", required=True, help="Who keeps it.")
@click.option("--email", default="", help="Her account here, if she has one.")
def say_who(agency: str, share: int, name: str, email: str) -> None:
    """Say who keeps a share, so that nobody opens a case that is kept from her."""
    chosen = _agency(agency)
    known = custodians_of(chosen)
    if share > len(known.custodians.each):
        stop(f"{called(chosen)} has {len(known.custodians.each)} shares.")
    said = Custodian(share, name.strip(), account_of(email) if email else b"")
    in_one(lambda session: name_custodian(session, current_deployment(), chosen.id, said))
    click.echo(f"Share {share} of {called(chosen)} is kept by {said.name}.")


@custody.command("sheet")
@AGENCY
@click.option("--custodians", default=CUSTODIANS, type=click.IntRange(1, 10))
@click.option("--needed", default=NEEDED, type=click.IntRange(1, 10))
@click.option("--again", is_flag=True, help="Print one share again, typed from its paper.")
@SEEN
def sheets(agency: str, custodians: int, needed: int, again: bool, seen: bool) -> None:
    """Draw shares and print one page for each custodian, on standard output and nowhere else.

    An agency without custodians gets them. Elsewhere enough of the present ones type their shares
    first; afterwards those open nothing any more.
    """
    chosen = _agency(agency)
    if needed > custodians:
        stop("No more shares can be needed than there are.")
    if again:
        _print_again(chosen, seen=seen)
        return
    shares = _new_shares(chosen, custodians, needed, seen=seen)
    print_sheets(called(chosen), shares, custodians=custodians, needed=needed)


@custody.command("recover")
@click.option("--desk", default="", help="The desk whose cases nobody can open.")
@click.option("--give-to", default="", help="E-mail of a member who holds keys of another desk.")
@click.option("--to-desk", default="", help="Her desk, if she is on several.")
@click.option("--seat", default="", help="E-mail of a person who waits at this desk.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@SEEN
def recover(desk: str, give_to: str, to_desk: str, seat: str, yes: bool, seen: bool) -> None:
    """Give a desk's cases to a member who holds keys, or give a member her seat there.

    It can be stopped at any moment. Started again, with the shares typed again, it goes on.
    """
    directory = _directory()
    source = _desk(directory, desk or click.prompt("Desk whose cases nobody can open"))
    if not give_to and not seat:
        what = click.Choice(["give", "seat"])
        chosen = click.prompt("Give its cases to a member, or a person her seat there?", type=what)
        email = click.prompt("Her e-mail")
        give_to, seat = (email, "") if chosen == "give" else ("", email)
    person = account_of(give_to or seat)
    target = source if seat else _desk_of(directory, person, to_desk)
    meeting = meet(directory.agencies[source.agency], seen=seen, say_who=True)
    if not yes:
        click.confirm(f"Go on, for {give_to or seat} at {called(target)}?", abort=True)
    handing = Handing(meeting, joined(meeting), target.id)
    in_one(lambda session: note_meeting(session, current_deployment(), meeting, target.id))
    if seat:
        _seat(handing, source, person)
    _give(handing, source)


def _note_tried(session: Session, agency: Agency) -> None:
    note_tried(session, current_deployment(), agency.id)
    note(session, current_deployment(), Event.CUSTODIANS_TRIED, by=None, about=agency.id)


def _seat(handing: Handing, desk: Desk, person: bytes) -> None:
    """Seat her, unless an earlier run that was stopped already did."""
    if person in _directory().desks[desk.id].members:
        click.echo("She sits on the desk already; its cases follow.")
        return
    try:
        in_one(lambda it: seat_by_custodians(it, current_deployment(), handing, person))
    except DoesNotWait:
        stop("She does not wait at this desk. Invite her to it; when she has joined, begin again.")
    click.echo(f"She has her seat at {called(desk)}.")


def _give(handing: Handing, desk: Desk) -> None:
    deployment = current_deployment()
    cases = cases_to_hand_over(db.session, deployment, handing, desk)
    given = damaged = 0
    with click.progressbar(cases, label="Cases") as going:
        for case in going:
            db.session.rollback()
            try:
                given += hand_over(db.session, deployment, handing, case)
            except (SealBroken, KeyNotListed):
                damaged += 1
    db.session.rollback()
    left = count_with_custodians(db.session, deployment, desk)
    click.echo(f"{given} cases were given over.")
    if damaged:
        click.echo(f"{damaged} cases stay where they are: something in them is damaged.")
    if left > damaged:
        others = left - damaged
        click.echo(f"{others} cases of the desk wait for other custodians or for another desk.")
        _say_who_is_outside(_directory())


def _new_shares(
    agency: Agency, custodians: int, needed: int, *, seen: bool
) -> tuple[PaperShare, ...]:
    deployment = current_deployment()
    try:
        read_custodians(db.session, deployment, agency.id)
    except NoCustodians:
        return in_one(
            lambda it: found_recovery(
                it, deployment, agency.id, custodians=custodians, needed=needed
            )
        )
    recovery = joined(meet(agency, seen=seen))
    return in_one(
        lambda it: draw_shares(
            it, deployment, agency.id, recovery, custodians=custodians, needed=needed
        )
    )


def _print_again(agency: Agency, *, seen: bool) -> None:
    known = custodians_of(agency).custodians
    text, number = one_share(agency, seen=seen)
    share = PaperShare(number, text)
    print_sheets(called(agency), [share], custodians=len(known.each), needed=known.needed)


def _directory() -> Directory:
    return read_directory(db.session, current_deployment())


def _agency(name: str) -> Agency:
    """The agency of that name in any language; asked for if none was given."""
    wanted = (name or str(click.prompt("Agency"))).strip().casefold()
    for agency in _directory().agencies.values():
        if wanted in {one.casefold() for one in (*agency.names.values(), *agency.also_called)}:
            return agency
    return stop("There is no agency of this name.")


def _desk(directory: Directory, name: str) -> Desk:
    for desk in directory.desks.values():
        if name.strip().casefold() in {one.casefold() for one in desk.names.values()}:
            return desk
    return stop("There is no desk of this name.")


def _desk_of(directory: Directory, person: bytes, name: str) -> Desk:
    """The desk through which a member is given cases: hers, or the one of hers that is named."""
    hers = directory.desks_of(person)
    if not hers:
        stop("She sits on no desk and holds no keys. Give her a seat first.")
    if name:
        desk = _desk(directory, name)
        if person not in desk.members:
            stop("She does not sit on this desk.")
        return desk
    if len(hers) > 1:
        stop("She sits on several desks. Name one with --to-desk.")
    return hers[0]
