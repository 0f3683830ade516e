"""Many cases at once and saved lists, over the pages, without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from casefile.cases.acting import write_note
from tests.cases.test_many_cases import cases_of, notes_in, reports
from tests.console.conftest import BASE, AtDesk, form_of
from tests.world import World

Sits = Callable[[str], AtDesk]
REFERENCE = re.compile(r'<bdi class="ref">([0-9A-Z]{6})</bdi>')
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def sent(member: AtDesk, address: str, fields: dict[str, object], status: int = 200) -> str:
    answer = member.client.post(address, data=fields, base_url=BASE)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def test_the_page_before_names_every_case_and_what_will_happen_to_it(
    world: World, at_desk: Sits
) -> None:
    cases, sarah = reports(world), at_desk("Sarah")
    listed = sarah.opens("/queue?view=all")
    assert all(f'name="case" value="{case}"' in listed for case in cases)
    address, hidden = form_of(listed, "/queue/chosen")
    amal = world.member("Amal").person.hex()
    sure = sent(sarah, address, hidden | {"case": cases, "fellow": amal, "text": "One for all."})
    assert set(REFERENCE.findall(sure)) == set(REFERENCE.findall(listed))
    assert not any(notes_in(world, case) for case in cases)
    with world.session() as session:
        noting = world.member("Amal")
        write_note(session, world.deployment, noting, cases[1], text="First.", once=b"x" * 32)
    address, hidden = form_of(sure, "/queue/chosen/done")
    fields = hidden | {"seen": [unescape(one) for one in SEEN.findall(sure)]}
    for _ in range(2):
        done = sent(sarah, address, fields)
        told, left = done.split('id="left"')
        assert len(REFERENCE.findall(told)) == 2
        assert len(REFERENCE.findall(left)) == 1
    assert [len(notes_in(world, case)) for case in cases] == [1, 1, 1]


def test_nothing_is_done_without_a_wish_or_with_more_cases_than_a_page(
    world: World, at_desk: Sits
) -> None:
    (case,), sarah = reports(world, 1), at_desk("Sarah")
    _, hidden = form_of(sarah.opens("/queue?view=all"), "/queue/chosen")
    empty = sent(sarah, "/queue/chosen", hidden | {"case": [case], "fellow": "", "text": ""})
    assert "/queue/chosen/done" not in empty
    many = [f"{number:026}" for number in range(51)]
    assert "/queue/chosen/done" not in sent(
        sarah, "/queue/chosen", hidden | {"case": many, "text": "x"}
    )
    fields = hidden | {"seen": [f"{one}:x" for one in many], "text": "x"}
    sent(sarah, "/queue/chosen/done", fields, 400)
    assert notes_in(world, case) == []


def test_a_case_that_is_another_desks_is_not_opened_by_choosing_it(
    world: World, at_desk: Sits
) -> None:
    (case,) = reports(world, 1)
    world.report("near the well", area="1")
    assert cases_of(world, "Peter")
    peter = at_desk("Peter")
    _, hidden = form_of(peter.opens("/queue?view=all"), "/queue/chosen")
    page = sent(peter, "/queue/chosen", hidden | {"case": [case], "text": "A note."})
    assert 'name="seen"' not in page
    sent(peter, "/queue/chosen/done", hidden | {"seen": [f"{case}:x"], "text": "A note."})
    assert notes_in(world, case) == []


def test_a_saved_list_stands_in_the_menu_and_opens_as_it_was_saved(
    world: World, at_desk: Sits
) -> None:
    world.report("near the well", area="2")
    sarah, asked = at_desk("Sarah"), "/queue?view=new&area=2&sort=oldest"
    address, hidden = form_of(sarah.opens(asked), "/queue/saved")
    sarah.posts(address, hidden | {"name": "  River <b>,   new "})
    menu = re.search(
        r'<a href="([^"]+)" aria-current="page"><bdi>([^<]+)</bdi>', sarah.opens(asked)
    )
    assert menu is not None
    assert unescape(menu[2]) == "River <b>, new"
    again = sarah.opens(unescape(menu[1]))
    assert 'name="area" value="2"' in again
    assert sarah.opens(asked).count('class="stamp') == again.count('class="stamp') == 1
    address, hidden = form_of(sarah.opens("/queue/saved"), "/queue/saved/share")
    sarah.posts(address, hidden | {"desk": world.desk("Intake desk, River").id.hex()})
    assert "River" in at_desk("Amal").opens("/queue/saved")
    assert "River &lt;b&gt;, new" in at_desk("Amal").opens("/queue")


def test_skip_links_lead_to_the_list_and_to_what_can_be_done(world: World, at_desk: Sits) -> None:
    world.report("near the well", area="2")
    page = at_desk("Sarah").opens("/queue")
    targets = re.findall(r'<a class="skip" href="#([^"]+)"', page)
    assert targets == ["main", "list", "with-chosen"]
    assert all(f'id="{one}"' in page for one in targets)
    assert re.findall(r'<a class="skip" href="#([^"]+)"', at_desk("Peter").opens("/queue")) == [
        "main"
    ]
