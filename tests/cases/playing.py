"""A world and the model of who may open what, side by side: each thing is done in both.

What is done here is what people do, through the verbs the pages use, in real sessions and with real
keys. `compare` then tries everybody's keys on every row the database holds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.exclusion_circle import NamedInTheCase, let_into_circle
from casefile.cases.exclusion_declared import declare_conflict
from casefile.cases.exclusion_questions import answer_question, open_questions
from casefile.cases.giving_back import give_back_circles
from casefile.cases.holding import Custody, custody_of
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Label, Question, read_label
from casefile.cases.leaving import leave_desk
from casefile.cases.mailbox import write_with_number
from casefile.cases.membership import ExcludedFromACase, join_desk
from casefile.cases.models import CaseRow
from casefile.cases.queue import visible_rows
from casefile.cases.queue_rows import QUEUE, address_of, case_of
from casefile.cases.reading import open_case
from casefile.cases.search import search
from casefile.cases.securing import secure_some
from casefile.network.directory import Desk
from casefile.people.accounts import change_person, person_by_email
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.registers.storage import read_row
from tests.cases.coming_and_going import (
    custodians_give,
    custodians_meet,
    custodians_seat,
    draw_all_shares,
    new_key,
)
from tests.cases.excluding import works
from tests.cases.keyholders import Reach, Ring, Stored, reach, reads_question, ring_of, stored
from tests.cases.who_may_open import EAST, FIRST, HEADQUARTERS, LINE, NORTH, RIVER, Ask, Case, Model
from tests.cases.who_may_open import Desk as Seats
from tests.world import World

PEOPLE = ("Amal", "Ines", "Joseph", "Lucia", "Peter", "Sarah")
DESKS = {
    FIRST: "Inter-agency intake desk",
    RIVER: "Intake desk, River",
    NORTH: "Intake desk, North",
    EAST: "Intake desk, East",
    HEADQUARTERS: "Investigations",
}
SEATED = {
    FIRST: {"Ines"},
    RIVER: {"Sarah", "Amal"},
    NORTH: {"Peter"},
    EAST: {"Lucia"},
    HEADQUARTERS: {"Joseph"},
}
SITS = {who: desk for desk, people in SEATED.items() for who in people}
NOWHERE = 77
"""A place where no desk stands: nobody's post makes a desk the office of somebody named."""
INTAKE = frozenset({"mailbox", "work", "assistance"})


class Playing:
    """One world with its model. Cases go by the number in which they came."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.model = Model({name: Seats(set(people)) for name, people in SEATED.items()})
        self.keys: dict[str, list[Member]] = {who: [world.member(who)] for who in PEOPLE}
        self.ids: list[bytes] = []
        self._numbers: list[str] = []
        self._before: dict[tuple[str, bytes], tuple[bool, Reach]] = {}
        self._once = itertools.count()
        self._the_founder_is_called_otherwise()
        for above, line in LINE.items():
            for below in sorted(line):
                works(world, below, DESKS[SITS[below]], under=above, area=NOWHERE)
        self._shares = draw_all_shares(world, tuple(map(self.desk, DESKS)))

    def member(self, who: str) -> Member:
        """Somebody, with the key she has now."""
        return self.keys[who][-1]

    def desk(self, name: str) -> Desk:
        return self.world.desk(DESKS[name])

    def reports(self, area: int, names: set[str], *, contact: bool) -> None:
        """A report comes from a place and names these people."""
        text = f"Report {next(self._once)}. {self._spoken(names)}"
        way = {"contact": "way", "contact_how": "By radio"} if contact else {}
        receipt = self.world.report(text, area=str(area), **way)
        with self.world.session() as session:
            (case,) = set(session.scalars(select(CaseRow.id))) - set(self.ids)
        self.ids.append(case)
        self._numbers.append(receipt.code.digits())
        self.model.report(area, names, INTAKE | {"identity"} if contact else INTAKE)

    def adds(self, at: int, names: set[str]) -> None:
        """The reporter adds a message that names these people."""
        once = next(self._once)
        with self.world.session() as session:
            write_with_number(
                session,
                self.world.deployment,
                typed=self._numbers[at],
                text=f"More {once}. {self._spoken(names)}",
                once=once.to_bytes(32, "big"),
            )
        self.model.message(self.model.cases[at], names)

    def looks(self, who: str, at: int) -> None:
        """Somebody opens the page of a case, if it is there for her."""
        seen = self.model.look(who, self.model.cases[at])
        with self.world.session() as session:
            try:
                address = address_of(self.ids[at])
                open_case(session, self.world.deployment, self.member(who), address)
            except CaseNotFound:
                assert not seen, f"{who} does not see what is hers"
                return
        assert seen, f"{who} sees what is not hers"

    def declares(self, who: str, at: int) -> None:
        """Somebody gives a case up."""
        with self.world.session() as session:
            address = address_of(self.ids[at])
            declare_conflict(session, self.world.deployment, self.member(who), address)
        self.model.declare(who, self.model.cases[at])

    def answers(self, who: str, at: int, ask: Ask, answer: str) -> None:
        """Somebody says whether a name is that person's; she reads what was said if she can."""
        with self.world.session() as session:
            deployment, member = self.world.deployment, self.member(who)
            label = read_label(session, deployment, self.ids[at]).label
            question = self._question(label, ask)
            where = (str(question.row), str(question.place))
            mine = deployment.keyring.tag("question", self.ids[at], *where).hex()
            (shown,) = [
                one for one in open_questions(session, deployment, member) if one.id == mine
            ]
            assert (shown.said is None) == ask.lost
        with self.world.session() as session:
            answer_question(session, deployment, member, mine, answer)
        self.model.answer(self.model.cases[at], ask, answer)

    def joins(self, who: str, desk: str, giver: str) -> None:
        """Somebody is let in, or refused where the rules refuse her."""
        fellow, person, known = self.member(giver), self.member(who).person, self.desk(desk)
        may = self.model.may_join(who, desk, giver)
        try:
            self._writes(lambda it: join_desk(it, self.world.deployment, fellow, known, person))
        except ExcludedFromACase:
            assert not may, f"{giver} could not let {who} into {desk}"
            return
        assert may, f"{giver} let {who} into {desk}"
        self.model.join(who, desk)

    def leaves(self, who: str, desk: str) -> None:
        """Somebody leaves a desk."""
        person, known = self.member(who).person, self.desk(desk)
        self._writes(lambda it: leave_desk(it, self.world.deployment, known.id, person, by=person))
        self.model.leave(who, desk)

    def loses(self, who: str) -> None:
        """Somebody loses her passphrase and begins again with a new key."""
        self.keys[who].append(new_key(self.world, self.member(who).person))
        self.world.clock.pass_by(minutes=1)
        self.model.lose(who)

    def recovers(self, who: str, desk: str) -> None:
        """Custodians give somebody her seat, and the desk's cases over."""
        handing = custodians_meet(self.world, self._shares, self.desk(desk), self.desk(desk))
        custodians_seat(self.world, handing, self.member(who).person)
        self.model.seat(who, desk)
        custodians_give(self.world, handing, self.desk(desk))
        self.model.hand_over(desk, desk)

    def hands_over(self, source: str, target: str) -> None:
        """Custodians give what nobody can open to another desk."""
        handing = custodians_meet(self.world, self._shares, self.desk(source), self.desk(target))
        custodians_give(self.world, handing, self.desk(source))
        self.model.hand_over(source, target)

    def secures(self, who: str) -> None:
        """Somebody wraps anew what an earlier key holds."""
        with self.world.session() as session:
            secure_some(session, self.world.deployment, self.member(who))
        self.model.secure(who)

    def searches(self, who: str) -> None:
        """Somebody searches for a word that every case holds."""
        with self.world.session() as session:
            found = search(session, self.world.deployment, self.member(who), "report")
        assert found.count == sum(who in self.model.reading(one) for one in self.model.cases)

    def lets_in(self, giver: str, at: int, who: str) -> None:
        """A reader lets one more into a circle, unless the case is about her."""
        case, person = self.model.cases[at], self.member(who).person
        with self.world.session() as session:
            address, member = address_of(self.ids[at]), self.member(giver)
            try:
                let_into_circle(session, self.world.deployment, member, address, person)
            except NamedInTheCase:
                assert case.concerns(who)
                return
        assert not case.concerns(who)
        self.model.let_in(case, who)

    def gives_back(self, giver: str, who: str) -> None:
        """Somebody gives a colleague back the circles she was in before."""
        with self.world.session() as session:
            person = self.member(who).person
            give_back_circles(session, self.world.deployment, self.member(giver), person)
        self.model.give_back(giver, who)

    def compare(self) -> None:
        """Everybody's own keys open what the model says; the lists of work say the same."""
        with self.world.session() as session:
            deployment, directory = self.world.deployment, self.world.directory()
            rings = {who: ring_of(session, deployment, directory, self.keys[who]) for who in PEOPLE}
            for case, known in zip(self.ids, self.model.cases, strict=True):
                rows = stored(session, deployment, read_label(session, deployment, case))
                assert self._kept_from(rows.held.label) == known.out
                self._custody_agrees(session, rows.held.label, known)
                self._questions_agree(session, rings, rows, known)
                for who in PEOPLE:
                    self._keys_agree(session, rings[who], rows, who, known)
            for who in PEOPLE:
                rows_of_hers = visible_rows(session, deployment, directory, self.member(who))
                listed = {case_of(row["case_1"], row["case_2"]) for row in rows_of_hers}
                assert listed == self._hers(who), who

    def _keys_agree(
        self, session: Session, ring: Ring, rows: Stored, who: str, known: Case
    ) -> None:
        found = reach(session, self.world.deployment, ring, rows)
        expected = known.parts if who in self.model.holding(known) else frozenset()
        assert {part.value for part in found.parts} == expected, (who, known)
        was_out, before = self._before.get((who, rows.held.case), (False, found))
        if was_out and who in known.out:
            assert found.wraps <= before.wraps, f"{who} is kept out and got a new wrap"
        self._before[who, rows.held.case] = (who in known.out, found)
        assert self._page_opens(session, who, rows.held.case) == (who in self.model.reading(known))

    def _questions_agree(
        self, session: Session, rings: dict[str, Ring], rows: Stored, known: Case
    ) -> None:
        for ask in known.open_asks():
            question = self._question(rows.held.label, ask)
            readers = {
                who
                for who, ring in rings.items()
                if reads_question(session, self.world.deployment, ring, rows, question)
            }
            assert readers == self.model.question_readers(ask), (ask, known)

    def _custody_agrees(self, session: Session, label: Label, known: Case) -> None:
        row = read_row(session, self.world.deployment, QUEUE, label.queue, "queue")
        assert int(row["custody"]) == custody_of(label, self.world.directory()), known
        assert (int(row["custody"]) == Custody.CUSTODIANS) == known.waiting, known

    def _page_opens(self, session: Session, who: str, case: bytes) -> bool:
        try:
            return bool(unlock(session, self.world.deployment, self.member(who), case).keys)
        except CaseNotFound:
            return False

    def _hers(self, who: str) -> set[bytes]:
        cases = zip(self.ids, self.model.cases, strict=True)
        return {case for case, known in cases if who in self.model.reading(known)}

    def _kept_from(self, label: Label) -> set[str]:
        people = {self.member(who).person: who for who in PEOPLE}
        return {people[one] for one in label.excluded}

    def _question(self, label: Label, ask: Ask) -> Question:
        person = self.member(ask.about).person
        (found,) = [one for one in label.open_questions() if one.person == person]
        return found

    def _spoken(self, names: set[str]) -> str:
        return " ".join(f"It was {self.world.seated[who].person.name}." for who in sorted(names))

    def _the_founder_is_called_otherwise(self) -> None:
        """An invitation of the founding that nobody accepted bears a name of one who is seated."""

        def verb(writing: Session) -> None:
            deployment = self.world.deployment
            known = person_by_email(writing, deployment, "ines@example.org")
            assert known is not None
            renamed = replace(known.account, name="Ursula Quist")
            change_person(writing, deployment, known, renamed)

        self._writes(verb)

    def _writes(self, verb: Callable[[Session], Any]) -> Any:
        with self.world.session() as session:
            return write(verb, session)
