"""The invented people of the demonstration, one or more for each role.

No address may ever be anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

from casefile.people.roles import Role


@dataclass(frozen=True)
class DemoPerson:
    """A person: name, role, language, the keys of her desks ("first": the inter-agency desk)."""

    name: str
    role: Role
    language: str
    desks: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """An address that can never be anybody's."""
        return ".".join(self.name.lower().split()) + "@example.org"


FIRST = DemoPerson("Ines Moreau", Role.FOCAL_POINT, "en", ("first",))

PEOPLE = (
    FIRST,
    DemoPerson("Sarah Okello", Role.FOCAL_POINT, "en", ("river",)),
    DemoPerson("Amal Haddad", Role.FOCAL_POINT, "ar", ("river",)),
    DemoPerson("Peter Nyambura", Role.FOCAL_POINT, "en", ("north",)),
    DemoPerson("Lucia Fernandez", Role.FOCAL_POINT, "es", ("east",)),
    DemoPerson("Marta Duarte", Role.ASSISTANCE_WORKER, "fr", ("care",)),
    DemoPerson("Joseph Okech", Role.INVESTIGATOR, "en", ("investigations",)),
    DemoPerson("Leila Mansour", Role.FOCAL_POINT, "fr", ("children",)),
    DemoPerson("Victor Adeyemi", Role.INVESTIGATOR, "en", ("legal",)),
    DemoPerson("Hana Said", Role.HOTLINE_OPERATOR, "ar"),
    DemoPerson("Anders Holm", Role.SENIOR_FOCAL_POINT, "en"),
    DemoPerson("Claire Dubois", Role.SECRETARIAT, "fr"),
    DemoPerson("Tomas Rivera", Role.DATA_STEWARD, "es"),
    DemoPerson("Grace Mensah", Role.AUDITOR, "en"),
    DemoPerson("Omar Farouk", Role.ADMINISTRATOR, "en"),
)
