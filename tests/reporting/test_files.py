"""Files on the anonymous pages, over the whole application: a refused one costs no text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from casefile.cases.models import CaseRow, PieceRow
from casefile.documents.cleaning import Mark
from casefile.documents.kinds import FileKind
from casefile.platform.deployment import EXTENSION
from casefile.platform.throttle import Turn
from casefile.platform.uploads import LARGEST_FILE, MOST_FILES
from casefile.sealing.streams import CHUNK
from tests.cases.filing import Given, adds, files_for, opened_for, posted
from tests.documents import making
from tests.world import World

STORY = "He asked for more than the list says."
MEGABYTE = 1024 * 1024


@pytest.fixture
def browser(world: World) -> FlaskClient:
    return world.client()


def reports(browser: FlaskClient, *files: Given, what: str = STORY) -> TestResponse:
    """Send the form with files; the page's own 32 bytes are its own each time."""
    page = browser.get("/en/").text
    fields = _hidden(page) | {"what": what, "area": "2"}
    return posted(browser, "/en/report", fields, *files)


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(once|token)" value="([^"]*)"', page))


def number_of(receipt: TestResponse) -> str:
    shown = re.findall(r"<span>(\d{3})</span>", receipt.text)
    assert len(shown) == 7, receipt.text[:2000]
    return "".join(shown)


def nothing_was_kept(world: World) -> bool:
    with world.session() as session:
        counts = (select(func.count()).select_from(each) for each in (CaseRow, PieceRow))
        return not any(session.execute(each).scalar_one() for each in counts)


def test_the_form_tells_its_limits_before_anybody_sends_anything(browser: FlaskClient) -> None:
    page = browser.get("/en/").text
    limits = str(MOST_FILES), f"{LARGEST_FILE // MEGABYTE} MB"
    asked = page.split('type="file"')[0]
    assert all(limit in asked.rpartition("<details")[2] for limit in limits)


def test_a_report_takes_five_files_and_a_member_finds_them_clean(
    world: World, browser: FlaskClient
) -> None:
    files = (
        (making.picture("JPEG"), "well.jpg"),
        (making.pdf(), "letter.pdf"),
        (making.docx(), "minutes.docx"),
        (b"OggS" + bytes(200_000), "voice.ogg"),
        (b"what he said", "words.txt"),
    )
    assert reports(browser, *files).status_code == 200
    kept = files_for(world, "Sarah")
    kinds = [FileKind.JPEG, FileKind.PDF, FileKind.WORD, FileKind.SOUND, FileKind.TEXT]
    assert [file.kind for file in kept] == kinds
    assert [file.mark for file in kept] == [Mark.CLEANED] * 3 + [Mark.REMAIN] * 2
    _, _, _, voice, words = opened_for(world, "Sarah")
    assert (voice, words) == (files[3][0], files[4][0])


def test_a_report_without_a_file_needs_nothing(world: World, browser: FlaskClient) -> None:
    """Browsers send an empty part for a field that was left alone."""
    assert reports(browser, (b"", "")).status_code == 200
    assert not files_for(world, "Sarah")


SIX = tuple((bytes([at]), f"{at}.bin") for at in range(1, 7))
REFUSED: dict[str, Callable[[], tuple[Given, ...]]] = {
    "an empty file": lambda: ((b"", "named.jpg"),),
    "a file over the limit": lambda: ((bytes(LARGEST_FILE + 1), "named.jpg"),),
    "a sixth file": lambda: (*SIX[:5], (b"x", "named.jpg")),
    "a bomb of points": lambda: ((making.bomb_of_points(), "named.jpg"),),
    "a zip bomb": lambda: ((making.bomb_in_a_package(), "named.jpg"),),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_refused_file_never_costs_the_text(world: World, browser: FlaskClient, why: str) -> None:
    answer = reports(browser, *REFUSED[why]())
    assert answer.status_code == 422
    assert STORY in answer.text
    alert = answer.text.split('role="alert"', 1)[1].split("</div>", 1)[0]
    assert "<bdi>named.jpg</bdi>: " in alert
    assert nothing_was_kept(world)
    again = browser.post("/en/report", data=_hidden(answer.text) | {"what": STORY})
    assert again.status_code == 200


def test_each_reason_for_refusing_has_its_own_sentence(browser: FlaskClient) -> None:
    said = set()
    for files in REFUSED.values():
        said.add(re.findall(r"<bdi>named.jpg</bdi>: (.+?)</p>", reports(browser, *files()).text)[0])
    assert len(said) == 4  # both kinds of bomb are told in one sentence


def test_the_largest_file_that_may_be_sent_is_taken(world: World, browser: FlaskClient) -> None:
    whole = b"OggS" + bytes(LARGEST_FILE - 4)
    assert reports(browser, (whole, "a.ogg")).status_code == 200
    assert opened_for(world, "Sarah") == [whole]


@pytest.mark.parametrize("length", [1, 4095, 4096, 4097, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_file_of_any_length_comes_back_as_it_was(
    world: World, browser: FlaskClient, length: int
) -> None:
    whole = (b"OggS" + bytes(range(1, 252)) * 1000)[:length]
    reports(browser, (whole, "a.ogg"))
    assert opened_for(world, "Sarah") == [whole]


def test_room_that_is_taken_is_given_back_when_the_page_is_over(
    world: World, browser: FlaskClient
) -> None:
    room = world.deployment.room
    free = room._free
    for files in (((bytes(MEGABYTE), "a.bin"),), REFUSED["a file over the limit"](), SIX):
        reports(browser, *files)
        assert room._free == free


def test_without_room_a_file_is_refused_and_the_text_is_not(
    world: World, browser: FlaskClient
) -> None:
    room = world.deployment.room
    assert room.take(room._free - MEGABYTE)
    assert reports(browser, (bytes(2 * MEGABYTE), "a.bin")).status_code == 422
    assert reports(browser, (bytes(MEGABYTE // 2), "a.bin")).status_code == 200


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (making.pdf(), "photo.jpg", FileKind.PDF),
        (b"MZ\x90\0 a program", "letter.pdf", FileKind.OTHER),
        (b"<script>alert(1)</script>", "photo.png", FileKind.TEXT),
    ],
)
def test_a_lying_name_is_not_believed(
    world: World, browser: FlaskClient, data: bytes, name: str, kind: FileKind
) -> None:
    reports(browser, (data, name))
    (file,) = files_for(world, "Sarah")
    assert (file.kind, file.odd) == (kind, True)


@pytest.mark.parametrize(
    "name",
    ["a\x00b\x07\x1b[2J.jpg", "gpj\u202egnp.exe", "n" * 300 + ".jpg", "../../etc/x", "<b>\"'.jpg"],
)
def test_a_name_that_would_mislead_is_kept_as_letters_alone(
    world: World, browser: FlaskClient, name: str
) -> None:
    assert reports(browser, (making.picture("JPEG"), name)).status_code == 200
    (file,) = files_for(world, "Sarah")
    assert len(file.name) <= 100
    assert not re.search(r"[\x00-\x1f\x7f/\u202e]", file.name)
    refused = reports(browser, (b"", name)).text
    assert '<b>"' not in refused
    assert "\u202e" not in refused


@pytest.mark.parametrize(
    "broken",
    [
        making.picture("JPEG", (400, 300))[:5000],
        making.pdf(locked=True),
        making.docx()[:-300],
        b"%PDF-1.7 nothing of the sort",
    ],
)
def test_a_file_that_cannot_be_cleaned_is_kept_and_says_so(
    world: World, browser: FlaskClient, broken: bytes
) -> None:
    assert reports(browser, (broken, "a.pdf")).status_code == 200
    (file,) = files_for(world, "Sarah")
    assert file.mark is not Mark.CLEANED
    assert opened_for(world, "Sarah") == [broken]


def test_a_locked_zip_costs_no_report(world: World, browser: FlaskClient) -> None:
    assert reports(browser, (making.locked_zip(), "a.zip")).status_code == 200
    (file,) = files_for(world, "Sarah")
    assert (file.kind, file.mark) == (FileKind.ZIP, Mark.FAILED)


def test_a_page_sent_without_text_says_that_its_files_must_be_chosen_again(
    world: World, browser: FlaskClient
) -> None:
    answer = reports(browser, (b"x", "a.bin"), what=" ")
    assert answer.status_code == 422
    assert "choose them again" in answer.text
    assert nothing_was_kept(world)


def test_a_page_that_asks_for_no_file_takes_none(world: World, browser: FlaskClient) -> None:
    number = number_of(reports(browser))
    file = (bytes(MEGABYTE), "a.bin")
    assert posted(browser, "/en/answer", {"number": number}, file).status_code == 200
    assert not files_for(world, "Sarah")


class NeverTaken(Turn):
    """A slot that nobody may take."""

    def __enter__(self) -> None:
        raise AssertionError("the slot was taken")


class TestTheMailbox:
    """Behind the number a file can be added and ours taken; the reporter's are not shown."""

    def test_a_file_added_later_is_never_shown_there(
        self, world: World, browser: FlaskClient
    ) -> None:
        number = number_of(reports(browser, (making.picture("JPEG"), "first.jpg")))
        box = browser.post("/en/answer", data={"number": number}).text
        fields = _hidden(box) | {"text": "One more."}
        wrote = posted(browser, "/en/answer/write", fields, (making.picture("PNG"), "second.png"))
        assert wrote.status_code == 200
        assert len(files_for(world, "Sarah")) == 2
        for page in (box, wrote.text, browser.post("/en/answer", data={"number": number}).text):
            assert "first" not in page
            assert "second" not in page
            assert "answer/file" not in page

    def test_a_refused_file_keeps_what_was_written(
        self, world: World, browser: FlaskClient
    ) -> None:
        number = number_of(reports(browser))
        box = browser.post("/en/answer", data={"number": number}).text
        fields = _hidden(box) | {"text": "One more."}
        answer = posted(browser, "/en/answer/write", fields, (b"", "empty.jpg"))
        assert answer.status_code == 422
        assert "One more.</textarea>" in answer.text
        assert "<bdi>empty.jpg</bdi>" in answer.text
        assert not files_for(world, "Sarah")

    def test_a_file_is_taken_with_the_number_typed_again(
        self, world: World, browser: FlaskClient
    ) -> None:
        fields = {"number": number_of(reports(browser)), "text": "One more."}
        wrote = posted(browser, "/en/answer/write", fields, (making.picture("PNG"), "a.png"))
        assert wrote.status_code == 200
        assert len(files_for(world, "Sarah")) == 1

    @pytest.mark.parametrize("by", [{"number": "1" * 21}, {"token": "expired"}])
    def test_a_file_for_a_mailbox_that_is_not_there_is_not_even_cleaned(
        self, world: World, browser: FlaskClient, by: dict[str, str]
    ) -> None:
        slots = replace(world.deployment.slots, cleaning=NeverTaken(1))
        world.app.extensions[EXTENSION] = replace(world.deployment, slots=slots)
        fields, picture = by | {"text": "One more."}, (making.picture("PNG"), "a.png")
        answer = posted(browser, "/en/answer/write", fields, picture)
        assert answer.status_code == 422
        assert "One more.</textarea>" in answer.text

    def test_what_we_sent_is_saved_under_a_neutral_name(
        self, world: World, browser: FlaskClient
    ) -> None:
        number = number_of(reports(browser))
        adds(world, "Sarah", (b"<h1>Where to go</h1>", "clinic.html"), to_reporter=True)
        box = browser.post("/en/answer", data={"number": number}).text
        assert "clinic" not in box
        token = re.search(r'name="token" value="([^"]+)"', box)
        assert token is not None
        taken = browser.post("/en/answer/file", data={"token": token[1], "file": "1"})
        assert taken.data == b"<h1>Where to go</h1>"
        assert taken.headers["Content-Disposition"] == 'attachment; filename="1.txt"'
        assert taken.headers["Content-Security-Policy"].startswith("sandbox;")
        assert taken.mimetype == "application/octet-stream"
        for stray in ("2", "0", "-1", "x", "٣", ""):
            post = {"token": token[1], "file": stray}
            assert browser.post("/en/answer/file", data=post).status_code == 404
        endless = browser.post("/en/answer/file", data={"token": token[1], "file": "1" * 5000})
        assert endless.status_code == 404
        old = browser.post("/en/answer/file", data={"token": "old", "file": "1"})
        assert old.status_code == 422
