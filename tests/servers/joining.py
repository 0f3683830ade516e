"""Joining over the real pages: what the first page shows is typed back on the second."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from html import unescape

import pyotp

from tests.servers.visiting import Page, Visitor


@dataclass(frozen=True)
class Keeper:
    """What somebody who joined keeps: the passphrase, and the authenticator's secret."""

    passphrase: str
    seed: str

    def code(self) -> str:
        """The six digits an authenticator shows now."""
        return pyotp.TOTP(self.seed).now()


def join(visitor: Visitor, address: str) -> tuple[Keeper, Page]:
    """Open an invitation, keep what it shows, and open the account."""
    first = visitor.get(address)
    assert first.status == 200, first.text[:1000]
    keeper = Keeper(_passphrase(first), _seed(first))
    second = visitor.post_plainly(address, [("offer", first.fields["offer"])])
    assert second.status == 200
    _not_at_the_edge()
    given = [
        ("offer", second.fields["offer"]),
        ("passphrase", keeper.passphrase),
        ("code", keeper.code()),
    ]
    return keeper, visitor.post_plainly(f"{address}/account", given)


def _passphrase(page: Page) -> str:
    found = re.search(r'class="passphrase"><bdi[^>]*>([^<]+)<', page.text)
    assert found is not None
    return unescape(found[1])


def _seed(page: Page) -> str:
    """The authenticator's secret: letters and digits of base 32, in groups."""
    found = re.search(r'class="ref">((?:[A-Z2-7]{4} ?)+)<', page.text)
    assert found is not None
    return found[1].replace(" ", "")


def _not_at_the_edge() -> None:
    """Leave a second to the end of the half minute, so that typing does not fall into the next."""
    left = 30 - time.time() % 30
    if left < 1:
        time.sleep(left)
