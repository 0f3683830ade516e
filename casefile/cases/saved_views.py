"""Saved views: the filters and order of a list under a name, for one person or for her desk.

What is saved says which cases are asked for, never which there are: every list is made anew from
what its reader may see. Names are somebody's words and sealed to people: a person's views under a
key of her own, a desk's under the desk's. The deployment must never be able to open either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casefile.cases.models import SavedRow
from casefile.cases.queue_views import FILTERED, Filters, Sort, View
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Desk, directory_of_page
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow, add_rows, change_one_row, write_now
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.sealing.contexts import context, number
from casefile.sealing.derivation import expand_key
from casefile.sealing.envelopes import open_sealed, seal
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.padding import pad, unpad

MOST = 20
"""Views one person, or one desk, keeps."""
LONGEST_NAME = 60
SIZE = 16_384
"""Bytes of every row before it is sealed: twenty of the longest names in any script fit."""
ROWS = SavedRow.metadata.tables["saved_view"]


class TooManyViews(Exception):
    """As many as may be kept are kept already."""


@dataclass(frozen=True)
class SavedView:
    """A list of work with its order and filters, and what somebody calls it."""

    id: str
    name: str = field(repr=False)
    view: View
    sort: Sort = Sort.FIRST
    filters: Filters = field(default_factory=Filters)


Views = tuple[SavedView, ...]


@dataclass(frozen=True)
class Saved:
    """A member's own views, and those of each of her desks."""

    own: Views
    shared: tuple[tuple[Desk, Views], ...]

    @property
    def every(self) -> Views:
        """All of them, her own first; what she shared as it is stands here once."""
        every = (*self.own, *(one for _, views in self.shared for one in views))
        return tuple(dict.fromkeys(every))


@dataclass(frozen=True)
class _Shelf:
    """Where views are kept: of which desk, None for the member's own; the row as it was read."""

    tag: bytes
    desk: Desk | None
    token: bytes | None = None
    views: Views = ()


def saved_views(session: Session, deployment: Deployment, member: Member) -> Saved:
    """What the member may choose from. What does not open any more is not there."""
    desks = directory_of_page(session, deployment).desks_of(member.person)
    shelves = [_Shelf(_own_tag(deployment, member), None)]
    shelves += [
        _Shelf(_desk_tag(deployment, desk, generation), replace(desk, generation=generation))
        for desk in desks
        for generation in range(desk.generation, desk.first_held - 1, -1)
    ]
    read = _read(session, deployment, member, shelves)
    own = next((one.views for one in read if one.desk is None), ())
    found: dict[bytes, Views] = {}
    for shelf in read:
        if shelf.desk is not None:
            found.setdefault(shelf.desk.id, shelf.views)
    return Saved(own, tuple((desk, found[desk.id]) for desk in desks if found.get(desk.id)))


def save_view(session: Session, deployment: Deployment, member: Member, saved: SavedView) -> None:
    """Keep a view for oneself, in the place of one of that name; TooManyViews if there is no room.

    StaleRow if another page of hers was a moment earlier.
    """
    _change(session, deployment, member, None, lambda views: _with(views, saved))


def share_view(
    session: Session, deployment: Deployment, member: Member, view: str, desk: bytes
) -> None:
    """Let everybody on one of her desks choose one of her views; NoSeat for another desk."""
    shared = [one for one in saved_views(session, deployment, member).own if one.id == view]
    for one in shared:
        _change(session, deployment, member, desk, partial(_with, more=one))


def rename_view(
    session: Session,
    deployment: Deployment,
    member: Member,
    view: str,
    name: str,
    desk: bytes | None = None,
) -> None:
    """Call one of her own views, or of a desk's, something else."""

    def renamed(views: Views) -> Views:
        kept = tuple(one for one in views if one.name != name or one.id == view)
        return tuple(replace(one, name=name) if one.id == view else one for one in kept)

    _change(session, deployment, member, desk, renamed)


def remove_view(
    session: Session, deployment: Deployment, member: Member, view: str, desk: bytes | None = None
) -> None:
    """Keep one of her own views, or of a desk's, no longer."""
    _change(
        session,
        deployment,
        member,
        desk,
        lambda views: tuple(one for one in views if one.id != view),
    )


def carry_views(session: Session, deployment: Deployment, member: Member) -> None:
    """Take her desks' views along to the desks' present keys, before the earlier ones go."""
    for desk in directory_of_page(session, deployment).desks_of(member.person):
        if desk.generation > desk.first_held:
            _change(session, deployment, member, desk.id, lambda views: views)


def forget_views(session: Session, deployment: Deployment, person: bytes) -> None:
    """Delete what a person kept for herself, inside the write in which she leaves."""
    tag = deployment.keyring.tag("saved_view", "person", person)
    session.execute(delete(SavedRow).where(SavedRow.tag == tag))


def _with(views: Views, more: SavedView) -> Views:
    kept = tuple(one for one in views if one.name != more.name)
    if len(kept) >= MOST:
        raise TooManyViews
    return (*kept, more)


def _change(
    session: Session,
    deployment: Deployment,
    member: Member,
    desk: bytes | None,
    changed: Callable[[Views], Views],
) -> None:
    """Write one shelf anew, a desk's under its present key; nothing if nothing changes."""
    shelves = _shelves(session, deployment, member, desk)
    read = _read(session, deployment, member, shelves)
    here = next((one for one in read if one.tag == shelves[0].tag), shelves[0])
    before = read[0] if read else here
    views = changed(before.views)
    if views == here.views and (views == before.views):
        return
    key, token = _key(session, deployment, member, here.desk), deployment.random(16)
    body = seal(key, pad(_packed(views), SIZE), _where(here.tag, token), deployment.random)
    earlier = [one.tag for one in shelves[1:]]

    def verb(writing: Session) -> None:
        if here.token is None:
            _put(writing, {"tag": here.tag, "body": body, "token": token})
        else:
            change_one_row(
                writing,
                update(SavedRow)
                .where(SavedRow.tag == here.tag, SavedRow.token == here.token)
                .values(body=body, token=token),
            )
        writing.execute(delete(SavedRow).where(SavedRow.tag.in_(earlier)))

    write_now(verb, session)


def _put(session: Session, row: Mapping[str, bytes]) -> None:
    try:
        add_rows(session, SavedRow, row)
    except IntegrityError as there:
        raise StaleRow("saved_view") from there


def _shelves(
    session: Session, deployment: Deployment, member: Member, desk: bytes | None
) -> list[_Shelf]:
    """Where the views may lie: a desk's under its present key, or under one before it."""
    if desk is None:
        return [_Shelf(_own_tag(deployment, member), None)]
    desks = directory_of_page(session, deployment).desks_of(member.person)
    hers = next((one for one in desks if one.id == desk), None)
    if hers is None:
        raise NoSeat
    return [
        _Shelf(_desk_tag(deployment, hers, generation), replace(hers, generation=generation))
        for generation in range(hers.generation, hers.first_held - 1, -1)
    ]


def _read(
    session: Session, deployment: Deployment, member: Member, shelves: list[_Shelf]
) -> list[_Shelf]:
    """Those of the shelves that are there and open to her, in the order given."""
    wanted = (
        select(ROWS.c.tag, ROWS.c.body, ROWS.c.token)
        .where(ROWS.c.tag.in_([one.tag for one in shelves]))
        .execution_options(**{BYTES: True})
    )
    rows = {row.tag: row for row in session.connection().execute(wanted)}
    found = []
    for shelf in shelves:
        if (row := rows.get(shelf.tag)) is None:
            continue
        try:
            key = _key(session, deployment, member, shelf.desk)
            views = _unpacked(unpad(open_sealed(key, row.body, _where(row.tag, row.token))))
        except NoSeat:
            continue
        except SealBroken:
            views = ()
        found.append(replace(shelf, token=row.token, views=views))
    return found


def _key(session: Session, deployment: Deployment, member: Member, desk: Desk | None) -> Key:
    if desk is None:
        return expand_key(member.private.seeds(), context("saved views", member.person))
    quick = open_desk(session, deployment, member, desk).quick
    return expand_key(quick, context("saved views", desk.id, number(desk.generation)))


def _own_tag(deployment: Deployment, member: Member) -> bytes:
    return deployment.keyring.tag("saved_view", "person", member.person)


def _desk_tag(deployment: Deployment, desk: Desk, generation: int) -> bytes:
    return deployment.keyring.tag("saved_view", "desk", desk.id, str(generation))


def _where(tag: bytes, token: bytes) -> bytes:
    return context("saved_view", tag, token)


def _packed(views: Views) -> bytes:
    plain = [[one.id, one.name, one.view, one.sort, one.filters.chosen] for one in views]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def _unpacked(plain: bytes) -> Views:
    """The views; a list or an order this version does not know becomes the first."""
    return tuple(_view(*one) for one in json.loads(plain))


def _view(identity: str, name: str, view: str, sort: str, filters: Mapping[str, Any]) -> SavedView:
    return SavedView(
        identity,
        name,
        View(view) if view in set(View) else View.TODO,
        Sort(sort) if sort in set(Sort) else Sort.FIRST,
        Filters(**{column: one for column, one in filters.items() if column in FILTERED}),
    )
