"""Every address declares who may open it, exactly once; what declares nothing is not there.

Permission is data on the view: these tests walk the map of all addresses. (Design, 6.)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from flask import Blueprint
from werkzeug.routing import Rule

from casefile.app import Casefile, create_app
from casefile.people.gate import Open, access_of, public
from casefile.people.roles import PERMISSIONS, Permission, Role
from casefile.people.sessions import COOKIE, begin_session
from casefile.platform.database import db, write
from casefile.settings import ROOT
from tests.invariants.browsing import BASE
from tests.world import World

PUBLIC = {
    "reporting.first_page",
    "reporting.form_page",
    "reporting.send_report",
    "reporting.report_again",
    "reporting.answer_again",
    "reporting.number_page",
    "reporting.open_mailbox",
    "reporting.write_letter",
    "reporting.take_file",
    "reporting.where_to_get_help",
    "reporting.leave",
    "reporting.listen",
    "reporting.make_choice",
    "reporting.print_receipt",
    "reporting.send_young",
    "reporting.young_page",
    "passed_on.ask",
    "passed_on.show",
    "passed_on.answer",
    "static",
}
DOORWAYS = {
    "people.sign_in",
    "people.begin",
    "people.second",
    "people.locked",
    "people.unlock",
    "joining.offer",
    "joining.proof",
    "joining.join",
}
"""Addresses that open without a session. Whoever adds one adds it here, and says why in review."""

DECLARATIONS = {"public", "doorway", "needs"}
METHODS = {"get", "post", "put", "patch", "delete", "route"}
ANYBODYS = {
    "case": "A" * 26,
    "token": "none",
    "lang": "en",
    "digest": "0",
    "name": "none",
    "entry": "00",
    "person": "00",
    "iso": "XXZ",
    "code": 1,
    "number": 1,
    "ticket": "none",
    "desk": "none",
    "link": "none",
}


def test_every_address_declares_who_may_open_it(world: World) -> None:
    declared = {rule.endpoint: access_of(_view(world, rule)) for rule in _rules(world)}
    assert not [endpoint for endpoint, access in declared.items() if access is None]
    assert {each for each, access in declared.items() if access is Open.PUBLIC} == PUBLIC
    assert {each for each, access in declared.items() if access is Open.DOORWAY} == DOORWAYS
    others = {each: access for each, access in declared.items() if each not in PUBLIC | DOORWAYS}
    assert others
    assert all(isinstance(access, Permission) for access in others.values())


def test_no_view_declares_twice() -> None:
    views = [
        view for file in (ROOT / "casefile").rglob("*.py") for view in _views(file.read_text())
    ]
    assert len(views) > 20
    for view in views:
        said = [name for name in map(_name, view.decorator_list) if name in DECLARATIONS]
        assert len(said) == 1, view.name


@pytest.fixture
def careless(world: World) -> Iterator[Casefile]:
    """The application with two more addresses, of which one declares nothing."""
    keyring = world.deployment.keyring
    app = create_app(world.settings, keyring=keyring, now=world.clock)
    extra = Blueprint("extra", __name__)
    extra.add_url_rule("/forgotten", "forgotten", lambda: "secret", methods=["GET", "POST"])
    extra.add_url_rule("/remembered", "remembered", public(lambda: "open"))
    app.register_blueprint(extra)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_view_that_declares_nothing_is_not_there(careless: Casefile) -> None:
    client = careless.test_client()
    assert client.get("/remembered").text == "open"
    nothing = client.get("/nothing")
    for answer in (
        client.get("/forgotten"),
        client.post("/forgotten"),
        client.options("/forgotten"),
    ):
        assert (answer.status_code, answer.text) == (404, nothing.text)


def test_nobody_opens_a_members_page_without_a_session(world: World) -> None:
    client = world.client()
    client.set_cookie(COOKIE, "A" * 43, domain="localhost", secure=True)
    for rule, method, address in _members_addresses(world):
        answer = client.open(address, method=method, base_url=BASE)
        assert answer.status_code in {303, 401}, rule
        if answer.status_code == 303:
            assert answer.headers["Location"] == "/sign-in", rule


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_it_is_permitted_and_nothing_else(world: World, role: Role) -> None:
    client = world.client()
    client.set_cookie(COOKIE, _session_of(world, role), domain="localhost", secure=True)
    refused = set()
    for rule, method, address in _members_addresses(world):
        answer = client.open(address, method=method, base_url=BASE)
        permission = access_of(_view(world, rule))
        if permission not in PERMISSIONS[role]:
            assert answer.status_code == 403, rule
            refused.add(permission)
        elif method == "GET":
            assert answer.status_code in {200, 303, 404}, rule
    assert not refused & PERMISSIONS[role]


def test_a_members_post_without_its_pages_token_does_nothing(world: World) -> None:
    for role in Role:
        client = world.client()
        client.set_cookie(COOKIE, _session_of(world, role), domain="localhost", secure=True)
        for rule, method, address in _members_addresses(world):
            if method != "GET":
                answer = client.open(address, method=method, base_url=BASE, data={"text": "a b"})
                assert answer.status_code == 403, rule


def _rules(world: World) -> list[Rule]:
    return list(world.app.url_map.iter_rules())


def _view(world: World, rule: Rule) -> object:
    return world.app.view_functions[rule.endpoint]


def _members_addresses(world: World) -> Iterator[tuple[Rule, str, str]]:
    """Every address that needs a permission, with every method it has."""
    for rule in _rules(world):
        if rule.endpoint in PUBLIC | DOORWAYS:
            continue
        _, address = rule.build({name: ANYBODYS[name] for name in rule.arguments}) or ("", "")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, address


def _session_of(world: World, role: Role) -> str:
    """The cookie of somebody in this role, begun without the two steps."""
    member = next(one.member for one in world.seated.values() if one.member.role is role)
    with world.session() as session:
        return write(
            lambda writing: begin_session(writing, world.deployment, member),
            session,
        ).cookie


def _views(source: str) -> Iterator[ast.FunctionDef]:
    """Every function that is routed to."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            calls = [each.func for each in node.decorator_list if isinstance(each, ast.Call)]
            routed = [f.attr for f in calls if isinstance(f, ast.Attribute) and f.attr in METHODS]
            if routed:
                yield node


def _name(decorator: ast.expr) -> str:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return target.id if isinstance(target, ast.Name) else ""
