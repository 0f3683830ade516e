"""The words of papers and of keeping a case, each looked up once, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from casefile.codes.lists import read_list
from casefile.console.spoken import Spoken
from casefile.documents.papers import PaperWords
from casefile.platform.deployment import current_deployment


def section_words() -> Spoken:
    """What the sections of a copy are called."""
    return Spoken(
        summary=_("Summary"),
        dates=_("Dates"),
        report=_("Report"),
        letters=_("Letters"),
        notes=_("Notes"),
        help=_("Help"),
        complaint=_("Complaint"),
        investigation=_("Investigation"),
        permissions=_("Permissions"),
        files=_("Files"),
        identity=_("Names and contact"),
        unknown=_("not known"),
    )


def reason_words() -> Spoken:
    """Why a copy is taken."""
    return Spoken(
        investigation=_("for the investigation"),
        authority=_("a court or an authority asked"),
        person_asked=_("the person it is about asked"),
        meeting=_("for a meeting without a computer"),
        other=_("another reason"),
        unknown=_("not known"),
    )


def coded_words(codes: Sequence[int]) -> str:
    """The codes of a line on the log: the reason, then the sections."""
    config = current_deployment().settings.config
    reasons, sections = read_list(config, "export_reason"), read_list(config, "paper_section")
    said = [reason_words()[reasons.code(codes[0])]]
    said += [section_words()[sections.code(one)] for one in codes[1:]]
    return " · ".join(said)


def paper_words() -> PaperWords:
    """Our own sentences on a paper."""
    return PaperWords(
        contents=_("Contents"),
        page=_("Page {} of {}"),
        lost_here=_("On this page letters that could not be drawn stand as numbers in brackets."),
        lost=_(
            "Some letters could not be drawn with the fonts of this service. "
            "They stand as their numbers in brackets, and nothing was left out."
        ),
        cut=_("[The rest is not printed here: it is in the sealed copy.]"),
    )


def value_names() -> Spoken:
    """What the values of a record are called; one without words here shows its own name."""
    return Spoken(
        how=_("How to reach them"),
        when=_("When"),
        by=_("By"),
        to=_("To"),
        text=_("Words"),
        help=_("Help wished"),
        grown_up=_("Grown-up"),
        contact=_("Contact"),
        choice=_("Choice"),
        reason=_("Reason"),
        what=_("What"),
    )
