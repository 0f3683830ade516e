"""Copies of a case: what was chosen and no more, with a reason, and never a locked file."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from werkzeug.test import TestResponse

from casefile.app import create_app
from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.cases.copies import EXPORT
from casefile.cases.keys import unlock
from casefile.cases.records import read_records
from casefile.settings import read_settings
from tests.cases.ending import LONG, ends, tonight
from tests.cases.filing import locks, posted
from tests.cases.working import case_of, label_of
from tests.console.conftest import BASE, AtDesk, form_of
from tests.documents import making
from tests.world import World

Sits = Callable[[str], AtDesk]
Case = Callable[[str], str]
EVERYTHING = ["summary", "dates", "report", "letters", "notes", "help", "permissions", "files"]


@pytest.fixture
def case(world: World, only_case: Case) -> str:
    """A case with two files, in Arabic and English."""
    files = [(making.picture("JPEG"), "one.jpg"), (making.pdf(), "two.pdf")]
    form = {"what": "هو يطلب المال at the gate.", "area": "2"}
    assert posted(world.client(), "/en/report", form, *files).status_code == 200
    return only_case("Sarah")


def asks(who: AtDesk, case: str, to: str, sections: list[str], **more: str) -> TestResponse:
    page = who.opens(f"{case}/papers")
    _address, hidden = form_of(page, "/papers/paper")
    given = {"reason": "meeting", "text": "For the panel.", "sections": sections}
    return who.client.post(f"{case}/papers/{to}", data=hidden | given | more, base_url=BASE)


def sealed_copy(who: AtDesk, case: str, sections: list[str]) -> tuple[str, TestResponse]:
    """The words that were shown, and the answer to the button beside them."""
    page = asks(who, case, "words", sections).get_data(as_text=True)
    words = re.search(r'<bdi class="ref" dir="ltr">([^<]+)</bdi>', page)
    assert words is not None
    address, hidden = form_of(page, "/papers/archive")
    return html.unescape(words[1]), who.client.post(address, data=hidden, base_url=BASE)


def opened(tmp_path: Path, words: str, data: bytes) -> dict[str, bytes] | str:
    """What the command opens on a machine without keys or a database; else what it says."""
    (tmp_path / "copy.casefile").write_bytes(data)
    (tmp_path / "words").write_text(words)
    into = tmp_path / "into"
    app = create_app(read_settings({"CASEFILE_INSTANCE": str(tmp_path / "none")}))
    arguments = ["casefile", "open-archive", str(tmp_path / "copy.casefile")]
    arguments += ["--into", str(into), "--passphrase-file", str(tmp_path / "words")]
    ran = app.test_cli_runner().invoke(args=arguments)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
    if ran.exit_code:
        assert not into.exists()
        return ran.output
    return {one.name: one.read_bytes() for one in into.iterdir()}


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line of a machine that only opens archives."""
    monkeypatch.setattr("sys.argv", ["flask", "casefile", "open-archive"])


def exports(world: World) -> list[dict[str, object]]:
    with world.session() as session:
        deployment = world.deployment
        held = unlock(session, deployment, world.member("Sarah"), case_of(world))
        records = read_records(session, deployment, held.case, held.label, held.keys)
        return [dict(one.content) for one in records if one.kind == EXPORT]


def noted(world: World, event: Event) -> list[tuple[int, ...]]:
    with world.session() as session:
        lines = lines_newest_first(session, world.deployment)
        return [line.codes for line in lines if line.event is event]


def test_a_paper_leaves_with_its_reason_on_the_case_and_its_sections_on_the_log(
    world: World, at_desk: Sits, case: str
) -> None:
    answer = asks(at_desk("Sarah"), case, "paper", ["summary", "report"])

    assert answer.status_code == 200
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) >= 2
    assert noted(world, Event.PAPER_TAKEN) == [(4, 1, 3)]
    (record,) = exports(world)
    assert (record["reason"], record["text"]) == ("meeting", "For the panel.")
    assert record["sections"] == ["summary", "report"]
    assert label_of(world).first_read


def test_every_section_can_be_printed_in_every_language(
    world: World, at_desk: Sits, case: str
) -> None:
    for who in ("Sarah", "Amal"):
        answer = asks(at_desk(who), case, "paper", EVERYTHING)
        assert answer.status_code == 200
        assert answer.data.startswith(b"%PDF-")


def test_nothing_leaves_without_a_section_a_purpose_and_a_reason(
    world: World, at_desk: Sits, case: str
) -> None:
    sarah = at_desk("Sarah")
    for given in ({"text": " "}, {"reason": ""}, {"reason": "curiosity"}):
        assert asks(sarah, case, "paper", ["report"], **given).status_code == 422
    assert asks(sarah, case, "paper", []).status_code == 422
    assert not exports(world)
    assert not noted(world, Event.PAPER_TAKEN)


def test_names_and_contact_are_offered_to_none_without_their_key(
    world: World, at_desk: Sits, case: str
) -> None:
    sarah = at_desk("Sarah")
    assert 'value="identity"' not in sarah.opens(f"{case}/papers")
    assert asks(sarah, case, "paper", ["identity"]).status_code == 404
    _words, answer = sealed_copy(sarah, case, [*EVERYTHING, "identity"])
    assert answer.status_code == 200


def test_who_may_not_take_copies_finds_no_such_page(world: World, at_desk: Sits, case: str) -> None:
    for who in ("Marta", "Grace", "Omar", "Peter"):
        assert at_desk(who).client.get(f"{case}/papers", base_url=BASE).status_code in (403, 404)


def test_a_sealed_copy_opens_elsewhere_with_its_words_and_with_no_others(
    world: World, at_desk: Sits, case: str, tmp_path: Path
) -> None:
    locks(world, "Sarah", 1)
    words, answer = sealed_copy(at_desk("Sarah"), case, EVERYTHING)

    data = answer.get_data()
    inside = opened(tmp_path, words.upper(), data)
    assert isinstance(inside, dict)
    reference = next(name for name in inside if name.endswith(".pdf") and "-" not in name)[:-4]
    assert sorted(inside) == sorted([f"{reference}.pdf", "records.json", f"{reference}-2.pdf"])
    told = json.loads(inside["records.json"])
    (report,) = (one for one in told["sections"]["report"] if one["kind"] == "report")
    assert report["text"] == "هو يطلب المال at the gate."
    assert {"number": 1, "locked": True}.items() <= told["sections"]["files"][0].items()
    assert "key" not in str(told["sections"]["files"])
    assert noted(world, Event.ARCHIVE_TAKEN)
    for wrong in (words[::-1], "babab " * 6, "few"):
        (tmp_path / "other").mkdir(exist_ok=True)
        assert isinstance(opened(tmp_path / "other", wrong, data), str)
    for cut in (data[:-1], data[: len(data) // 2], data[:50], b"", data + b"x"):
        assert isinstance(opened(tmp_path / "other", words, cut), str)


def test_a_sealed_copy_that_stopped_is_taken_again_with_the_same_words(
    world: World, at_desk: Sits, case: str, tmp_path: Path
) -> None:
    sarah = at_desk("Sarah")
    page = asks(sarah, case, "words", ["report"]).get_data(as_text=True)
    words = re.search(r'<bdi class="ref" dir="ltr">([^<]+)</bdi>', page)
    assert words is not None
    address, hidden = form_of(page, "/papers/archive")
    stopped = sarah.client.post(address, data=hidden, base_url=BASE, buffered=False)
    assert next(iter(stopped.response))
    stopped.close()
    again = sarah.client.post(address, data=hidden, base_url=BASE)
    inside = opened(tmp_path, words[1], again.get_data())
    assert isinstance(inside, dict)
    assert len(exports(world)) == 1
    assert len(noted(world, Event.ARCHIVE_TAKEN)) == 2
    world.clock.pass_by(minutes=16)
    assert sarah.client.post(address, data=hidden, base_url=BASE).status_code in (303, 401, 422)


def test_the_page_of_a_sealed_copy_is_no_use_to_a_colleague(
    world: World, at_desk: Sits, case: str
) -> None:
    page = asks(at_desk("Sarah"), case, "words", ["report"]).get_data(as_text=True)
    _address, hidden = form_of(page, "/papers/archive")
    amal = at_desk("Amal")
    hers = form_of(amal.opens(f"{case}/papers"), "/papers/paper")[1]
    given = {"ticket": hidden["ticket"], "csrf_token": hers["csrf_token"]}
    assert amal.client.post(f"{case}/papers/archive", data=given, base_url=BASE).status_code == 422


def test_two_people_keep_a_case_on_its_page(world: World, at_desk: Sits, case: str) -> None:
    ends(world, case_of(world))
    world.clock.pass_by(LONG)
    tonight(world)
    sarah = at_desk("Sarah")
    page = sarah.opens(f"{case}/papers")
    assert "will be deleted" in page
    address, hidden = form_of(page, "/papers/keep")
    sarah.posts(address, hidden, 422)
    sarah.posts(address, hidden | {"why": "A court asked."})
    amal = at_desk("Amal")
    amal.sends(amal.opens(f"{case}/papers"), "/papers/keep")
    hold = label_of(world).hold
    assert hold is not None
    assert (hold.by, hold.second) == (world.member("Sarah").person, world.member("Amal").person)
    assert sarah.posts(address, hidden | {"why": "Again.", "once": "0" * 64}, 409)


def test_the_auditor_reads_what_left_and_why_in_words(
    world: World, at_desk: Sits, case: str
) -> None:
    asks(at_desk("Sarah"), case, "paper", ["report"])
    page = at_desk("Grace").opens("/log")
    assert "for a meeting without a computer · Report" in page
