"""What a deployment may set, read once at start into one frozen object.

Nothing else in Casefile reads the environment or the configuration files. Secrets never stand
here: the key file has a path here, its keys live in `casefile.sealing.keyring`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent.parent
MAY_BE_ZERO = frozenset({"lock_wait_s", "proxies"})
WHO_ANSWERS = ("woman", "man", "anyone")


class SettingsProblem(Exception):
    """A setting cannot be used; the text says which, why, and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two deployments, each with its unit."""

    instance: Path
    """Folder with the database, the key file and the sealed files."""
    database: str
    """SQLAlchemy address of the one database: SQLite in `instance`, or PostgreSQL."""
    key_file: Path
    """Key file, readable by its owner alone; used unless `keys` is given."""
    keys: str | None
    """The key file's text, for deployments that keep keys outside the disk."""
    config: Path
    """Folder of lists, questions, letters and SOP profiles."""
    service_name: str
    """What an authenticator app calls this service; neutral, for it shows on a phone."""
    base: str
    """The address people reach it under, without a slash at the end."""
    time_zone: ZoneInfo
    """Zone of the duty station: dates people read, and the years and quarters of facts."""
    proxies: int
    """Our own reverse proxies in front, whose word on who is calling is believed; 0: nobody's."""
    safety_number: str
    """Telephone number for danger now, as it is read aloud."""
    safety_hours: str
    """When the number answers: "always", or a sentence."""
    call_number: str
    """Telephone number for people who would rather speak; empty: the safety number, if any."""
    call_hours: str
    """When it is answered: "always", or a sentence."""
    call_first: str
    """Who answers it first: "woman", "man" or "anyone"."""
    leave_to: str
    """Where *Leave this page* sends the browser."""
    lock_wait_s: int
    """Seconds a write waits for the database before the page says that it could not save."""
    argon_reports: int
    """Receipt codes derived at once in one process, for reports."""
    argon_guesses: int
    """Receipt codes derived at once in one process, for numbers typed in."""
    argon_sign_ins: int
    """Passphrases stretched at once in one process."""
    small_office: int
    """People with a post in one agency and place up to whom the office is excluded as a whole."""
    reports_per_sender: int
    """Reports an hour from one network; what comes beyond them is possibly junk, never refused."""
    numbers_per_sender: int
    """Wrong numbers in ten minutes from one network; then it is asked to come back."""
    unread_messages: int
    """Messages a reporter can add before somebody has read them."""
    mail_host: str
    """The mail server that takes notices; empty: no notice leaves."""
    mail_port: int
    """Its port."""
    mail_from: str
    """The sender of notices."""
    mail_starttls: bool
    """Whether the connection to it is encrypted before anything is said."""
    notice_least_minutes: int
    """The shortest wait of a notice; what comes for the same person meanwhile is one mail."""
    notice_most_minutes: int
    """The longest wait drawn; the outbox rounds it up to the next quarter of an hour."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings of this process; SettingsProblem says what cannot be used."""
    config = Path(environ.get("CASEFILE_CONFIG", ROOT / "config")).resolve()
    instance = Path(environ.get("CASEFILE_INSTANCE", ROOT / "instance")).resolve()
    given = _merged(config / "default.toml", instance / "settings.toml")
    service, safety, limits = given["service"], given["safety"], given["limits"]
    mail = given["mail"]
    return Settings(
        instance=instance,
        database=_database(environ.get("CASEFILE_DATABASE"), instance),
        key_file=Path(environ.get("CASEFILE_KEY_FILE", instance / "keys.txt")),
        keys=environ.get("CASEFILE_KEYS"),
        config=config,
        service_name=service["name"],
        base=environ.get("CASEFILE_BASE", service["base"]).rstrip("/"),
        time_zone=_zone(service["time_zone"]),
        proxies=service["proxies"],
        safety_number=safety["number"],
        safety_hours=safety["hours"],
        call_number=given["call"]["number"],
        call_hours=given["call"]["hours"],
        call_first=_one_of("first", given["call"]["first"], WHO_ANSWERS),
        leave_to=safety["leave_to"],
        lock_wait_s=limits["lock_wait_s"],
        argon_reports=limits["argon_reports"],
        argon_guesses=limits["argon_guesses"],
        argon_sign_ins=limits["argon_sign_ins"],
        small_office=given["protection"]["small_office"],
        reports_per_sender=limits["reports_per_sender"],
        numbers_per_sender=limits["numbers_per_sender"],
        unread_messages=limits["unread_messages"],
        mail_host=mail["host"],
        mail_port=mail["port"],
        mail_from=mail["from"],
        mail_starttls=mail["starttls"],
        notice_least_minutes=mail["notice_least_minutes"],
        notice_most_minutes=max(mail["notice_least_minutes"], mail["notice_most_minutes"]),
    )


def _database(address: str | None, instance: Path) -> str:
    """The one database: PostgreSQL when named, else SQLite in the instance folder."""
    if address is None:
        return f"sqlite:///{instance / 'casefile.sqlite3'}"
    if address.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + address.split("://", 1)[1]
    if address.startswith(("postgresql+psycopg://", "sqlite:///")):
        return address
    raise SettingsProblem("CASEFILE_DATABASE must begin with postgresql:// or sqlite:///.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise SettingsProblem(f"time_zone: no zone is called {name!r}.") from unknown


def _one_of(key: str, given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise SettingsProblem(f"{key} is {given!r}; it must be one of {', '.join(known)}.")
    return given


def _merged(*files: Path) -> dict[str, Any]:
    """Read TOML tables, later files over earlier ones; unknown tables or keys are refused."""
    merged: dict[str, Any] = {}
    for number, file in enumerate(files):
        if number and not file.exists():
            continue
        for table, values in _toml(file).items():
            if not isinstance(values, dict):
                raise SettingsProblem(f"{file.name}: [{table}] must be a table of settings.")
            if number and (table not in merged or set(values) - set(merged[table])):
                raise SettingsProblem(f"{file.name}: [{table}] has a key that default.toml lacks.")
            for key in values if number else ():
                _check(file.name, key, values[key], merged[table][key])
            merged.setdefault(table, {}).update(values)
    return merged


def _check(file: str, key: str, given: object, default: object) -> None:
    """A value has the kind of its default, and a number of things is above zero."""
    if type(given) is not type(default):
        kind = type(default).__name__
        raise SettingsProblem(f"{file}: {key} is {given!r}, but it must be of kind {kind}.")
    if isinstance(given, int) and not isinstance(given, bool) and given < (key not in MAY_BE_ZERO):
        raise SettingsProblem(f"{file}: {key} is {given}, which is too small.")


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise SettingsProblem(f"{file} is missing.") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damaged:
        raise SettingsProblem(f"{file} cannot be read: {damaged}") from damaged
