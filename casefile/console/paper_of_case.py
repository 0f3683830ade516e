"""A case as a paper: its sections in the reader's words, ready to be set.

Nothing is decided here: what may leave was chosen and opened before. What somebody wrote is handed
on as it was written, and a record of a kind nobody named is printed value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _

from casefile.cases.case_page import CasePage
from casefile.cases.copies import Copy, leaving
from casefile.cases.copies import Section as Part
from casefile.cases.records import Record
from casefile.console.answers import questionnaire, spoken_answers
from casefile.console.case_words import CaseWords, case_words
from casefile.console.papers_words import paper_words, section_words, value_names
from casefile.documents.papers import Block, Facts, Paper, Plain, Said, Section, Table
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.language import current_language, digits, exact, weight
from casefile.platform.now import moment

MOMENTS: Final = frozenset({"when", "due", "until", "met", "asked", "answered"})
"""Values that are minutes since 1970."""
PEOPLE: Final = frozenset({"by", "to"})
"""Values that are a person's id."""


def paper_of(deployment: Deployment, member: Member, copy: Copy) -> Paper:
    """The paper of a copy, marked with who reads it and when."""
    zone, now, language = deployment.settings.time_zone, deployment.now(), current_language()
    writer = _Writer(deployment, copy)
    words = section_words()
    return Paper(
        title=_("Case %(reference)s", reference=copy.page.reference),
        under=f"{_('alleged')} · {writer.said.category[copy.page.category]}",
        language=language.code,
        from_right=language.direction == "rtl",
        digits=language.digits,
        mark=f"{member.name} · {exact(now, zone)[:16]}",
        made=now,
        words=paper_words(),
        sections=tuple(
            Section(words[part], tuple(writer.blocks(part)) or (Plain(_("Nothing is here.")),))
            for part in copy.sections
        ),
    )


class _Writer:
    """Says what each section holds."""

    def __init__(self, deployment: Deployment, copy: Copy) -> None:
        self._deployment, self._copy = deployment, copy
        self.said: CaseWords = case_words()
        self._names = value_names()

    def blocks(self, part: Part) -> Iterator[Block]:
        """The blocks of one section."""
        own: Mapping[Part, Callable[[], Iterable[Block]]] = {
            Part.SUMMARY: self._summary,
            Part.DATES: self._dates,
            Part.FILES: self._files,
        }
        if part in own:
            yield from own[part]()
            return
        for record in self._copy.records[part]:
            yield from self._record(record)

    def _summary(self) -> Iterator[Block]:
        page, said = self._copy.page, self.said
        danger = ", ".join(said.danger[one] for one in page.danger) or _("not said")
        readers = "\n".join(f"{one.desk}: {', '.join(one.people)}" for one in page.desks)
        yield Facts(
            (
                (_("Received"), self._moment(page.received)),
                (_("How far it is"), said.state[page.state]),
                (_("Language"), said.language[page.language]),
                (_("Area"), page.area or _("not said")),
                (_("Organisation, as reported"), page.employer or _("not said")),
                (_("Told by"), said.told_by[page.told_by]),
                (_("Under 18"), said.age[page.age]),
                (_("Danger now"), danger),
                (_("Last time"), said.last_time[page.when]),
                (_("May the name be shared"), said.share_name[page.share_name]),
                (_("Kept from, as the reporter wrote"), page.keep_from or _("not said")),
                (_("Who can read"), readers),
                (_("Who answers"), page.who_answers or _("nobody in particular")),
            )
        )

    def _dates(self) -> Iterator[Block]:
        dates = self._copy.page.dates
        told = render_template("console/case/told_dates.html", dates=dates, said=self.said)
        lines = [unescape(line).strip() for line in told.strip("\n").split("\n")]
        rows = tuple(
            (self._moment(one.when), line or one.kind)
            for one, line in zip(dates, lines, strict=True)
        )
        yield Table((_("When"), _("What")), rows)

    def _files(self) -> Iterator[Block]:
        if not self._copy.files:
            return
        rows = tuple(
            (digits(one.number), _("locked: it does not leave"), "", "")
            if one.locked
            else (
                digits(one.number),
                one.name,
                f"{self.said.family[one.family]}, {weight(one.size)}",
                self._moment(one.when),
            )
            for one in self._copy.files
        )
        yield Table((_("Number"), _("Name"), _("Kind"), _("When")), rows)

    def _record(self, record: Record) -> Iterator[Block]:
        content = dict(leaving(record, self._copy.files) or {})
        head = self._head(content)
        text = content.pop("text", "")
        if record.kind == "report":
            yield Said(head or _("The report"), str(text))
            answers = tuple((name, tuple(given)) for name, given in content["answers"].items())
            yield from self._answers(self._copy.page, answers)
            return
        rows = tuple(self._values(content))
        if text:
            yield Said(head or record.kind, str(text))
        elif rows:
            yield Said(head or record.kind, "")
        if rows and record.kind not in ("letter", "note", "message", "reason"):
            yield Facts(rows)

    def _answers(
        self, page: CasePage, answers: tuple[tuple[str, tuple[str, ...]], ...]
    ) -> Iterator[Block]:
        form = questionnaire(self._deployment.settings.config)
        spoken = spoken_answers(form, answers, page.area)
        if spoken:
            yield Facts(tuple((question, "\n".join(given)) for question, given in spoken))

    def _head(self, content: dict[str, Any]) -> str:
        """When and who, taken out of what is left to be said."""
        when, by = content.pop("when", None), content.pop("by", "")
        said = [self._moment(moment(when))] if isinstance(when, int) else []
        return " · ".join([*said, *([self._person(by)] if by else [])])

    def _values(self, content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name, value in content.items():
            spoken = self._names.get(name, name.replace("_", " "))
            if name in PEOPLE and isinstance(value, str):
                yield spoken, self._person(value)
            elif name in MOMENTS and type(value) is int:
                yield spoken, self._moment(moment(value))
            elif value not in ("", None, [], {}):
                yield spoken, _written(value)

    def _person(self, identity: str) -> str:
        try:
            return self._copy.people.get(bytes.fromhex(identity), "")
        except ValueError:
            return identity

    def _moment(self, when: Any) -> str:
        return exact(when, self._deployment.settings.time_zone)[:16]


def _written(value: object) -> str:
    """A value of any shape, on lines."""
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_written(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(_written(one) for one in value)
    return digits(value) if type(value) is int else str(value)
