"""The queue register: what its columns are and how a case's row follows from its label.

One register serves all desks; the desks' codes stand inside the row. It must never hold a word or
a name.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from casefile.cases.deadlines import Deadline
from casefile.cases.holding import custody_of
from casefile.cases.label import Held, Label
from casefile.cases.machines import is_ended
from casefile.codes.lists import read_list
from casefile.network.directory import Directory
from casefile.platform.deployment import Deployment
from casefile.registers.storage import Register, change, hold, opened, put_back

ROW = np.dtype(
    [
        ("used", "u1"),
        ("state", "u1"),
        ("category", "u1"),
        ("step", "u1"),
        ("told", "u1"),
        ("language", "u1"),
        ("act_today", "u1"),
        ("child", "u1"),
        ("circle", "u1"),
        ("waiting", "u1"),
        ("unread", "u1"),
        ("message", "u1"),
        ("custody", "u1"),
        ("junk", "u1"),
        ("channel", "u1"),
        ("heard", "u1"),
        ("answered_late", "u1"),
        ("entries", "<u2"),
        ("area", "<u2"),
        ("desk_1", "<u2"),
        ("desk_2", "<u2"),
        ("desk_3", "<u2"),
        ("owner", "<u4"),
        ("received", "<u4"),
        ("due", "<u4"),
        ("tell", "<u4"),
        ("since", "<u4"),
        ("answered", "<u4"),
        ("case_1", "<u8"),
        ("case_2", "<u8"),
    ]
)
"""67 bytes a row. `received`, `due` and `answered` are minutes since 1970, `due` 0 where no clock
runs, `answered` when the reporter was last given what was promised, 0 never, and `answered_late`
whether its day had passed then;
`tell` is the minute in which somebody has to be told that a deadline is late, 0 where nobody has;
`told` who that is; `heard` who has been told, a bit for each (`heard_bit`); `since` since when we
wait for the reporter's answer, 0 while we do not;
`case_1` and `case_2` the halves of the case's id; `owner` the first four bytes of a person's id;
`waiting` 1 for the reporter, 2 for others, 3 for nobody: it has ended; `entries` how many records
the case has, at most `MOST_ENTRIES`; `circle` holds `ASK_LABEL` where the label must be asked who
may see the row, `QUESTIONED` while a question about a name is open, `UNSETTLED` while keys have to
be taken or given back; `custody` is a `Custody`."""

QUEUE = Register("queue", {"queue": ROW}, begins_in=("queue",))
FOR_REPORTER = 1
ASK_LABEL, QUESTIONED, UNSETTLED = 1, 2, 4
FOR_OTHERS = 2
FOR_NOBODY = 3
"""The case has ended and nothing is due in it."""
ENDED = "ended"
WAITS = {
    "wait_reporter": FOR_REPORTER,
    "confirm_referral": FOR_OTHERS,
    "final_action": FOR_OTHERS,
    ENDED: FOR_NOBODY,
}
"""Steps in which somebody else has to move (`rules.WAITING`), and who that is."""
PROMISED = "write_to_reporter"
"""The deadline of our next letter: while it runs alone, it is the reporter who may move."""
ANSWERS = ("acknowledge", "write_to_reporter", "answer_message")
"""The deadlines of what a reporter was promised: to be read, to be written to, to be answered."""
MOST_ENTRIES = 65_535
MOST_RUNGS = 9
UNREAD = {"confirm": "read", "offer_help": "read_offer_help"}
"""What a step is called while nobody has read the report."""
READ = {"read_message": "answer_message"}
"""What a step is called once somebody has read what the reporter wrote."""
DESK_COLUMNS = ("desk_1", "desk_2", "desk_3")


def fill_row(
    row: Any, deployment: Deployment, directory: Directory, case: bytes, label: Label
) -> None:
    """Write everything a new case's row says."""
    row["used"] = 1
    row["case_1"], row["case_2"] = (int.from_bytes(half, "big") for half in (case[:8], case[8:]))
    row["received"], row["area"] = label.received, label.area
    row["language"] = read_list(deployment.settings.config, "language").numbers.get(
        label.language, 0
    )
    row["channel"] = read_list(deployment.settings.config, "channel").numbers.get(label.channel, 0)
    _name_desks(row, directory, label)
    row["custody"] = custody_of(label, directory)
    follow_label(row, deployment, label)


def follow_label(row: Any, deployment: Deployment, label: Label) -> None:
    """Write what changes while a case is worked on."""
    config = deployment.settings.config
    row["state"] = read_list(config, "case_state").number(label.state)
    row["category"] = read_list(config, "category").number(label.category)
    row["owner"] = owner_mark(label.owner)
    row["junk"] = label.junk
    row["child"] = label.child
    row["entries"] = min(len(label.bodies), MOST_ENTRIES)
    row["unread"] = not label.first_read
    row["circle"] = _flags(label)
    row["message"] = bool(label.new_messages or label.running("heed_choice"))
    upcoming, (step, told) = label.next_deadlines(), next_step(label)
    row["step"] = read_list(config, "step").number(step)
    row["told"] = read_list(config, "told").number(told)
    row["due"] = upcoming[0].due if upcoming else 0
    row["tell"] = _tell(label, upcoming)
    row["heard"] = _heard(deployment, upcoming)
    row["since"] = label.waiting_since
    row["waiting"] = WAITS.get(step, 0)
    row["answered"], row["answered_late"] = last_answer(label)
    row["act_today"] = label.act_today and label.running("offer_help_today") is not None


def _tell(label: Label, running: list[Deadline]) -> int:
    rungs = (next_rung(label, one) for one in running)
    return min((rung[1] for rung in rungs if rung is not None), default=0)


def last_answer(label: Label) -> tuple[int, bool]:
    """When the reporter was last given what was promised (0 never), and whether that was late."""
    given = [one for one in label.deadlines if one.met and one.kind in ANSWERS]
    last = max((one.met for one in given), default=0)
    return last, any(one.met > one.due for one in given if one.met == last)


def _flags(label: Label) -> int:
    asks = ASK_LABEL if label.circle or label.excluded or label.questions else 0
    return (
        asks | (QUESTIONED if label.open_questions() else 0) | (UNSETTLED if label.unsettled else 0)
    )


def _name_desks(row: Any, directory: Directory, label: Label) -> None:
    desks = (*label.desks, *(b"",) * len(DESK_COLUMNS))
    for column, desk in zip(DESK_COLUMNS, desks, strict=False):
        row[column] = directory.desks[desk].code if desk else 0


def heard_bit(deployment: Deployment, who: str) -> int:
    """The bit of `heard` that says that these have been told."""
    return 1 << read_list(deployment.settings.config, "told").number(who)


def _heard(deployment: Deployment, running: list[Deadline]) -> int:
    told = {who for one in running for who in one.heard()}
    return sum(heard_bit(deployment, who) for who in told)


def rungs_of(label: Label) -> int:
    """How far up the ladder a late case is told: what may be junk no further than its desk.

    Whoever sends many such reports could otherwise drown what is late elsewhere.
    """
    return 1 if label.junk else MOST_RUNGS


def next_rung(label: Label, deadline: Deadline) -> tuple[str, int] | None:
    """Who is told next that a deadline is late, and in which minute; None if nobody is."""
    return deadline.next_told() if deadline.told < rungs_of(label) else None


def next_step(label: Label) -> tuple[str, str]:
    """The one next step of a case and who is told if its deadline passes, as codes.

    The reporter is waited for only while nothing but our next letter is due: whoever wrote, chose
    or asked for another person waits for us.
    """
    upcoming = label.next_deadlines()
    if not upcoming:
        return (ENDED if is_ended(label.state) else "wait_reporter"), "nobody"
    step, told = asked_by(label, upcoming[0])
    alone = [one.kind for one in upcoming] == [PROMISED]
    return ("wait_reporter" if alone else step), told


def asked_by(label: Label, deadline: Deadline) -> tuple[str, str]:
    """The step one deadline asks for and who is told if it passes, as codes."""
    rung = next_rung(label, deadline)
    told, step = rung[0] if rung else "nobody", deadline.course.step
    if not label.first_read and step in UNREAD:
        return UNREAD[step], told
    if not label.new_messages and step in READ:
        return READ[step], told
    return step, told


def change_row(session: Session, deployment: Deployment, held: Held) -> None:
    """Bring the case's row up to its label."""

    def edit(row: Any) -> None:
        follow_label(row, deployment, held.label)

    change(session, deployment, QUEUE, held.label.queue, "queue", edit)


def change_rows(session: Session, deployment: Deployment, labels: Iterable[Label]) -> None:
    """Bring the rows of many cases up to their labels, each segment once."""
    by_segment: dict[bytes, list[Label]] = defaultdict(list)
    for label in labels:
        by_segment[label.queue.segment].append(label)
    if not by_segment:
        return
    found = hold(session, sorted(by_segment), list(QUEUE.parts)).values()
    held = [opened(deployment, QUEUE, row) for row in found]
    for one in held:
        for label in by_segment[one.segment]:
            follow_label(one.rows[label.queue.slot], deployment, label)
    put_back(session, deployment, {QUEUE: held})


def move_row(session: Session, deployment: Deployment, directory: Directory, held: Held) -> None:
    """Bring the case's row up to its label when its desks changed too."""

    def edit(row: Any) -> None:
        _name_desks(row, directory, held.label)
        row["custody"] = custody_of(held.label, directory)
        follow_label(row, deployment, held.label)

    change(session, deployment, QUEUE, held.label.queue, "queue", edit)


def owner_mark(person: bytes) -> int:
    """What a row keeps of the person who answers for the case; 0 is nobody."""
    return int.from_bytes(person[:4], "big")


def case_of(first: int, second: int) -> bytes:
    """The case's id from the two halves in a row."""
    return int(first).to_bytes(8, "big") + int(second).to_bytes(8, "big")


def address_of(case: bytes) -> str:
    """The case's id as it stands in an address: 26 letters and digits."""
    return base64.b32encode(case).decode().rstrip("=")


def case_at(address: str) -> bytes:
    """The inverse of `address_of`; b"" if it is none."""
    try:
        case = base64.b32decode(address + "=" * (-len(address) % 8))
    except ValueError:
        return b""
    return case if len(case) == 16 else b""


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILO", "110", " -\u00a0\u200e\u200f")
REFERENCE_BITS = 30


def reference_of(case: bytes) -> str:
    """What people call the case: six letters and digits without those that look alike."""
    number = int.from_bytes(case[:4], "big") >> 2
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(25, -1, -5))


def reference_number(typed: str) -> int | None:
    """The number a typed reference stands for, its case's first 30 bits; None if it is none.

    Small letters, spaces and hyphens, I and L for 1, O for 0 are read as people mean them.
    """
    plain = typed.strip().upper().translate(MISREAD)
    if len(plain) != REFERENCE_BITS // 5 or any(sign not in CROCKFORD for sign in plain):
        return None
    number = 0
    for sign in plain:
        number = number << 5 | CROCKFORD.index(sign)
    return number
