"""Who may open which case, as sets of people: the rules of conflict and custody and nothing else.

Written from the rules and not from the code they are compared with: it has no key, no wrap, no
database and no generation of anything. People and desks are called by their names.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST, RIVER, NORTH, EAST, HEADQUARTERS = "first", "river", "north", "east", "headquarters"
IN_ORDER = (FIRST, RIVER, NORTH, EAST, HEADQUARTERS)
PLACES = {1: NORTH, 2: RIVER, 3: EAST, 4: None}
"""Which desk stands in which place."""
AGENCIES = {FIRST: "inter", RIVER: "meridian", NORTH: "terra", EAST: "bridge"}
AGENCIES |= {HEADQUARTERS: "terra"}
LINE = {"Joseph": frozenset({"Lucia", "Amal"})}
"""Whom somebody supervises: kept out with whoever is named, until the name is somebody else's."""


def line_of(names: set[str]) -> set[tuple[str, str]]:
    """Those in the line of these people, each with because of whom."""
    return {(below, above) for above in names for below in LINE.get(above, ())}


@dataclass
class Desk:
    """Who sits on a desk, and who waits to be let in again."""

    members: set[str]
    waiting: set[str] = field(default_factory=set)


@dataclass
class Ask:
    """A question whether a name is somebody's. `lost`: nobody holds the key to its words."""

    about: str
    desk: str
    answer: str = ""
    lost: bool = False


@dataclass
class Case:
    """A case: on which desk, in whose hands, from whom it is kept and why.

    `circle` None is the whole desk. `waiting`: only custodians can open it. `pending`: keys have
    to be taken or given back by the next who reads it. `line`: who is kept out, because of whom.
    """

    area: int
    desk: str
    agency: str
    parts: frozenset[str]
    circle: set[str] | None
    named: set[str]
    said: set[str]
    declared: set[str] = field(default_factory=set)
    asks: list[Ask] = field(default_factory=list)
    messages: int = 0
    waiting: bool = False
    pending: bool = False
    gone: set[str] = field(default_factory=set)
    former: set[str] = field(default_factory=set)
    line: set[tuple[str, str]] = field(default_factory=set)

    @property
    def out(self) -> set[str]:
        """From whom the case is kept."""
        return self.named | self.declared | {below for below, _ in self.line}

    def open_asks(self) -> list[Ask]:
        """What nobody has answered yet."""
        return [one for one in self.asks if not one.answer]

    def is_somebody_else(self, person: str) -> bool:
        """Whether it was said, and not asked again, that the name is not this person's."""
        given = [one.answer for one in self.asks if one.about == person]
        return bool(given) and given[-1] == "lifted" and "" not in given

    def names(self, person: str) -> bool:
        """Whether the case speaks of this person, as far as anybody knows."""
        return person in self.said and not self.is_somebody_else(person)

    def lines(self) -> set[tuple[str, str]]:
        """Those in the line of whoever the case speaks of."""
        return line_of({one for one in self.said if not self.is_somebody_else(one)})

    def concerns(self, person: str) -> bool:
        """Whether somebody who is to get keys is found in it."""
        return self.names(person) or person in {below for below, _ in self.lines()}


@dataclass
class Model:
    """Desks and cases; each method is something that happens."""

    desks: dict[str, Desk]
    cases: list[Case] = field(default_factory=list)

    def holding(self, case: Case) -> set[str]:
        """Who has the keys of a case, whether or not it is kept from her since."""
        if case.waiting:
            return set()
        return set(self.desks[case.desk].members if case.circle is None else case.circle)

    def reading(self, case: Case) -> set[str]:
        """Who finds it on her list and may open it."""
        return self.holding(case) - case.out

    def question_readers(self, ask: Ask) -> set[str]:
        """Who can read the words of a question."""
        return set() if ask.lost or ask.answer else set(self.desks[ask.desk].members)

    def report(self, area: int, names: set[str], parts: frozenset[str]) -> Case:
        """A report goes to the first desk with somebody whom it does not name."""
        line = line_of(names)
        out = names | {below for below, _ in line}
        desk = next((one for one in self._order(area) if self.desks[one].members - out), None)
        left = self._left(desk, out) if desk else set()
        live = [one for one in self._order(area) if self.desks[one].members]
        desk = desk or (FIRST if FIRST in live or not live else live[0])
        case = Case(area, desk, AGENCIES[desk], parts, None, set(names), set(names))
        case.line = line
        self._give(case, desk, left)
        case.asks = [one for one in (self._ask(case, each) for each in sorted(names)) if one]
        self.cases.append(case)
        return case

    def message(self, case: Case, names: set[str]) -> None:
        """Names in what the reporter adds keep people out, if that leaves somebody to read."""
        case.said |= names
        case.messages += 1
        new = names - case.named
        lines = (line_of(new), set[tuple[str, str]]())
        kept = ((more, {*new, *(below for below, _ in more)}) for more in lines)
        line = next((more for more, out in kept if self.reading(case) - out), None)
        if not new or line is None:
            return
        case.named |= new
        case.line |= line
        case.pending = case.pending or bool(self.holding(case) & case.out)
        case.asks += [one for one in (self._ask(case, each) for each in sorted(new)) if one]

    def look(self, person: str, case: Case) -> bool:
        """Somebody opens the case, if it is hers: what waits for a reader is done first."""
        if person not in self.reading(case):
            return False
        if self.waits(case):
            released = self._lift(case)
            case.pending = False
            self._ask_others(case)
            if self.holding(case) & case.out:
                self._redraw(case, released)
            elif case.circle is not None:
                case.circle |= released & self.desks[case.desk].members
        return True

    def waits(self, case: Case) -> bool:
        """Whether something is done as soon as somebody who reads the case opens it."""
        return case.pending or self._movable(case)

    def declare(self, person: str, case: Case) -> None:
        """Somebody gives a case up."""
        released = self._lift(case)
        case.declared.add(person)
        self._ask_others(case)
        self._redraw(case, released)

    def answer(self, case: Case, ask: Ask, answer: str) -> None:
        """The desk that is asked says whether the name is that person's."""
        ask.answer = answer
        case.pending = case.pending or answer == "lifted"

    def may_join(self, person: str, desk: str, giver: str) -> bool:
        """Whether the desk's key opens nothing the newcomer must not have."""
        held = [one for one in self.cases if one.desk == desk and one.circle is None]
        kept = any(
            person in one.named | one.declared or one.names(person) or giver in one.out
            for one in held
            if not one.waiting
        )
        about = any(
            ask.desk == desk and person in one.out | LINE.get(ask.about, frozenset())
            for one in self.cases
            for ask in one.open_asks()
        )
        return not kept and not about

    def join(self, person: str, desk: str) -> None:
        """A fellow lets somebody in; what is about hers is kept from her, as at arrival."""
        self._sit_down(person, desk)
        for case in self.cases:
            held = case.desk == desk and case.circle is None and not case.waiting
            if held and (person in case.out or case.concerns(person)):
                case.line |= {one for one in case.lines() if one[0] == person}
                released = self._lift(case)
                self._ask_others(case)
                self._redraw(case, released)

    def _sit_down(self, person: str, desk: str) -> None:
        self.desks[desk].members.add(person)
        self.desks[desk].waiting.discard(person)

    def leave(self, person: str, desk: str) -> None:
        """Somebody leaves a desk; what nobody else may read is left to the custodians alone."""
        self.desks[desk].members.discard(person)
        for case in self.cases:
            if case.desk != desk:
                continue
            if case.circle is not None and person in case.circle:
                case.circle.discard(person)
                case.gone.add(person)
            if not self.reading(case):
                self._leave_to_custodians(case)
        if not self.desks[desk].members:
            self._lose_questions(desk)

    def lose(self, person: str) -> None:
        """Somebody lost her passphrase: her keys are gone and she waits at each of her desks."""
        for name, desk in self.desks.items():
            if person in desk.members:
                self.leave(person, name)
                desk.waiting.add(person)

    def seat(self, person: str, desk: str) -> None:
        """Custodians give a seat: whatever the desk's key held waits until they hand it over."""
        self._sit_down(person, desk)
        self._lose_questions(desk)
        for case in self.cases:
            if case.desk == desk and case.circle is None:
                case.waiting = True

    def hand_over(self, source: str, target: str) -> None:
        """Custodians of one agency give what waits for them to a desk, but to nobody it names."""
        members = self.desks[target].members
        for case in self.cases:
            if not case.waiting or case.desk != source or case.agency != AGENCIES[source]:
                continue
            lifted = {one for one in case.named if case.is_somebody_else(one)}
            named = {one for one in members if case.names(one)}
            line = {one for one in case.line if not case.is_somebody_else(one[1])}
            line |= line_of(named) | {one for one in case.lines() if one[0] in members}
            out = (case.named - lifted) | named | case.declared | {below for below, _ in line}
            left = members - out
            if left:
                case.named, case.line = (case.named - lifted) | named, line
                case.former = (case.former | case.gone) - left
                case.gone = set()
                case.waiting = False
                self._give(case, target, left)

    def secure(self, person: str) -> None:
        """One who stayed wraps anew what a leaver had keys of; nobody gets any key by it."""
        for case in self.cases:
            if person in self.reading(case) and not self.holding(case) & case.out:
                case.former |= case.gone
                case.gone = set()

    def beside(self, case: Case) -> set[str]:
        """Who of the desk could be let into the circle."""
        if case.circle is None:
            return set()
        return self.desks[case.desk].members - case.circle - case.out

    def give_back(self, giver: str, person: str) -> None:
        """A member of circles lets a colleague back into those she was in before."""
        for case in self.cases:
            if (
                giver in self.reading(case)
                and person in self.beside(case) & case.former
                and not case.concerns(person)
            ):
                self.let_in(case, person)

    def let_in(self, case: Case, person: str) -> None:
        """One more is let into a circle."""
        assert case.circle is not None
        case.circle.add(person)

    def _order(self, area: int) -> list[str]:
        near = PLACES[area]
        others = [one for one in IN_ORDER if one not in {near, FIRST}]
        return [*([near] if near else []), FIRST, *others]

    def _left(self, desk: str, out: set[str]) -> set[str]:
        return self.desks[desk].members - out

    def _give(self, case: Case, desk: str, left: set[str]) -> None:
        """To the whole desk if all of it is left, else to a circle; to custodians if nobody is."""
        whole = bool(left) and left == self.desks[desk].members
        case.desk, case.circle, case.waiting = desk, None if whole else set(left), not left

    def _redraw(self, case: Case, released: set[str]) -> None:
        """Keys are drawn anew for whoever is left: of the same desk, else of the next."""
        had = self.holding(case) | released
        desk, left = case.desk, self._left(case.desk, case.out) & had
        if not left:
            others = [one for one in self._order(case.area) if one != case.desk]
            out = case.out | {one for one in case.said if case.names(one)}
            out |= {below for below, _ in case.lines()}
            desk = next((one for one in others if self._left(one, out)), case.desk)
            left = self._left(desk, out) if desk != case.desk else set()
        case.pending, case.gone, case.former = False, set(), set()
        self._give(case, desk, left)

    def _leave_to_custodians(self, case: Case) -> None:
        case.waiting = True
        if case.circle is not None:
            case.circle = set()

    def _lift(self, case: Case) -> set[str]:
        lifted = {one for one in case.named if case.is_somebody_else(one)}
        before = case.out
        case.named -= lifted
        case.line = {one for one in case.line if not case.is_somebody_else(one[1])}
        return before - case.out

    def _ask(self, case: Case, person: str) -> Ask | None:
        """To the first desk on which nobody sits from whom the case is kept."""
        for desk in IN_ORDER:
            members = self.desks[desk].members
            if members and not members & case.out:
                return Ask(person, desk)
        return None

    def _stranded(self, case: Case) -> list[Ask]:
        return [
            one for one in case.open_asks() if one.lost or self.desks[one.desk].members & case.out
        ]

    def _movable(self, case: Case) -> bool:
        return any(self._ask(case, one.about) for one in self._stranded(case))

    def _ask_others(self, case: Case) -> None:
        for one in self._stranded(case):
            anew = self._ask(case, one.about)
            if anew:
                case.asks.remove(one)
                case.asks.append(anew)

    def _lose_questions(self, desk: str) -> None:
        for case in self.cases:
            for one in case.open_asks():
                one.lost = one.lost or one.desk == desk
