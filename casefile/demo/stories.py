"""Invented reports, as people might write them: short, in their own language, never graphic."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Story:
    """One report: text, language, answers by question, and how many hours ago it came."""

    text: str
    language: str
    hours_ago: int
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)


STORIES = (
    Story(
        "قال رجل يوزع الطعام لجارتي إن حصة عائلتها تتوقف عليها إذا لم تذهب إلى بيته. هي خائفة.",
        "ar",
        3,
        {
            "area": ("2",),
            "who": ("other",),
            "age": ("child",),
            "when": ("d3",),
            "help": ("health", "talk"),
            "contact": ("number",),
        },
    ),
    Story(
        "The registration clerk at the blue tent asks young women for their phone numbers before "
        "he writes down their names. One who refused waited two days.",
        "en",
        30,
        {
            "area": ("2",),
            "who": ("several",),
            "age": ("adult",),
            "sex": ("female",),
            "when": ("month",),
        },
    ),
    Story(
        "Un agent d’un partenaire demande un cadeau pour mettre un nom sur la liste des kits.",
        "fr",
        52,
        {"area": ("2",), "employer": ("Well and Way",), "when": ("month",)},
    ),
    Story(
        "El conductor del camión de agua ofrece más bidones a cambio de compañía.",
        "es",
        20,
        {
            "area": ("3",),
            "who": ("other_knows",),
            "age": ("adult",),
            "sex": ("female",),
            "when": ("d5",),
            "help": ("talk",),
        },
    ),
    Story(
        "My supervisor asked me to share a room on a field trip and said my contract depends on it.",
        "en",
        8,
        {
            "area": ("2",),
            "who": ("me",),
            "staff": ("1",),
            "name_may": ("ask",),
            "contact": ("number",),
        },
    ),
    Story(
        "The water point was closed for three days and nobody told us why.",
        "en",
        70,
        {"area": ("2",)},
    ),
    Story(
        "Peter Nyambura of the office in North promised my cousin work if she visits him alone.",
        "en",
        5,
        {
            "area": ("1",),
            "who": ("other_knows",),
            "age": ("adult",),
            "sex": ("female",),
            "keep_from": ("Peter",),
            "when": ("month",),
        },
    ),
    Story("شكرا على المساعدة، لكن الطابور طويل جدا على كبار السن.", "ar", 90, {"area": ("2",)}),
    Story(
        "A guard lets girls through the back gate of the store and asks them to come back at night.",
        "en",
        2,
        {
            "area": ("1",),
            "who": ("several",),
            "age": ("child",),
            "sex": ("female",),
            "now": ("goes_on",),
            "when": ("d3",),
        },
    ),
    Story(
        "On m’a demandé de l’argent pour recevoir la carte. J’ai payé une fois, je ne veux plus.",
        "fr",
        44,
        {"area": ("3",), "who": ("me",), "when": ("month",)},
    ),
    Story("The card reader did not work and I went home with nothing.", "en", 26, {"area": ("2",)}),
    Story(
        "Nos dijeron que la lista se cierra hoy, pero a algunas las llaman aparte.",
        "es",
        12,
        {"area": ("4",), "who": ("several",)},
    ),
)
