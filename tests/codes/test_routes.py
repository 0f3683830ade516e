"""The rules of routing as data: what can be meant is read, and nothing else starts."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from casefile.codes.configuration import read_configuration
from casefile.codes.lists import read_list
from casefile.codes.routes import Routing, RoutingProblem, Where, Whose, read_routing, routing_of
from casefile.settings import ROOT

CONFIG = ROOT / "config"
LAST = """
[[rule]]
name = "last"
function = "intake"
place = "any"
agency = "inter_agency"
"""


def read(text: str) -> Routing:
    lists = (read_list(CONFIG, name) for name in ("desk_function", "category"))
    return routing_of(tomllib.loads(text), *lists)


def test_the_rules_that_come_with_it_end_outside_and_start_near() -> None:
    routing = read_routing(CONFIG)
    assert routing.external
    always = [rule for rule in routing.rules if rule.always]
    assert (always[0].place, always[0].agency) == (Where.HERE, Whose.MEMBER)


def test_one_rule_is_enough_if_it_takes_everything() -> None:
    assert [rule.name for rule in read(LAST).rules] == ["last"]
    assert not read(LAST).external


def test_only_the_end_of_the_list_may_be_outside() -> None:
    outside = '[[rule]]\nname = "outside"\nexternal = true\n'
    assert read(LAST + outside).external
    with pytest.raises(RoutingProblem, match="rule 1"):
        read(outside + LAST)


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('function = "intake"', 'function = "intak"', "intake"),
        ('function = "intake"', 'function = "unknown"', "function"),
        ('place = "any"', 'place = "near"', "here"),
        ('agency = "inter_agency"', 'agency = "ours"', "agency"),
        ('name = "last"', "", "name"),
        ('place = "any"', 'place = "any"\nwho = "me"', "who"),
        ('place = "any"', 'place = "any"\nonly = ["night"]', "night"),
        ('place = "any"', 'place = "any"\nonly = "child"', "list"),
        ('place = "any"', 'place = "any"\ncategories = ["gossip"]', "gossip"),
        ('place = "any"', 'place = "here"', "nowhere"),
        ('place = "any"', 'place = "any"\nonly = ["child"]', "nowhere"),
        ('agency = "inter_agency"', 'agency = "member"', "nowhere"),
        (LAST, LAST + LAST, "two rules"),
        (LAST, "", "rule"),
        (LAST, LAST + "[other]\n", "rule"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(was: str, now: str, says: str) -> None:
    with pytest.raises(RoutingProblem, match=says):
        read(LAST.replace(was, now))


def test_a_deployment_does_not_start_without_its_rules(tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    read_configuration(config)
    (config / "routing.toml").write_text("rule = 1", "utf-8")
    read_routing.cache_clear()
    with pytest.raises(RoutingProblem):
        read_configuration(config)
