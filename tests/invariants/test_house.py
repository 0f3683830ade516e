"""How the house is built: imports run one way, every module says what it is for, and what only one
place may do is done there alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from casefile.settings import ROOT

PACKAGE = ROOT / "casefile"
DRAWERS = {"utils", "helpers", "common", "misc", "core", "manager", "handler", "service"}
"""Names under which anything can be put, and is."""
HEAVY = ("scipy", "typst", "alembic", "pikepdf", "PIL", "xlsxwriter", "pytest", "hypothesis")
"""Packages that are imported inside the verb that needs them. (Ground, weight.)"""

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("time", "ctime"),
    ("time", "strftime"),
    ("utils", "localtime"),
    ("utils", "formatdate"),
}
"""Where a module and a function ask what time it is."""
ENVIRONMENT = {("os", "environ"), ("os", "environb"), ("os", "getenv"), ("os", "getenvb")}


def test_imports_run_one_way() -> None:
    """The list of layers in pyproject.toml holds, and a folder that is not in it breaks it."""
    assert "exhaustive = true" in (ROOT / "pyproject.toml").read_text("utf-8")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_module_opens_with_what_it_is_for() -> None:
    written = {module: ast.get_docstring(_tree(module)) or "" for module in _modules()}
    assert len(written) > 100
    silent = [str(module) for module, told in written.items() if len(told.split()) < 4]
    assert silent == [str(PACKAGE / "__init__.py")]
    assert not (PACKAGE / "__init__.py").read_bytes()


def test_no_module_is_a_drawer() -> None:
    several = {f"{name}s" for name in DRAWERS}
    for module in _modules():
        names = module.relative_to(ROOT).with_suffix("").parts
        parts = {part for name in names for part in name.split("_")}
        assert not parts & (DRAWERS | several), module


def test_heavy_packages_wait_until_they_are_needed() -> None:
    code = f"import sys, casefile.app; print(*(set({HEAVY!r}) & set(sys.modules)))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_only_one_module_asks_what_time_it_is() -> None:
    asked = {module: set(_mentioned(module, CLOCKS)) for module in _ours()}
    found = {str(module.relative_to(PACKAGE)): names for module, names in asked.items() if names}
    assert found == {"platform/now.py": {("datetime", "now")}}


def test_only_the_settings_read_the_environment() -> None:
    """Whoever starts the program hands the environment over whole; nobody else looks inside."""
    for module in _ours():
        tree = _tree(module)
        handed = {
            id(argument)
            for call in _calls(tree)
            if _called(call) == "read_settings"
            for argument in call.args
        }
        looked = [one for one in ast.walk(tree) if _pair(one) in ENVIRONMENT]
        assert not [one for one in looked if id(one) not in handed], module
        assert not [pair for pair in _imported(tree) if pair in ENVIRONMENT], module


def test_only_the_commands_print() -> None:
    for module in _ours():
        said = {_called(call) for call in _calls(_tree(module))}
        assert not said & {"print", "pprint", "breakpoint"}, module


def test_every_test_that_a_promise_names_is_there() -> None:
    """A promise whose test was renamed away would be a promise nobody holds."""
    written = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+/test_\w+)`", written))
    assert len(named) > 20
    assert not [name for name in named if not (ROOT / "tests" / f"{name}.py").exists()]


def test_the_rules_find_what_they_forbid(tmp_path: Path) -> None:
    written = tmp_path / "module.py"
    written.write_text(
        "from datetime import datetime\nfrom time import time\nimport email.utils\n"
        "datetime.now()\nemail.utils.localtime()\n"
    )
    found = set(_mentioned(written, CLOCKS))
    assert found == {("datetime", "now"), ("time", "time"), ("utils", "localtime")}


def _modules() -> list[Path]:
    """Every module we wrote, the entrances and the tests included."""
    folders = (PACKAGE, ROOT / "migrations", ROOT / "config", ROOT / "tests")
    inside = [file for folder in folders for file in folder.rglob("*.py")]
    return sorted([*ROOT.glob("*.py"), *inside])


def _ours() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def _tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _mentioned(module: Path, pairs: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Which of these names a module imports by themselves or reaches through their module."""
    tree = _tree(module)
    yield from (pair for pair in map(_pair, ast.walk(tree)) if pair in pairs)
    yield from (pair for pair in _imported(tree) if pair in pairs)


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                yield node.module.rpartition(".")[2], name.name


def _pair(node: ast.AST) -> tuple[str, str] | None:
    """`datetime.now`, `email.utils.localtime` → the last two names."""
    if not isinstance(node, ast.Attribute):
        return None
    owner = node.value
    if isinstance(owner, ast.Name):
        return owner.id, node.attr
    return (owner.attr, node.attr) if isinstance(owner, ast.Attribute) else None


def _called(call: ast.Call) -> str:
    target = call.func
    return target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
