"""A command that cannot do what was asked says so in a sentence and changes nothing."""

from __future__ import annotations

import pytest
from click.testing import Result

from tests.world import World


def run(world: World, *arguments: str) -> Result:
    env = {"CASEFILE_INSTANCE": str(world.settings.instance)}
    return world.app.test_cli_runner().invoke(args=["casefile", *arguments], env=env)


def test_filling_a_deployment_in_use_is_refused_with_a_sentence(world: World) -> None:
    said = run(world, "demo", "--yes")
    assert isinstance(said.exception, SystemExit)
    assert said.exit_code == 1
    assert said.output.strip()


def test_a_negative_number_of_reports_is_refused_before_anything(world: World) -> None:
    assert run(world, "demo", "--yes", "--cases", "-3").exit_code == 2


@pytest.mark.parametrize(
    ("email", "name"), [("", "Noor"), ("noor", "Noor"), ("a b@c", "Noor"), ("n@x.org", " ")]
)
def test_nobody_is_invited_without_an_address_and_a_name(
    world: World, email: str, name: str
) -> None:
    asked = ("--email", email, "--name", name, "--role", "auditor")
    assert run(world, "people", "invite", *asked).exit_code == 1
