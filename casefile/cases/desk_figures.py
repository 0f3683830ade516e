"""The figures of a member's desks: how many cases stand where.

Every figure is the count of one list under filters, taken from the same rows as the list: what a
case is kept from, its members see in neither. It must never count what its reader may not open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from casefile.cases.queue import before_deletion, filterable, viewer_of, visible_rows
from casefile.cases.queue_views import Answered, Columns, Filters, View, members_of
from casefile.network.directory import Desk, Directory, Names, directory_of_page
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes

STANDING = (
    View.NEW,
    View.ACT_TODAY,
    View.LATE,
    View.MINE,
    View.UNASSIGNED,
    View.REPORTER,
    View.OTHERS,
    View.JUNK,
)
"""The lists that are counted beside all that is open."""


@dataclass(frozen=True)
class Scope:
    """What figures are about: one desk, or the desks of one agency on which the viewer sits."""

    names: Names
    filters: Filters


@dataclass(frozen=True)
class Count:
    """One figure: how many cases, and the list that shows exactly them.

    `number` is what it counts them by: of the step, category, class of age or `Answered`.
    """

    view: View
    filters: Filters
    count: int
    number: int = 0


@dataclass(frozen=True)
class Figures:
    """The figures of one scope, and what else there is to choose."""

    scope: Scope
    scopes: tuple[Scope, ...]
    open: Count
    standing: tuple[Count, ...]
    late: tuple[Count, ...]
    categories: tuple[Count, ...]
    ages: tuple[Count, ...]
    answered: tuple[Count, ...]


def desk_figures(
    session: Session, deployment: Deployment, member: Member, asked: Filters
) -> Figures | None:
    """The figures of the desk or agency that is asked for, else of the first; None without a desk.

    Of a desk on which the member does not sit there are none.
    """
    directory = directory_of_page(session, deployment)
    scopes = scopes_of(directory, member)
    if not scopes:
        return None
    scope = next((one for one in scopes if one.filters == asked), scopes[0])
    rows = visible_rows(session, deployment, directory, member)
    now, viewer = minutes(deployment.now()), viewer_of(directory, member)
    columns = filterable(deployment, rows, now, viewer)
    counting = _Counting(
        members_of(rows, now, viewer.mark, before_deletion(deployment)), columns, scope.filters
    )
    return Figures(
        scope=scope,
        scopes=scopes,
        open=counting.count(View.ALL),
        standing=tuple(counting.count(view) for view in STANDING),
        late=tuple(counting.each(View.LATE, "step")),
        categories=tuple(counting.each(View.ALL, "category")),
        ages=tuple(counting.each(View.ALL, "age")),
        answered=tuple(
            counting.count(View.ALL, answered=each) for each in (Answered.IN_TIME, Answered.LATE)
        ),
    )


def scopes_of(directory: Directory, member: Member) -> tuple[Scope, ...]:
    """The member's desks; before them each agency for which she sits on more than one."""
    desks = sorted(directory.desks_of(member.person), key=lambda one: one.code)
    single = tuple(Scope(one.names, Filters(desk=one.code)) for one in desks)
    return (*_agencies(directory, desks), *single)


def _agencies(directory: Directory, desks: list[Desk]) -> Iterator[Scope]:
    of_agency = [one.agency for one in desks]
    for agency in dict.fromkeys(of_agency):
        if of_agency.count(agency) > 1 and agency in directory.agencies:
            listed = directory.agencies[agency]
            yield Scope(listed.names, Filters(agency=listed.code))


@dataclass(frozen=True)
class _Counting:
    """Lists and what they can be filtered by, to be counted within a scope."""

    lists: Mapping[View, NDArray[np.bool_]]
    columns: Columns
    scope: Filters

    def count(self, view: View, **more: Any) -> Count:
        """How many stand on one list under the scope's filters and these."""
        filters = replace(self.scope, **{name: int(one) for name, one in more.items()})
        kept = self.lists[view] & filters.keep(self.columns)
        number = next(iter(more.values()), 0)
        return Count(view, filters, int(np.count_nonzero(kept)), int(number))

    def each(self, view: View, name: str) -> Iterator[Count]:
        """The same for every number of one filter that occurs, in the order of the numbers."""
        kept = self.lists[view] & self.scope.keep(self.columns)
        for number in np.unique(self.columns[name][kept]).tolist():
            yield self.count(view, **{name: number})
