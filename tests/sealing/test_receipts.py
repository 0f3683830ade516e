"""Receipt codes: the same report gives the same code, slips are found, any script is read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.sealing.hidden import Hidden, RandomBytes
from casefile.sealing.keypairs import unwrap, wrap
from casefile.sealing.keyring import Keyring, new_keyring
from casefile.sealing.receipts import (
    ReceiptCode,
    check_digit,
    parse_code,
    receipt_code,
    unlock,
)

FIXED = new_keyring(lambda length: bytes(range(length)))
DIGITS = "0123456789"
ZEROS = {
    "Arabic-Indic": "\u0660",
    "Persian": "\u06f0",
    "NKo": "\u07c0",
    "Devanagari": "\u0966",
    "Bengali": "\u09e6",
    "Gujarati": "\u0ae6",
    "Tamil": "\u0be6",
    "Thai": "\u0e50",
    "Lao": "\u0ed0",
    "Tibetan": "\u0f20",
    "Myanmar": "\u1040",
    "Khmer": "\u17e0",
    "Adlam": "\U0001e950",
    "fullwidth": "\uff10",
}


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_code_is_twenty_one_digits_in_seven_groups(once: bytes, content: bytes) -> None:
    code = receipt_code(FIXED, once, content)
    assert len(code.digits()) == 21
    assert set(code.digits()) <= set(DIGITS)
    assert [len(group) for group in code.groups()] == [3] * 7
    assert "".join(code.groups()) == code.digits()
    assert parse_code(code.digits()) == code


@given(st.binary(max_size=9), st.binary(max_size=9), st.binary(max_size=9), st.binary(max_size=9))
def test_only_the_same_page_sent_again_gives_the_same_code(
    once: bytes, content: bytes, again: bytes, edited: bytes
) -> None:
    same = (once, content) == (again, edited)
    assert (receipt_code(FIXED, once, content) == receipt_code(FIXED, again, edited)) == same


def test_another_deployment_gives_another_code(keyring: Keyring) -> None:
    assert receipt_code(FIXED, b"once", b"text") != receipt_code(keyring, b"once", b"text")


def test_every_single_wrong_digit_is_found() -> None:
    """Damm's check depends on its last state only, so all states and digits are all codes."""
    for lead in DIGITS:
        for right in DIGITS:
            for tail in ("", "7", "70", "083"):
                sound = lead + right + tail
                sound += str(check_digit(sound))
                for at in range(len(sound)):
                    for wrong in set(DIGITS) - {sound[at]}:
                        assert check_digit(sound[:at] + wrong + sound[at + 1 :]) != 0


def test_every_swap_of_two_neighbours_is_found() -> None:
    leads = [""] + [one + two for one in DIGITS for two in DIGITS]
    assert {check_digit(lead) for lead in leads} == set(range(10))
    for lead in leads:
        for one in DIGITS:
            for two in set(DIGITS) - {one}:
                sound = lead + one + two + "4"
                sound += str(check_digit(sound))
                assert check_digit(sound) == 0
                assert check_digit(lead + two + one + sound[len(lead) + 2 :]) != 0


def test_a_swap_with_the_check_digit_itself_is_found() -> None:
    for number in range(1000):
        sound = f"{number:03d}"
        sound += str(check_digit(sound))
        if sound[-1] != sound[-2]:
            assert check_digit(sound[:-2] + sound[-1] + sound[-2]) != 0


def test_every_slip_in_a_whole_code_is_refused() -> None:
    digits = receipt_code(FIXED, b"once", b"text").digits()
    for at in range(21):
        for wrong in set(DIGITS) - {digits[at]}:
            assert parse_code(digits[:at] + wrong + digits[at + 1 :]) is None
        pair = digits[at : at + 2]
        if len(set(pair)) == 2:
            assert parse_code(digits[:at] + pair[::-1] + digits[at + 2 :]) is None


@pytest.mark.parametrize("zero", ZEROS.values(), ids=ZEROS.keys())
def test_a_code_is_read_in_the_digits_of(zero: str) -> None:
    code = receipt_code(FIXED, b"once", b"text")
    typed = "".join(chr(ord(zero) + int(digit)) for digit in code.digits())
    assert parse_code(typed) == code
    assert parse_code(code.digits()[:9] + typed[9:]) == code


def test_every_decimal_digit_of_unicode_is_read() -> None:
    signs = [chr(at) for at in range(0x110000) if unicodedata.category(chr(at)) == "Nd"]
    code = receipt_code(FIXED, b"once", b"text")
    assert len(signs) > 600
    for sign in signs:
        at = code.digits().find(str(unicodedata.decimal(sign)))
        if at >= 0:
            assert parse_code(code.digits()[:at] + sign + code.digits()[at + 1 :]) == code


@pytest.mark.parametrize(
    "one",
    ["\u1369", "\u2460", "\u00b9", "\u2160", "\u4e00", "l"],
    ids=["Ethiopic", "circled", "superscript", "Roman", "Han", "letter"],
)
def test_numerals_that_are_not_decimal_digits_are_not_guessed_at(one: str) -> None:
    code = next(
        code
        for code in (receipt_code(FIXED, b"once", bytes([at])) for at in range(50))
        if "1" in code.digits()
    )
    assert parse_code(code.digits().replace("1", one, 1)) is None


@pytest.mark.parametrize(
    "between",
    [
        " ",
        "-",
        "\u2013",
        "\u2212",
        "\xa0",
        "\u202f",
        "\u200e",
        "\u200f",
        "\u202b",
        "\u061c",
        "\t\r\n",
        ".",
        "/",
        "\ufe0f\u20e3",
        "\u066b",
        "\u060c ",
    ],
    ids=ascii,
)
def test_whatever_stands_between_the_digits_is_ignored(between: str) -> None:
    code = receipt_code(FIXED, b"once", b"text")
    assert parse_code(between + between.join(code.groups()) + between) == code
    assert parse_code(between.join(code.digits())) == code


def test_a_code_too_long_or_too_short_is_refused() -> None:
    digits = receipt_code(FIXED, b"once", b"text").digits()
    for typed in ["", digits[:-1], digits[1:], digits + "0", "0" + digits, digits * 2]:
        assert parse_code(typed) is None


def test_a_page_of_text_is_refused_without_reading_it() -> None:
    digits = receipt_code(FIXED, b"once", b"text").digits()
    assert parse_code(" " * 100_000 + digits) is None


@given(st.text(max_size=60))
def test_nothing_typed_makes_parsing_fail(typed: str) -> None:
    code = parse_code(typed)
    assert code is None or len(code.digits()) == 21


@pytest.mark.parametrize("digits", ["", "1" * 20, "1" * 22, "a" * 21, "\u0661" * 21])
def test_what_is_no_code_cannot_be_made_one(digits: str) -> None:
    with pytest.raises(ValueError, match="code"):
        ReceiptCode(digits)


def test_codes_spread_over_all_digits() -> None:
    drawn = [receipt_code(FIXED, b"", at.to_bytes(4, "big")).digits()[:20] for at in range(500)]
    assert len(set(drawn)) == 500
    counts = [sum(code.count(digit) for code in drawn) for digit in DIGITS]
    assert all(850 < count < 1150 for count in counts)


def test_a_code_unlocks_the_same_row_and_key_every_time(keyring: Keyring) -> None:
    code = receipt_code(keyring, b"once", b"text")
    one, again = unlock(code, keyring), unlock(code, keyring)
    assert (one.lookup, one.private) == (again.lookup, again.private)
    assert len(one.lookup) == 32
    sealed = wrap(one.private.public, b"mailbox key", b"where")
    assert unwrap(again.private, sealed, b"where") == b"mailbox key"


def test_the_row_a_code_finds_tells_nothing_about_the_key_it_opens(keyring: Keyring) -> None:
    keys = unlock(receipt_code(keyring, b"once", b"text"), keyring)
    assert keys.lookup not in keys.private.seeds().reveal()


def test_another_code_pepper_or_installation_finds_another_row(
    keyring: Keyring, draw: RandomBytes
) -> None:
    code, other = (receipt_code(keyring, b"once", text) for text in (b"one", b"two"))
    fresh = new_keyring(draw)

    def with_keys(pepper: Keyring, receipts: Keyring) -> Keyring:
        return Keyring(
            keyring.seal_keys, keyring.writing, keyring.tags, pepper.pepper, receipts.receipts
        )

    found = [
        unlock(code, keyring).lookup,
        unlock(other, keyring).lookup,
        unlock(code, with_keys(fresh, keyring)).lookup,
        unlock(code, with_keys(keyring, fresh)).lookup,
    ]
    assert len(set(found)) == 4


def test_rotating_the_seal_key_keeps_every_receipt(keyring: Keyring, draw: RandomBytes) -> None:
    code = receipt_code(keyring, b"once", b"text")
    rotated = keyring.with_new_seal_key(draw).writing_new_seal_key().without_old_seal_keys()
    assert unlock(code, rotated).lookup == unlock(code, keyring).lookup
    assert receipt_code(rotated, b"once", b"text") == code


def test_a_code_is_not_equal_to_its_digits() -> None:
    code = receipt_code(FIXED, b"once", b"text")
    assert code != code.digits()
    assert code != Hidden(code.digits().encode())
