"""Languages: which there are, whose page this is in, and how days and digits are said in it.

One catalogue per feature is read at start; nothing compiled is kept on disk. A page must never
mix two languages except where it quotes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date as Day  # noqa: N812
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, gettext
from jinja2 import pass_context
from jinja2.runtime import Context

from casefile.platform.now import Now

FEATURES = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Language:
    """A language the pages speak: its code, its own name, the direction it is written in."""

    code: str
    own_name: str
    direction: str = "ltr"
    digits: str = "0123456789"
    comma: str = ","
    """What joins the parts of a row; a space follows it."""


LANGUAGES = (
    Language("en", "English"),
    Language("fr", "Français"),
    Language("es", "Español"),
    Language("ar", "العربية", "rtl", "٠١٢٣٤٥٦٧٨٩", "،"),
)
BY_CODE = {language.code: language for language in LANGUAGES}
MEGABYTE = 1024 * 1024
CALENDARS = {"en": "en_GB", "ar": "ar"}
"""Babel locales that differ from our code: days come before months."""
Unit = Literal["minute", "hour", "day"]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Catalogues(Domain):  # type: ignore[misc]
    """Every feature's catalogue of a language as one."""

    def __init__(self, folder: Path = FEATURES) -> None:
        super().__init__()
        self._read = {language.code: catalogue(folder, language.code) for language in LANGUAGES}

    def get_translations(self) -> NullTranslations:
        """The messages of the request's language."""
        return self._read[current_language().code]


def catalogue(folder: Path, code: str) -> NullTranslations:
    """Read and join the catalogues of all features for one language; English is in the pages."""
    joined: Translations | None = None
    for file in sorted(folder.glob(f"*/translations/{code}/LC_MESSAGES/*.po")):
        packed = io.BytesIO()
        with file.open("rb") as source:
            write_mo(packed, read_po(source, locale=code))
        packed.seek(0)
        read = Translations(packed)
        joined = read if joined is None else joined.merge(read)
    return joined if joined is not None else NullTranslations()


def use_language(code: str) -> None:
    """Let this request speak `code`; an unknown code leaves it in English."""
    g.language = BY_CODE.get(code, LANGUAGES[0])


def current_language() -> Language:
    """The request's language, else the best the browser asked for, else English."""
    if "language" not in g:
        g.language = BY_CODE[_asked_for() or LANGUAGES[0].code]
    chosen: Language = g.language
    return chosen


class Speech(Babel):  # type: ignore[misc]
    """Flask-Babel over our catalogues in place of compiled files beside the application."""

    def __init__(self, app: Flask) -> None:
        self._catalogues = Catalogues()
        super().__init__(app, locale_selector=lambda: current_language().code)

    @property
    def domain_instance(self) -> Domain:
        """The one domain: all features' messages."""
        return self._catalogues


def _asked_for() -> str | None:
    """The language in the address, also where nothing lies at it; else the browser's wish."""
    if not request:
        return None
    named = request.path.split("/", 2)[1]
    return named if named in BY_CODE else wished_language(request.accept_languages, BY_CODE)


def wished_language(wishes: Iterable[tuple[str, float]], spoken: Collection[str]) -> str | None:
    """The first language of the browser's list, best first, that we speak; None if there is none.

    A country counts as its language: *ar-SY, fr;q=0.5* asks for Arabic before French.
    """
    codes = (wish.split("-")[0].lower() for wish, quality in wishes if quality > 0)
    return next((code for code in codes if code in spoken), None)


def speak(app: Flask, zone: ZoneInfo, now: Now) -> None:
    """Give the application gettext, and its templates days, digits and directions."""
    Speech(app)
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES
    app.context_processor(lambda: {"language": current_language()})
    for name, filtered in sayings(zone, now):
        app.jinja_env.filters[name] = _in_this_request(filtered)


def sayings(zone: ZoneInfo, now: Now) -> Iterable[tuple[str, Callable[..., str]]]:
    """The template filters, bound to the duty station's zone and the clock."""
    return (
        ("digits", digits),
        ("day", lambda when: day(when, zone, now())),
        ("date", lambda when: date(when, zone)),
        ("moment", lambda when: said_moment(when, zone, now())),
        ("exact", lambda when: exact(when, zone)),
        ("lasting", lasting),
        ("weight", weight),
    )


def _in_this_request(said: Callable[..., str]) -> Callable[..., str]:
    """Keep the template compiler from saying a constant once, in one language, for good."""

    @pass_context
    def filtered(_context: Context, value: object) -> str:
        return said(value)

    return filtered


def digits(value: object) -> str:
    """Write the ASCII digits of `value` in the request's language."""
    return str(value).translate(str.maketrans("0123456789", current_language().digits))


def day(when: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Name a day, with its year where that is not this one: Thursday 26 November."""
    code = current_language().code
    local = when.astimezone(zone)
    pattern = "EEEE d 'de' MMMM" if code == "es" else "EEEE d MMMM"
    if local.year != now.astimezone(zone).year:
        pattern += " 'de' y" if code == "es" else " y"
    return digits(_day_named(local.date(), pattern, code))


@lru_cache(maxsize=4096)
def _day_named(local: Day, pattern: str, code: str) -> str:
    """A day in words, in digits of ASCII; a list of work asks for the same few every time."""
    return str(format_date(local, pattern, locale=CALENDARS.get(code, code)))


def date(when: datetime, zone: ZoneInfo) -> str:
    """Name a day with its year, as on paper: 26 November 2026."""
    code = current_language().code
    return digits(format_date(when.astimezone(zone), "long", locale=CALENDARS.get(code, code)))


def said_moment(when: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Name a moment the way people say it: today 14:00, Thursday 10:00, Tuesday 1 December."""
    code = current_language().code
    local, present = when.astimezone(zone), now.astimezone(zone)
    clock = digits(f"{local:%H:%M}")
    apart = (local.date() - present.date()).days
    if apart == 0:
        return str(gettext("today %(time)s", time=clock))
    if apart == -1:
        return str(gettext("yesterday %(time)s", time=clock))
    if 0 < apart < 7:
        named = _day_named(local.date(), "EEEE", code)
        return str(gettext("%(day)s %(time)s", day=named, time=clock))
    return day(when, zone, now)


def exact(when: datetime, zone: ZoneInfo) -> str:
    """Name a moment for a record: 2026-11-26 14:05:09, in the duty station's zone."""
    return digits(f"{when.astimezone(zone):%Y-%m-%d %H:%M:%S}")


def weight(size: int) -> str:
    """Say how large a file is: 2.3 MB, 12 KB; never less than 1 KB."""
    if size >= MEGABYTE // 10:
        whole, tenth = divmod(-(-size * 10 // MEGABYTE), 10)
        code = current_language().code
        said = format_decimal(whole + tenth / 10, locale=CALENDARS.get(code, code))
        return str(gettext("%(size)s MB", size=digits(said)))
    return str(gettext("%(size)s KB", size=digits(max(1, -(-size // 1024)))))


def lasting(length: timedelta) -> str:
    """Say how long something has lasted: 40 min, 3 h, 12 days; never shorter than it has.

    Whole minutes, from an hour whole hours, from a day whole days, begun ones counted.
    """
    minutes, hours, days = (max(-(-length // one), 1) for one in (MINUTE, HOUR, DAY))
    if minutes < 60:
        return _counted(minutes * MINUTE, "minute", "short")
    if hours < 24:
        return _counted(hours * HOUR, "hour", "short")
    return _counted(days * DAY, "day", "long")


def _counted(length: timedelta, unit: Unit, style: Literal["short", "long"]) -> str:
    """A whole number of one unit in words."""
    return digits(_length_named(length, unit, style, current_language().code))


@lru_cache(maxsize=4096)
def _length_named(length: timedelta, unit: Unit, style: Literal["short", "long"], code: str) -> str:
    """The same in digits of ASCII; the threshold keeps larger units out of it."""
    locale = CALENDARS.get(code, code)
    return str(format_timedelta(length, unit, threshold=math.inf, format=style, locale=locale))
