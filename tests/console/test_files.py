"""Files on the members' pages: neutral names, nothing opens by itself, a lock holds for all."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from casefile.platform.headers import SANDBOX
from tests.cases.filing import adds, files_for, locks, posted
from tests.console.conftest import BASE, AtDesk, form_of
from tests.documents import making
from tests.world import World

Sits = Callable[[str], AtDesk]
Case = Callable[[str], str]


@pytest.fixture
def case(world: World, only_case: Case) -> str:
    """A case with a picture, a PDF and a sound of the reporter's."""
    files = [
        (making.picture("JPEG", (3000, 2000)), "sarahs wedding.jpg"),
        (making.pdf(), "letter.pdf"),
        (b"OggS" + bytes(5000), "<img src=x>.ogg"),
    ]
    form = {"what": "It happened.", "area": "2"}
    assert posted(world.client(), "/en/report", form, *files).status_code == 200
    return only_case("Sarah")


def presses(who: AtDesk, page: str, to: str) -> TestResponse:
    """Press a button whose answer is no page."""
    address, hidden = form_of(page, to)
    return who.client.post(address, data=hidden, base_url=BASE)


def picture_on(page: str) -> str:
    found = re.search(r'<img class="shown" src="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_case_lists_files_by_number_and_never_by_name(at_desk: Sits, case: str) -> None:
    page = at_desk("Sarah").opens(case)
    assert "Files (3)" in page
    assert page.count("/files/") == 3 + page.count(f"{case}/files/x")
    for name in ("wedding", "letter.pdf", "<img"):
        assert name not in page


def test_nothing_opens_by_itself(at_desk: Sits, case: str) -> None:
    sarah = at_desk("Sarah")
    for page in (sarah.opens(case), *(sarah.opens(f"{case}/files/{at}") for at in (1, 2, 3))):
        assert "<img" not in page
        assert "<iframe" not in page


def test_a_picture_is_drawn_anew_for_the_page_that_was_asked_for(at_desk: Sits, case: str) -> None:
    sarah = at_desk("Sarah")
    shown = sarah.sends(sarah.opens(f"{case}/files/1"), "/show", 200)
    answer = sarah.client.get(picture_on(shown), base_url=BASE)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Content-Security-Policy"] == SANDBOX
    drawn = Image.open(io.BytesIO(answer.data))
    assert drawn.format == "PNG"
    assert max(drawn.size) <= 1400
    assert not drawn.info


def test_the_address_of_a_picture_holds_for_a_minute_and_for_one_person(
    world: World, at_desk: Sits, case: str
) -> None:
    sarah, amal = at_desk("Sarah"), at_desk("Amal")
    address = picture_on(sarah.sends(sarah.opens(f"{case}/files/1"), "/show", 200))
    assert amal.client.get(address, base_url=BASE).status_code == 404
    other = address.replace("/files/1/", "/files/2/")
    assert sarah.client.get(other, base_url=BASE).status_code == 404
    assert sarah.client.get(f"{case}/files/1/picture/none", base_url=BASE).status_code == 404
    world.clock.pass_by(minutes=2)
    assert sarah.client.get(address, base_url=BASE).status_code == 404


def test_a_pdf_is_never_shown_and_leaves_as_a_file_to_be_saved(at_desk: Sits, case: str) -> None:
    sarah = at_desk("Sarah")
    page = sarah.opens(f"{case}/files/2")
    assert "/show" not in page
    hidden = form_of(page, "/copy")[1]
    sarah.posts(f"{case}/files/2/show", hidden, status=404)
    taken = presses(sarah, page, "/copy")
    assert taken.headers["Content-Disposition"].startswith("attachment; filename=")
    assert taken.headers["Content-Disposition"].endswith('-2.pdf"')
    assert "letter" not in taken.headers["Content-Disposition"]
    assert taken.headers["Content-Security-Policy"] == SANDBOX
    assert taken.headers["X-Content-Type-Options"] == "nosniff"
    assert taken.mimetype == "application/octet-stream"
    assert taken.data.startswith(b"%PDF")


def test_a_locked_file_is_locked_for_everybody_at_once(
    world: World, at_desk: Sits, case: str
) -> None:
    sarah, amal = at_desk("Sarah"), at_desk("Amal")
    before = amal.opens(f"{case}/files/1")
    drawn = picture_on(amal.sends(before, "/show", 200))
    sarah.sends(sarah.opens(f"{case}/files/1"), "/mark")
    assert amal.client.get(drawn, base_url=BASE).status_code == 409
    for action in ("/show", "/copy"):
        address, hidden = form_of(before, action)
        refused = amal.posts(address, hidden, status=409)
        assert "<img" not in refused
    for who in (sarah, amal):
        page = who.opens(f"{case}/files/1")
        assert "/copy" not in page
        assert "/show" not in page


def test_only_another_person_unlocks_and_says_why(at_desk: Sits, case: str) -> None:
    sarah, amal = at_desk("Sarah"), at_desk("Amal")
    hidden = form_of(sarah.opens(f"{case}/files/1"), "/mark")[1]
    sarah.sends(sarah.opens(f"{case}/files/1"), "/mark")
    assert "/unlock" not in sarah.opens(f"{case}/files/1")
    sarah.posts(f"{case}/files/1/unlock", hidden | {"reason": "My mistake."}, status=409)
    locked = amal.opens(f"{case}/files/1")
    amal.sends(locked, "/unlock", 422, reason=" ")
    amal.sends(locked, "/unlock", reason="The legal focal point agreed.")
    page = sarah.opens(f"{case}/files/1")
    assert "The legal focal point agreed." in page
    assert "/copy" in page


def test_a_member_adds_files_for_colleagues_or_for_the_reporter(
    world: World, at_desk: Sits, case: str
) -> None:
    sarah = at_desk("Sarah")
    address, hidden = form_of(sarah.opens(case), "/files")
    for to_reporter in ({}, {"to_reporter": "1"}):
        once = {"once": world.deployment.random(32).hex()}
        fields = hidden | once | to_reporter
        for _twice in range(2):  # a double press adds it once
            answer = posted(sarah.client, address, fields, (b"minutes", "minutes.txt"))
            assert answer.status_code == 303
    ours = [file.compartment for file in files_for(world, "Amal") if file.ours]
    assert ours == ["work", "mailbox"]


def test_a_refused_file_says_which_and_why(at_desk: Sits, case: str) -> None:
    sarah = at_desk("Sarah")
    address, hidden = form_of(sarah.opens(case), "/files")
    for files in ((b"", "empty.pdf"), (making.bomb_of_points(), "empty.pdf")):
        answer = posted(sarah.client, address, hidden, files)
        assert answer.status_code == 422
        assert "<bdi>empty.pdf</bdi>" in answer.text
        assert form_of(answer.text, "/files")
    nothing = sarah.client.post(address, data=hidden, base_url=BASE)
    assert nothing.status_code == 422


def test_a_file_of_another_desks_case_is_not_there(at_desk: Sits, case: str) -> None:
    peter = at_desk("Peter")
    for address in (f"{case}/files/1", f"{case}/files/99"):
        peter.opens(address, status=404)
    at_desk("Sarah").opens(f"{case}/files/99", status=404)


def test_a_file_that_somebody_locks_meanwhile_is_not_handed_over(
    world: World, at_desk: Sits, case: str
) -> None:
    sarah = at_desk("Sarah")
    page = sarah.opens(f"{case}/files/1")
    locks(world, "Amal")
    assert presses(sarah, page, "/copy").status_code == 409


def test_the_line_of_dates_says_who_added_and_who_locked(
    world: World, at_desk: Sits, case: str
) -> None:
    adds(world, "Amal", (b"x", "a.txt"))
    locks(world, "Amal")
    dates = at_desk("Sarah").opens(case).split('<h2 id="dates"', 1)[1].split("</section>", 1)[0]
    assert len(re.findall("Amal Haddad", dates)) == 2
