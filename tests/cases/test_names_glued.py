"""Names as people really write them: glued, interrupted, without particles, in other letters."""

from __future__ import annotations

import pytest

from casefile.cases.conflict import excluded_people, named_agencies

P = b"p" * 16


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("أمل حداد", "رأيت سارة وأمل حداد هناك"),
        ("أمل حداد", "أعطيت المال لأمل حداد"),
        ("أمل حداد", "أمل الحداد طلبت المال"),
        ("أمل حداد", "أمـــل حداد"),
        ("فاطمة علي", "فاطمه على"),
        ("عبد الله حسن", "عبدالله حسن"),
        ("Sarah Okello", "Sarah_Okello"),
        ("Sarah Okello", "@SarahOkello"),
        ("Sarah Okello", "Sa\u00adrah Okello"),
        ("Sarah Okello", "𝐒𝐚𝐫𝐚𝐡 𝐎𝐤𝐞𝐥𝐥𝐨"),
        ("Sarah Okello", "Sarah A. Okello"),
        ("Sarah Akinyi Okello", "Sarah Okello"),
        ("Sarah Akinyi Okello", "Okello Sarah Akinyi"),
        ("Ahmad Al-Haddad", "Ahmad Haddad"),
        ("Ahmad Haddad", "Ahmad al-Haddad"),
        ("Maria de la Cruz", "Maria Cruz"),
        ("Bjørn Dahl", "Bjorn Dahl"),
        ("Łukasz Nowak", "Lukasz Nowak"),
        ("Jean-Pierre Ndiaye", "Jeanpierre Ndiaye"),
    ],
)
def test_a_whole_name_is_found_however_it_is_glued_or_interrupted(name: str, text: str) -> None:
    assert excluded_people({P: name}, told=text, keep_from="") == {P}


@pytest.mark.parametrize(
    ("name", "text"), [("Bo Li", "Bo Li"), ("أمل حداد", "الحداد"), ("Li Na", "li na")]
)
def test_a_name_the_reporter_keeps_it_from_is_found(name: str, text: str) -> None:
    assert excluded_people({P: name}, told="", keep_from=text) == {P}


def test_a_particle_alone_points_at_nobody() -> None:
    assert not excluded_people({P: "Maria dos Santos"}, told="", keep_from="esos dos hombres")


def test_an_agency_behind_an_arabic_prefix_is_known() -> None:
    assert named_agencies({P: ("ميريديان",)}, "يعمل لميريديان") == {P}


@pytest.mark.parametrize(
    ("name", "told", "keep_from"),
    [
        ("Amadou Ba", "", "Mr Ba of the food office"),
        ("Amadou Ba", "Mr Amadou T. Ba asked for money", ""),
        ("Ng Mei", "It was Mei, Mr Ng's sister", ""),
        ("Li Ng", "", "Ng"),
    ],
)
def test_a_family_name_of_two_letters_is_found(name: str, told: str, keep_from: str) -> None:
    assert excluded_people({P: name}, told=told, keep_from=keep_from) == {P}


@pytest.mark.parametrize("name", ["Maria de la Cruz", "Anh Le", "Luc Du"])
def test_a_little_word_of_any_text_points_at_nobody(name: str) -> None:
    assert excluded_people({P: name}, told="", keep_from="le chef du bureau de la mairie") == set()
