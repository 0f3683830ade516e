"""Whether time tells what an answer does not: pairs that must take equally long.

Unknown, mistyped and deleted numbers; unknown people and known ones with a wrong passphrase, in
both steps of signing in. Each pair runs in turns; what counts is how far the middle pair differs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from sqlalchemy import delete

from casefile.cases.models import ReceiptRow
from casefile.sealing.receipts import ReceiptCode, check_digit, unlock
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.timing import Act, Preparation, difference_percent, in_turns
from tests.benchmarks.visitor import UnexpectedAnswer, Visitor, found_in, send_report

NUMBER_ROUNDS = 80
FIRST_STEP_ROUNDS = 40
SECOND_STEP_ROUNDS = 160
"""The second step takes milliseconds, so that small delays weigh more: more pairs."""
LIMIT_PERCENT = 5

WRONG = "six words that nobody ever drew"
NOBODY = "nobody.of.that.name@example.org"


def measure(deployed: Deployed) -> Iterator[Figure]:
    """The largest difference, then each by itself."""
    visitor = Visitor(deployed.app)
    parts = {**_numbers(deployed, visitor), **_sign_ins(deployed, visitor)}
    suffix = deployed.engine.suffix
    worst = max(parts, key=lambda name: parts[name])
    yield Figure(
        f"equal_time_percent{suffix}",
        parts[worst],
        "%",
        f"the largest of the differences below: {worst.replace('_', ' ')}",
        limit=LIMIT_PERCENT,
    )
    for name, percent in parts.items():
        note = "difference of the middle pair"
        yield Figure(f"equal_time_{name}_percent{suffix}", percent, "%", note)


def _numbers(deployed: Deployed, visitor: Visitor) -> Mapping[str, float]:
    """Unknown against deleted, and against a number whose check digit is off."""
    deleted = send_report(visitor, os.urandom(32))
    _delete(deployed, deleted)
    times = in_turns(
        NUMBER_ROUNDS,
        {
            "unknown": lambda: _type(visitor, _unknown_number()),
            "deleted": lambda: _type(visitor, deleted),
            "mistyped": lambda: _type(visitor, _mistyped_number()),
        },
    )
    return {
        "number_deleted": difference_percent(times["unknown"], times["deleted"]),
        "number_mistyped": difference_percent(times["unknown"], times["mistyped"]),
    }


def _sign_ins(deployed: Deployed, visitor: Visitor) -> Mapping[str, float]:
    """Unknown person against known person with a wrong passphrase, each step by itself."""
    known = deployed.people["Peter"].email

    def step(email: str) -> Preparation:
        return lambda: _post(visitor, "/sign-in", {"email": email, "passphrase": WRONG}, 200)

    first = in_turns(FIRST_STEP_ROUNDS, {"unknown": step(NOBODY), "known": step(known)})
    tickets = {name: _ticket(visitor, email) for name, email in _both(known).items()}

    def code(ticket: str) -> Preparation:
        fields = {"ticket": ticket, "code": "000000"}
        return lambda: _post(visitor, "/sign-in/second", fields, 401)

    second = in_turns(SECOND_STEP_ROUNDS, {name: code(ticket) for name, ticket in tickets.items()})
    return {
        "sign_in_first": difference_percent(first["unknown"], first["known"]),
        "sign_in_second": difference_percent(second["unknown"], second["known"]),
    }


def _both(known: str) -> Mapping[str, str]:
    return {"unknown": NOBODY, "known": known}


def _ticket(visitor: Visitor, email: str) -> str:
    page = visitor.post("/sign-in", {"email": email, "passphrase": WRONG}).text
    return found_in(page, r'name="ticket"[^>]*value="([^"]+)"')


def _type(visitor: Visitor, number: str) -> Act:
    return _post(visitor, "/en/answer", {"number": number}, 422)


def _post(visitor: Visitor, path: str, fields: Mapping[str, str], expected: int) -> Act:
    environ = visitor.request("POST", path, fields)

    def act() -> None:
        status = visitor.answer(environ).status
        if status != expected:
            raise UnexpectedAnswer(f"{path}: {status} instead of {expected}")

    return act


def _unknown_number() -> str:
    digits = f"{int.from_bytes(os.urandom(16), 'big') % 10**20:020d}"
    return digits + str(check_digit(digits))


def _mistyped_number() -> str:
    number = _unknown_number()
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def _delete(deployed: Deployed, number: str) -> None:
    """Delete the receipt's row, as the end of its keeping does."""
    lookup = unlock(ReceiptCode(number), deployed.deployment.keyring).lookup
    with deployed.session() as session:
        session.execute(delete(ReceiptRow).where(ReceiptRow.lookup == lookup))
