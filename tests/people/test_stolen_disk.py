"""A stolen database: nobody's name, address, role or secret can be read in its bytes."""

from __future__ import annotations

import base64

from casefile.people.accounts import email_tag
from casefile.people.roles import Role
from casefile.people.sessions import COOKIE
from tests.people.conftest import House


def spellings(secret: str) -> list[bytes]:
    """A word as it might lie in a file: as it is, in other cases, in hex, in base 64."""
    plain = secret.encode()
    cases = {plain, secret.lower().encode(), secret.upper().encode(), secret.encode("utf-16-le")}
    hexes = {plain.hex().encode(), plain.hex().upper().encode()}
    # Base 64 depends on where the word begins: the middle of each of three alignments.
    shifted = {base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)}
    return [each for each in cases | hexes | shifted if len(each) > 3]


def test_no_name_address_or_secret_lies_in_the_database(house: House) -> None:
    joined = house.join("Zebulon Plantedname", Role.SENIOR_FOCAL_POINT, "fr")
    token = house.invite("Quirina Waiting", Role.HOTLINE_OPERATOR, "ar")
    browser = house.sign_in(joined)
    cookie = browser.get_cookie(COOKIE, domain="localhost")
    assert cookie is not None
    words = [
        "Zebulon",
        "Plantedname",
        "Quirina",
        "Waiting",
        "planted.example",
        "senior_focal_point",
    ]
    words += ["hotline_operator", '"language"', "invited", joined.passphrase, joined.seed]
    words += [*joined.codes, *joined.passphrase.split(), token, cookie.value]
    found = house.bytes_on_disk()
    tag = house.do(lambda _, deployment: email_tag(deployment, joined.email))
    assert tag in found
    assert joined.person in found
    assert [word for word in words for each in spellings(word) if each in found] == []
