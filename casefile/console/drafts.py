"""What was typed on a case's page and not sent by the button that was pressed.

Every button of the page takes it along, and the answer shows it again. It must never be stored:
it lives on the page alone, and leaves it only when its own button is pressed.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from casefile.console.forms import (
    HandOverForm,
    LetterForm,
    NoteForm,
    OwnWordsForm,
    SeenForm,
)
from casefile.console.letters import OWN


@dataclass(frozen=True)
class Drafts:
    """The typed texts of a case's page, as its forms; empty forms where nothing was typed."""

    note: NoteForm
    own_words: OwnWordsForm
    hand_over: HandOverForm
    asked: str = ""
    """The letter the page was to show: its id, or that of own words; empty for none."""
    once: str = ""
    """The page's token, to be used again because nothing was done with it; else empty."""

    def typed(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the fields with words in them, in the order of the page."""
        fields = (
            self.hand_over.fellow,
            self.hand_over.message,
            self.own_words.reason,
            self.own_words.letter,
            self.note.note,
        )
        return tuple((field.name, field.data) for field in fields if field.data)

    def carried(self) -> tuple[tuple[str, str], ...]:
        """All of it as fields that another page may carry back to this one."""
        plain = [one for one in self.typed() if one[0] not in ("reason", "letter")]
        own = self.own_letter()
        return (*plain, *own, *([("choice", OWN)] if own else []))

    def own_letter(self) -> tuple[tuple[str, str], ...]:
        """The fields of a letter in own words, where one was begun."""
        form = self.own_words
        begun = form.reason.data or form.letter.data
        fields = (form.reason, form.written_in, form.letter) if begun else ()
        asks = [(form.asks.name, "1")] if begun and form.asks.data else []
        return (*((field.name, field.data) for field in fields if field.data), *asks)


def no_drafts() -> Drafts:
    """The drafts of a page on which nothing was typed yet."""
    return Drafts(NoteForm(formdata=None), OwnWordsForm(formdata=None), HandOverForm(formdata=None))


def drafts_left(sent: type[SeenForm] | None = None) -> Drafts:
    """What this request brought, without what `sent` has just done its work with."""
    return Drafts(
        note=NoteForm(formdata=None) if sent is NoteForm else NoteForm(),
        own_words=OwnWordsForm(formdata=None) if sent is OwnWordsForm else OwnWordsForm(),
        hand_over=HandOverForm(formdata=None) if sent is HandOverForm else HandOverForm(),
        asked="" if sent in (LetterForm, OwnWordsForm) else letter_asked(),
    )


def drafts_unsent(
    *,
    note: NoteForm | None = None,
    own_words: OwnWordsForm | None = None,
    hand_over: HandOverForm | None = None,
) -> Drafts:
    """All this request brought, for nothing was done; a form given is shown with its mistakes."""
    return Drafts(
        note=note or NoteForm(),
        own_words=own_words or OwnWordsForm(),
        hand_over=hand_over or HandOverForm(),
        asked=letter_asked(),
        once=request.form.get("once", ""),
    )


def letter_asked() -> str:
    """The letter to be shown: the one a button asks for, the one chosen, or the one shown now."""
    return next(filter(None, map(request.form.get, ("see", "choice", "shown"))), "")
