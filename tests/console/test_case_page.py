"""The case page: closed until it is shown, careful before it sends, and forgetful of nothing."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from flask import g

from casefile.cases.mailbox import open_by_number, write_with_number
from casefile.codes.texts import load_letters
from casefile.people.gate import posted_page, repeat_page
from casefile.platform.language import use_language
from tests.console.conftest import AtDesk, form_of
from tests.world import World

TOLD = "He asked her to come alone <script>alert(1)</script> {{ 77777 * 77777 }}"

Sits = Callable[[str], AtDesk]
Case = Callable[[str], str]


def letters_behind(world: World, code: str) -> list[tuple[str, str]]:
    """Text and language of what the reporter finds behind the number."""
    with world.session() as session:
        mailbox = open_by_number(session, world.deployment, code)
    return [(letter.text, letter.language) for letter in mailbox.letters]


def test_the_report_stays_closed_until_it_is_asked_for(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(TOLD, area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    closed = sarah.opens(case)
    assert "come alone" not in closed
    shown = sarah.sends(closed, "/report", 200)
    assert "come alone" in shown
    assert "come alone" not in sarah.opens(case)


def test_a_case_nobody_has_read_is_read_before_help_is_offered(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(TOLD, area="2", now="health")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    first = next_step(sarah.opens(case))
    assert f'action="{case}/report#report"' in first
    shown = sarah.sends(sarah.opens(case), "/report", 200)
    assert 'name="see" value="help"' in next_step(shown)
    assert 'value="help" checked' in sarah.sends(shown, case, 200, see="help")
    assert 'name="see" value="help"' in next_step(sarah.opens(case))


def next_step(page: str) -> str:
    """The part of the page that holds the one next step."""
    return page.split('<section class="next"', 1)[1].split("</section>", 1)[0]


def test_what_a_reporter_wrote_is_text_and_never_markup(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(TOLD, area="2", keep_from="<b>Tom</b> of Health Bridge", employer="<img src=x>")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    shown = sarah.sends(sarah.opens(case), "/report", 200)
    assert TOLD in unescape(shown)
    for markup in ("<script", "<b>Tom", "<img", "6049261729"):
        assert markup not in shown.split("<main", 1)[1].split('<h2 id="dates"')[0]


def test_the_answers_are_read_in_words_in_the_language_of_the_reader(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(TOLD, area="2", who="other", help=("health", "talk"), staff="1")
    amal = at_desk("Amal")
    shown = amal.sends(amal.opens(only_case("Amal")), "/report", 200)
    assert "رعاية صحية" in shown
    assert "other" not in shown.split('class="answers"', 1)[1].split("</dl>")[0]


def test_a_case_that_is_not_there_and_a_case_of_others_look_the_same(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(TOLD, area="2")
    case, lucia = only_case("Sarah"), at_desk("Lucia")
    another, nothing = lucia.opens(case, 404), lucia.opens("/cases/" + "A" * 26, 404)
    assert another == nothing
    assert lucia.opens("/cases/not-a-case", 404) == nothing


def test_nobody_sends_to_a_case_of_others(world: World, at_desk: Sits, only_case: Case) -> None:
    receipt = world.report(TOLD, area="2")
    case = only_case("Sarah")
    lucia = at_desk("Lucia")
    world.report(TOLD, area="3")
    page = lucia.opens(only_case("Lucia"))
    _, hidden = form_of(page, "/note")
    for end, written in (
        ("/note", {"note": "mine now"}),
        ("/answer", {"letter": "hello", "reason": "why not", "written_in": "en"}),
        ("/letter", {"shown": "help"}),
        ("/report", {}),
        ("/acknowledge", {}),
    ):
        lucia.posts(case + end, hidden | written, 404)
    assert letters_behind(world, receipt.code.digits()) == []


def test_whoever_confirms_answers_from_then_on(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(TOLD, area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    shown = sarah.sends(sarah.opens(case), "/report", 200)
    sarah.sends(shown, "/acknowledge")
    page = sarah.opens(case)
    assert "/acknowledge" not in page
    assert "<span>you</span>" in page
    assert "Sarah Okello" in at_desk("Amal").opens(case)


def test_a_reviewed_letter_goes_out_in_the_language_of_the_report(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    receipt = world.report(TOLD, area="2", language="ar")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    page = sarah.opens(case + "?letter=help")
    sarah.sends(page, "/letter", text="words of the browser")
    ((text, language),) = letters_behind(world, receipt.code.digits())
    assert language == "ar"
    assert "المساعدة" in text
    assert "browser" not in text


def test_a_letter_nobody_reviewed_is_not_sent(world: World, at_desk: Sits, only_case: Case) -> None:
    receipt = world.report(TOLD, area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    page = sarah.opens(case + "?letter=help")
    for letter in ("nothing", "own", ""):
        sarah.sends(page, "/letter", 200, shown=letter)
    assert letters_behind(world, receipt.code.digits()) == []


def test_pressing_send_twice_sends_once(world: World, at_desk: Sits, only_case: Case) -> None:
    receipt = world.report(TOLD, area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    page = sarah.opens(case + "?letter=own")
    words = {
        "letter": "Please come back on Monday.",
        "reason": "asked for a day",
        "written_in": "en",
    }
    for _ in range(2):
        sarah.sends(page, "/answer", **words)
    assert letters_behind(world, receipt.code.digits()) == [(words["letter"], "en")]


@pytest.mark.parametrize("left_out", ["reason", "letter"])
def test_own_words_without_a_reason_are_not_sent_and_not_lost(
    world: World, at_desk: Sits, only_case: Case, left_out: str
) -> None:
    receipt = world.report(TOLD, area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    words = {"letter": "Come back on Monday.", "reason": "asked for a day", "written_in": "fr"}
    page = sarah.sends(
        sarah.opens(case + "?letter=own"), "/answer", 200, **(words | {left_out: "  \n "})
    )
    kept = "reason" if left_out == "letter" else "letter"
    assert words[kept] in unescape(page)
    assert '<option value="fr" lang="fr" selected' in page
    assert 'aria-invalid="true"' in page
    assert letters_behind(world, receipt.code.digits()) == []
    sarah.sends(page, "/answer", **words)
    assert letters_behind(world, receipt.code.digits()) == [(words["letter"], "fr")]


def test_a_note_is_for_colleagues_and_not_for_the_number(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    receipt = world.report(TOLD, area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    page = sarah.opens(case)
    written = "Called the clinic.\r\n\x00<i>Open</i> until six."
    for _ in range(2):
        sarah.sends(page, "/note", note=written)
    seen = at_desk("Amal").opens(case)
    assert seen.count("Called the clinic.\n&lt;i&gt;Open&lt;/i&gt; until six.") == 1
    assert letters_behind(world, receipt.code.digits()) == []


def test_a_note_too_long_stays_on_the_page(world: World, at_desk: Sits, only_case: Case) -> None:
    world.report(TOLD, area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    long = "word " * 5000
    page = sarah.sends(sarah.opens(case), "/note", 200, note=long)
    assert long.strip() in page
    assert 'role="alert"' in page


def test_what_could_not_be_saved_is_on_the_page_to_be_sent_again(world: World) -> None:
    sent = {"note": "Called the <clinic>.", "once": "ab" * 32, "csrf_token": "old"}
    with world.app.test_request_context("/cases/X/note", method="POST", data=sent):
        g.member = world.member("Sarah")
        use_language("en")
        page = repeat_page(posted_page(), why="overtaken")
    assert "Called the &lt;clinic&gt;." in page
    assert sent["once"] in page
    assert 'value="old"' not in page


def test_a_message_of_the_reporter_shows_with_the_report(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    receipt = world.report(TOLD, area="2")
    with world.session() as session:
        write_with_number(
            session,
            world.deployment,
            typed=receipt.code.digits(),
            text="On Monday.",
            once=b"o" * 32,
        )
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    closed = sarah.opens(case)
    assert "On Monday." not in closed
    assert "On Monday." in sarah.sends(closed, "/report", 200)


def test_a_message_a_colleague_has_read_is_to_be_answered(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    receipt = world.report(TOLD, area="2")
    case, sarah, amal = only_case("Sarah"), at_desk("Sarah"), at_desk("Amal")
    sarah.sends(sarah.sends(sarah.opens(case), "/report", 200), "/acknowledge")
    sarah.sends(sarah.opens(case + "?letter=help"), "/letter")
    number = receipt.code.digits()
    with world.session() as session:
        write_with_number(session, world.deployment, typed=number, text="Monday.", once=b"o" * 32)
    unread = sarah.opens(case)
    assert "Read the new message" in next_step(unread)
    assert "Answer the new message" in next_step(sarah.sends(unread, "/report", 200))
    seen = amal.opens(case)
    assert "الرد على الرسالة الجديدة" in seen
    assert "قراءة الرسالة الجديدة" not in seen


def test_a_sent_letter_is_listed_by_its_title_or_its_first_words(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(TOLD, area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    sarah.sends(sarah.opens(case + "?letter=received"), "/letter")
    long = "Please come back on Monday, when the clinic by the river is open again for you."
    own = {"letter": f"{long}\nSecond line.", "reason": "asked for a day", "written_in": "en"}
    sarah.sends(sarah.opens(case + "?letter=own"), "/answer", **own)
    page = sarah.opens(case).split('id="letters"')[1].split('id="write"')[0]
    titles = [one.split("</summary>")[0] for one in page.split("<summary>")[1:]]
    received = next(
        one.title for one in load_letters(world.settings.config) if one.id == "received"
    )
    assert sum(received in one for one in titles) == 1
    assert sum("Please come back on Monday" in one and long not in one for one in titles) == 1


def test_an_assistance_worker_cannot_write_to_the_number(world: World, at_desk: Sits) -> None:
    marta = at_desk("Marta")
    _, hidden = form_of(marta.opens("/queue"), "/lock")
    marta.posts("/cases/" + "A" * 26 + "/letter", hidden | {"shown": "help"}, 403)
    marta.posts("/cases/" + "A" * 26 + "/answer", hidden | {"letter": "x", "reason": "y"}, 403)


def test_a_service_of_the_employer_is_marked_in_words_and_its_reason_stays_away(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report("A word.", area="2", employer="Well and Way", help="talk")
    facts = at_desk("Sarah").opens(only_case("Sarah")).split('<dl class="facts">')[1]
    listed = facts.split("Where help is")[1].split("</dd>")[0]
    assert listed.index("Women’s clinic") < listed.index("Do not use for this case:")
    assert listed.index("Do not use for this case:") < listed.index("Community centre")
    assert "Well and Way" not in listed


def test_the_next_step_names_the_recipient_outside_whom_the_organisation_designated(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report("A word.", area="1", employer="a driver of Meridian")
    step = next_step(at_desk("Peter").opens(only_case("Peter")))
    assert "Meridian Relief, outside this system: Headquarters investigations" in step


def test_where_no_organisation_was_written_down_no_recipient_is_guessed(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report("Meridian helped me after it.", area="1")
    assert "outside this system" not in next_step(at_desk("Peter").opens(only_case("Peter")))
