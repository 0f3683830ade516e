"""A real server through a whole story, with every mistake on the way: nothing of it is kept.

P1 and P5 of the threat model: not in its log, not in temporary files, not in its arguments, and
nobody's address anywhere.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casefile.people.second_factor import code_at
from casefile.platform.logs import ALLOWED
from tests.invariants.pages import form_to, read_page
from tests.invariants.planting import LETTER, MESSAGE, NOTE, REASON, STRAY, WORDS, digits, secret_on
from tests.invariants.serving import CALLER, Reply, Served
from tests.invariants.traces import LATIN_MARK, traces

pytestmark = pytest.mark.server
FILE = (LATIN_MARK.encode() + b" a picture") * 60_000
"""A megabyte: more than any library keeps in memory by itself."""


@dataclass(frozen=True)
class Lived:
    """What a server that has been stopped left behind, and what was seen of it while it ran."""

    served: Served
    case: str
    arguments: list[bytes]
    statuses: set[int]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with Served(tmp_path_factory.mktemp("served")) as served:
        _join(served)
        number = _report(served)
        case = _work_on_the_case(served)
        statuses = {_come_back(served, number).status, *_err(served, case)}
        arguments = [
            Path(f"/proc/{pid}/{what}").read_bytes()
            for pid in served.processes()
            for what in ("cmdline", "environ")
        ]
        served.command("casefile", "worker", "--once")
        served.stop()
        yield Lived(served, case, arguments, statuses)


def test_the_story_met_every_kind_of_answer(lived: Lived) -> None:
    assert lived.statuses >= {200, 401, 403, 404, 405, 413, 422, 500, 503}


def test_the_log_holds_no_word_no_case_and_no_address(lived: Lived) -> None:
    log = lived.served.log.read_bytes()
    assert not [str(trace) for trace in traces(log, "the log")]
    reference = lived.case.rpartition("/")[2].encode()
    assert reference not in log
    assert CALLER.encode() not in log


def test_every_line_of_the_log_is_an_event_with_allowed_details(lived: Lived) -> None:
    lines = lived.served.log.read_text().splitlines()
    told = [json.loads(line) for line in lines]
    assert {"fault", "unavailable"} <= {line["event"] for line in told}
    assert not [line for line in told if set(line) - ALLOWED - {"event"}]


def test_no_process_carries_a_word_in_its_arguments_or_starts_another(lived: Lived) -> None:
    assert len(lived.arguments) >= 4
    assert not [trace for told in lived.arguments for trace in traces(told, "a process")]
    started = [line for line in lived.served.watched if line.startswith("starts")]
    # The master puts the application together once on trial, before it serves anybody.
    assert not [line for line in started if "'-c', 'import wsgi'" not in line]


def test_nothing_is_written_to_a_temporary_file(lived: Lived) -> None:
    """Not even an uploaded file in passing: Werkzeug would spool it there in the clear."""
    lines = [line.partition(" ") for line in lived.served.watched]
    written = {file for what, _, file in lines if what == "writes" and not file.isdecimal()}
    own = (str(lived.served.instance), "/dev/null", "/dev/shm/wgunicorn-")
    assert any(file.startswith(own) for file in written)
    assert not {file for file in written if not file.startswith(own)}
    assert not list(lived.served.temporary.iterdir())


def test_no_file_of_the_deployment_holds_a_word_or_an_address(lived: Lived) -> None:
    files = [file for file in lived.served.instance.rglob("*") if file.is_file()]
    assert {"casefile.sqlite3", "keys.txt"} <= {file.name for file in files}
    assert not [trace for file in files for trace in traces(file.read_bytes(), file.name)]
    assert not [file for file in files if CALLER.encode() in file.read_bytes()]


def test_the_watch_notices_hidden_files_and_processes(tmp_path: Path) -> None:
    """A temporary file without a name is seen, and so is a process."""
    served = Served(tmp_path)
    served.lay_out()
    served.python("import tempfile; tempfile.TemporaryFile().write(b'x')")
    served.python("import subprocess; subprocess.run(['true'])")
    assert any(line.startswith(f"writes {served.temporary}") for line in served.watched)
    assert any(line.startswith("starts") and "true" in line for line in served.watched)


def _join(served: Served) -> None:
    """The first member joins with what the first command printed."""
    invitation = re.search(r"/join/\S+", served.printed)
    assert invitation is not None
    page = served.get(invitation[0])
    passphrase, seed = secret_on(page.body)
    asked = _press(served, page, invitation[0])
    code = code_at(seed, datetime.now(UTC))
    assert _press(served, asked, "/account", passphrase=passphrase, code=code).status == 303


def _report(served: Served) -> str:
    member, served.cookie = served.cookie, ""
    sent = served.post_parts("/en/report", WORDS, (STRAY + ".png", FILE))
    served.cookie = member
    assert sent.status == 200, sent.body
    return digits(sent.body)


def _work_on_the_case(served: Served) -> str:
    links = read_page(served.get("/queue").body).all("a")
    case = next(one.attrs["href"] for one in links if "/cases/" in one.attrs["href"])
    shown = _press(served, served.get(case), "/report")
    assert _press(served, shown, "/acknowledge").status == 303
    composer = served.get(f"{case}?letter=own")
    assert _press(served, composer, "/answer", letter=LETTER, reason=REASON).status == 303
    assert _press(served, served.get(case), "/note", note=NOTE).status == 303
    return case


def _come_back(served: Served, number: str) -> Reply:
    page = served.post("/en/answer", {"number": number})
    return _press(served, page, "/answer/write", text=MESSAGE)


def _err(served: Served, case: str) -> set[int]:
    """Everything that can go wrong, with planted words in it; the statuses that were answered."""
    replies = [
        served.get(f"/en/{STRAY}?{STRAY}={STRAY}", User_Agent=STRAY, Referer=STRAY),
        served.post("/", WORDS),
        served.post_parts("/en/report", {"what": (STRAY + " ") * 500_000}),
        served.post("/en/report", {"what": "", "employer": STRAY}),
        served.post("/en/answer", {"number": STRAY}),
        served.post(f"{case}/note", {"note": f"{STRAY} {STRAY}"}),
        served.post("/sign-in/second", {"ticket": STRAY, "code": STRAY}),
        *_while_the_database_is_locked(served, case),
        _of_a_broken_case(served, case),
    ]
    for sent in _no_http(case):
        served.raw(sent)
    return {reply.status for reply in replies}


def _while_the_database_is_locked(served: Served, case: str) -> list[Reply]:
    note = form_to(read_page(served.get(case).body), "/note")
    other = sqlite3.connect(served.instance / "casefile.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        return [
            served.post_parts("/en/report", WORDS),
            served.post(note.address, note.fields | {"text": NOTE}),
        ]
    finally:
        other.execute("ROLLBACK")
        other.close()


def _of_a_broken_case(served: Served, case: str) -> Reply:
    """Somebody changed a label on the disk: opening the case is a fault, with a traceback."""
    other = sqlite3.connect(served.instance / "casefile.sqlite3", isolation_level=None)
    other.execute('UPDATE "case" SET token = zeroblob(16)')
    other.close()
    return served.get(case)


def _no_http(case: str) -> list[bytes]:
    """What damaged phones, proxies and scanners send."""
    word, length = STRAY.encode(), b"Content-Length: 5000\r\n"
    return [
        word + b"\r\n\r\n",
        word + b"%41 %s %(x)s {} {x}\r\n\r\n",
        b"GET /" + word + b" HTTP/9.9\r\n\r\n",
        b"GET /" + word * 400 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad " + word + b": x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + word * 2000 + b"\r\n\r\n",
        b"POST /en/report HTTP/1.1\r\nHost: x\r\nContent-Length: " + word + b"\r\n\r\n",
        b"POST /en/report HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + word,
        b"POST /en/report HTTP/1.1\r\nHost: x\r\nContent-Type: "
        b"application/x-www-form-urlencoded\r\n" + length + b"\r\nwhat=" + word,
        b"POST " + case.encode() + b"/note HTTP/1.1\r\nHost: x\r\n" + length + b"\r\n" + word,
    ]


def _press(served: Served, page: Reply, to: str, **typed: str) -> Reply:
    form = form_to(read_page(page.body), to)
    return served.post(form.address, form.fields | typed)
