"""The invented network of the demonstration: agencies, areas with places of help, and desks.

No agency, place or number may be anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

Names = dict[str, str]


@dataclass(frozen=True)
class DemoAgency:
    """An agency: key, name, class, whether it investigates, what people call it.

    `recipient` is whom outside it names for complaints about its people.
    """

    key: str
    name: str
    entity_class: str
    investigates: str
    also_called: tuple[str, ...] = ()
    recipient: str = ""


@dataclass(frozen=True)
class DemoDesk:
    """A desk: agency's key ("first": the inter-agency one), area's number, function, names."""

    key: str
    agency: str
    area: int
    function: str
    names: Names


def all_languages(en: str, fr: str, es: str, ar: str) -> Names:
    """One name in the four languages."""
    return {"en": en, "fr": fr, "es": es, "ar": ar}


AGENCIES = (
    DemoAgency(
        "meridian",
        "Meridian Relief",
        "ingo",
        "full",
        ("Meridian",),
        "Headquarters investigations, by registered letter",
    ),
    DemoAgency("health_bridge", "Health Bridge", "ngo", "dates_only"),
    DemoAgency("terra", "Terra Aid", "un_agency", "full", ("Terra",)),
    DemoAgency("well", "Well and Way", "ngo", "no"),
)

AREAS = (
    all_languages("North", "Nord", "Norte", "الشمال"),
    all_languages("River", "Rivière", "Río", "النهر"),
    all_languages("East", "Est", "Este", "الشرق"),
    all_languages("South", "Sud", "Sur", "الجنوب"),
)

DESKS = (
    DemoDesk(
        "river",
        "meridian",
        2,
        "intake",
        all_languages(
            "Intake desk, River", "Accueil, Rivière", "Recepción, Río", "مكتب الاستقبال، النهر"
        ),
    ),
    DemoDesk(
        "north",
        "terra",
        1,
        "intake",
        all_languages(
            "Intake desk, North", "Accueil, Nord", "Recepción, Norte", "مكتب الاستقبال، الشمال"
        ),
    ),
    DemoDesk(
        "east",
        "health_bridge",
        3,
        "intake",
        all_languages(
            "Intake desk, East", "Accueil, Est", "Recepción, Este", "مكتب الاستقبال، الشرق"
        ),
    ),
    DemoDesk(
        "care",
        "well",
        2,
        "assistance",
        all_languages(
            "Care desk, River", "Prise en charge, Rivière", "Atención, Río", "مكتب الرعاية، النهر"
        ),
    ),
    DemoDesk(
        "investigations",
        "terra",
        0,
        "investigation",
        all_languages("Investigations", "Enquêtes", "Investigaciones", "التحقيقات"),
    ),
    DemoDesk(
        "children",
        "well",
        0,
        "child_protection",
        all_languages(
            "Child protection",
            "Protection de l’enfance",
            "Protección de la infancia",
            "حماية الطفل",
        ),
    ),
    DemoDesk(
        "legal",
        "first",
        0,
        "legal",
        all_languages(
            "Legal questions", "Questions juridiques", "Cuestiones jurídicas", "الشؤون القانونية"
        ),
    ),
)
