"""The questions that sort a report and the rules that decide by them, read from configuration.

Pure: `config/questions/triage.toml` in, a decision out. What no rule catches stays possible SEA,
and no answer is ever required.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from casefile.codes.lists import UNKNOWN, read_list
from casefile.codes.problem import ConfigProblem

POSSIBLE_SEA, SEA = "possible_sea", "sea"
COUNTED = frozenset({POSSIBLE_SEA, SEA})
"""Categories that only two people together leave."""


class TriageProblem(ConfigProblem):
    """The file of questions and rules cannot be used; the text says why."""


@dataclass(frozen=True)
class Question:
    """One question: its id and the codes that can be chosen, `unknown` among them."""

    id: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """What the answers say: the category, the office such a report goes to, a second look."""

    category: str
    office: str = UNKNOWN
    review: bool = False


@dataclass(frozen=True)
class Rule:
    """Question → the answers that it needs; what it decides if all of them are given."""

    needs: Mapping[str, tuple[str, ...]]
    decision: Decision

    def holds(self, answers: Mapping[str, str]) -> bool:
        """Whether every answer it needs was given; an empty one is `unknown`."""
        return all((answers.get(one) or UNKNOWN) in given for one, given in self.needs.items())


@dataclass(frozen=True)
class Triage:
    """The questions in their order, and the rules in theirs."""

    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]

    def decide(self, answers: Mapping[str, str]) -> Decision:
        """What the first rule that holds decides; without one, possible SEA.

        Source: UN Glossary on SEA (2017), ST/SGB/2003/13 3.2, ST/SGB/2019/8; see the rules.
        """
        found = (rule.decision for rule in self.rules if rule.holds(answers))
        return next(found, Decision(POSSIBLE_SEA))

    def kept(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Answers to questions there are, with codes that can be chosen; `unknown` for others."""
        return {
            one.id: answers.get(one.id, "") if answers.get(one.id) in one.options else UNKNOWN
            for one in self.questions
        }


@cache
def read_triage(config: Path) -> Triage:
    """Read the questions and rules; TriageProblem if they contradict themselves or the lists."""
    file = config / "questions" / "triage.toml"
    try:
        plain = tomllib.loads(file.read_text("utf-8"))
        asked = tuple(Question(one["id"], tuple(one["options"])) for one in plain["question"])
        rules = tuple(_rule(dict(one)) for one in plain["rule"])
    except (OSError, KeyError, TypeError, ValueError) as damaged:
        raise TriageProblem(f"{file.name}: {damaged}") from damaged
    for problem in _problems(config, asked, rules):
        raise TriageProblem(f"{file.name}: {problem}")
    return Triage(asked, rules)


def _rule(row: dict[str, Any]) -> Rule:
    category, office = row.pop("category"), row.pop("office", UNKNOWN)
    decision = Decision(category, office, bool(row.pop("review", False)))
    return Rule({name: tuple(given) for name, given in row.items()}, decision)


def _problems(config: Path, asked: tuple[Question, ...], rules: tuple[Rule, ...]) -> list[str]:
    options = {one.id: one.options for one in asked}
    found = [f"{one.id} has no `{UNKNOWN}`" for one in asked if UNKNOWN not in one.options]
    for rule in rules:
        for name, given in rule.needs.items():
            if not set(given) <= set(options.get(name, ())):
                found.append(f"a rule asks for an answer to {name} that cannot be chosen")
        if rule.decision.category not in read_list(config, "category"):
            found.append(f"{rule.decision.category} is no category")
        if rule.decision.office not in read_list(config, "office"):
            found.append(f"{rule.decision.office} is no office")
    return found
