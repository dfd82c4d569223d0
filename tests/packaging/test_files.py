"""Every path, target and command that the Dockerfile, the Makefile and .ci/ name exists."""

import importlib.util
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RECIPES = ("Dockerfile", "Makefile", ".ci/run", ".ci/torch", ".ci/browser")
MADE = (".venv", "static/node_modules", "static/vendor")  # what installing makes; all git-ignored
NAMED = re.compile(r"(?<![\w./-])(?:\.ci|server|static|templates|tests)/[\w./*-]+|\b[\w-]+\.(?:toml|lock|json|md)\b")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def missing_paths(root: Path, text: str) -> list[str]:
    """The repository paths that a recipe names and `root` does not hold; patterns must match something."""
    names = {name.rstrip("./") for name in NAMED.findall(text)}
    return sorted(n for n in names if not n.startswith(MADE) and not any(root.glob(n)))


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_path_a_recipe_names_exists(recipe: str) -> None:
    assert missing_paths(ROOT, (ROOT / recipe).read_text()) == []


def test_a_path_that_is_not_there_is_seen(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/bench_a.py").touch()
    text = "run tests/bench_*.py .ci/gone && cat setup.toml static/vendor/three tests/lost_*.py"
    assert missing_paths(tmp_path, text) == [".ci/gone", "setup.toml", "tests/lost_*.py"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_module_a_recipe_runs_exists(recipe: str) -> None:
    for name in re.findall(r'python"? -m ([a-z_]+)', (ROOT / recipe).read_text()):
        assert importlib.util.find_spec(name), f"{recipe} runs python -m {name}"


def test_the_dockerfile_copies_what_the_context_lets_through() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / name).exists() for name in kept)
    build = project()
    wanted = {"pyproject.toml", ".ci", "server", "static", "templates", build["project"]["readme"]}
    assert wanted | set(build["project"]["license-files"]) <= kept


def test_the_dockerfile_starts_our_command_and_asks_a_route_for_health() -> None:
    text = (ROOT / "Dockerfile").read_text()
    (command,) = (json.loads(line.removeprefix("CMD ")) for line in text.splitlines() if line.startswith("CMD ["))
    module, _, function = project()["project"]["scripts"][command[0]].partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert re.search(r"USER (\w+)", text)
    assert "/health" in text
    assert any('"/health"' in path.read_text() for path in (ROOT / "server/web").glob("*.py"))


def test_every_make_target_that_is_called_exists_and_expands() -> None:
    called = set(
        re.findall(r"\bmake ([a-z-]+)", "".join((ROOT / name).read_text() for name in (".ci/run", "Makefile")))
    )
    declared = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert called <= declared
    done = subprocess.run(["make", "--dry-run", *sorted(declared)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_scripts_can_be_run() -> None:
    assert all(os.access(ROOT / ".ci" / name, os.X_OK) for name in ("run", "torch", "browser"))


def test_the_constraints_hold_every_dependency_at_one_version() -> None:
    text = (ROOT / ".ci/constraints.txt").read_text()
    pinned = {m[1].lower().replace("_", "-") for m in re.finditer(r"^([\w.-]+)==[\w.]+$", text, re.MULTILINE)}
    built = project()
    wanted = built["project"]["dependencies"] + built["build-system"]["requires"]
    wanted += [name for extra in built["project"]["optional-dependencies"].values() for name in extra]
    names = {re.split(r"[\[><=;~ ]", requirement)[0].lower() for requirement in wanted} - {"downhill"}
    assert names <= pinned


def test_the_lock_names_no_host_and_every_library_states_its_reason() -> None:
    lock = json.loads((ROOT / "static/package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    package = json.loads((ROOT / "static/package.json").read_text())
    assert package["reasons"].keys() == package["dependencies"].keys() | package["devDependencies"].keys()
