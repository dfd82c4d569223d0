"""Imports point down, in Python and in JavaScript; and the test that says so can see a violation."""

import ast
import posixpath
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Layer:
    """What the modules of one folder may know; None in `only` means: any library not in `never`."""

    below: set[str] = field(default_factory=set)
    only: set[str] | None = None
    never: set[str] = field(default_factory=set)


WEB = {"fastapi", "starlette", "uvicorn", "websockets", "jinja2"}
PYTHON = {
    "models": Layer(only={"torch", "numpy", "numba", "scipy", "sklearn", "PIL"}, never={"asyncio"}),
    "grammar": Layer(only={"pydantic", "pydantic_core"}, never={"asyncio"}),
    "experiments": Layer(below={"models", "grammar"}, never={"asyncio", *WEB}),
    "runtime": Layer(below={"models", "grammar", "experiments"}, never=WEB),
    "web": Layer(below={"models", "grammar", "experiments", "runtime"}, never={"torch", "numba"}),
}
JAVASCRIPT = {
    "draw": set[str](),
    "session": set[str](),
    "views": {"draw", "session"},  # session holds what a frame is; it knows neither of them
    "controls": {"draw", "session"},
    "page": {"draw", "session", "views", "controls"},
}


def python_violations(root: Path) -> list[str]:
    """One sentence for each import under `root`/server that the table PYTHON does not allow."""
    found = []
    for path in sorted((root / "server").rglob("*.py")):
        parts = path.relative_to(root / "server").parts
        where = f"server/{'/'.join(parts)}"
        if len(parts) > 1 and parts[0] not in PYTHON:
            found.append(f"{where}: the layer {parts[0]} is not in the table of tests/test_layers.py")
        elif len(parts) > 1:
            found += [f"{where}:{line}: {why}" for line, why in check_module(root, path, parts[0])]
    return found


def check_module(root: Path, path: Path, name: str) -> Iterator[tuple[int, str]]:
    layer = PYTHON[name]
    for line, module in python_imports(root, path):
        top, _, rest = module.partition(".")
        inner = rest.partition(".")[0]
        if top == "server":
            if inner and inner != name and inner not in layer.below:
                yield line, f"{name} imports {module}, which does not lie below it"
        elif top in layer.never:
            yield line, f"{name} imports {module}, which that layer must not know"
        elif layer.only is not None and top not in layer.only | sys.stdlib_module_names:
            yield line, f"{name} imports {module}; it may know only {', '.join(sorted(layer.only))}"


def python_imports(root: Path, path: Path) -> Iterator[tuple[int, str]]:
    """(line, absolute name) of every module that the file imports, wherever in it the import stands."""
    package = path.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == "server":  # `from server import web` names a layer, `from server import VERSION` none
                names = [a.name for a in node.names if (root / "server" / a.name).is_dir()]
                yield from ((node.lineno, f"server.{name}") for name in names)
            else:
                yield node.lineno, module


STRING = r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"""
TOKEN = re.compile(rf"(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<string>{STRING})", re.DOTALL)
IMPORT = re.compile(
    r"""^[ \t]*(?:import|export)\b[^;'"`()]*?['"](?P<static>[^'"\n]+)['"]"""
    r"""|\bimport\(\s*['"`](?P<dynamic>[^'"`\n]+)['"`]""",
    re.MULTILINE,
)


def without_comments(source: str) -> str:
    """The source with comments blanked, line numbers kept; types in JSDoc are erased and so bind nobody."""
    return TOKEN.sub(lambda t: re.sub(r"[^\n]", " ", t[0]) if t["comment"] else t[0], source)


def javascript_imports(source: str) -> Iterator[tuple[int, str]]:
    """(line, specifier) of every static or dynamic import and re-export."""
    code = without_comments(source)
    for match in IMPORT.finditer(code):
        group = "static" if match["static"] else "dynamic"
        yield code.count("\n", 0, match.start(group)) + 1, match[group]


def javascript_violations(root: Path) -> list[str]:
    """One sentence for each import or DOM name under `root`/static/js that the layers do not allow."""
    found = []
    for path in sorted((root / "static/js").rglob("*.js")):
        where = path.relative_to(root / "static/js").as_posix()
        name, source = where.partition("/")[0], path.read_text(encoding="utf-8")
        if name == where:  # beside the layers: the entry, which may know all of them
            continue
        if name not in JAVASCRIPT:
            found.append(f"static/js/{where}: the layer {name} is not in the table of tests/test_layers.py")
            continue
        for line, specifier in javascript_imports(source):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(where), specifier)).partition("/")[0]
            if specifier.startswith(".") and target not in JAVASCRIPT[name] | {name}:
                found.append(f"static/js/{where}:{line}: {name} imports {specifier}, which does not lie below it")
        if name == "session":
            bare = TOKEN.sub(lambda t: "\n" * t[0].count("\n"), source)
            for word in re.finditer(r"\b(document|window|navigator)\b", bare):
                line = bare.count("\n", 0, word.start()) + 1
                found.append(f"static/js/{where}:{line}: session touches the DOM: {word[0]}")
    return found


def test_python_imports_point_down() -> None:
    assert list((ROOT / "server").rglob("*.py"))
    assert python_violations(ROOT) == []


def test_javascript_imports_point_down() -> None:
    assert list((ROOT / "static/js").rglob("*.js"))
    assert javascript_violations(ROOT) == []


def plant(root: Path, path: str, source: str) -> Path:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(source, encoding="utf-8")
    (root / "server/web").mkdir(parents=True, exist_ok=True)
    return root


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("server/models/a.py", "from server.grammar import views", "server.grammar"),
        ("server/models/a.py", "from ..web import app", "server.web"),
        ("server/models/a.py", "def late():\n    import asyncio", ":2: models imports asyncio"),
        ("server/models/a.py", "import pandas", "only PIL, numba, numpy"),
        ("server/grammar/a.py", "import torch", "grammar imports torch"),
        ("server/grammar/deep/a.py", "from ...models import rbm", "server.models"),
        ("server/experiments/a.py", "import asyncio.queues", "asyncio"),
        ("server/experiments/a.py", "from server import web", "server.web"),
        ("server/runtime/a.py", "from fastapi import FastAPI", "fastapi"),
        ("server/runtime/a.py", "import server.web.app", "server.web.app"),
        ("server/web/a.py", "from torch import nn", "torch"),
        ("server/extras/a.py", "", "not in the table"),
    ],
)
def test_a_python_violation_is_seen(tmp_path: Path, path: str, source: str, complaint: str) -> None:
    (found,) = python_violations(plant(tmp_path, path, source))
    assert found.startswith(path)
    assert complaint in found


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("draw/a.js", 'import { mount } from "../views/tiles.js";', "draw imports ../views/tiles.js"),
        ("draw/a.js", 'import {\n  one,\n  two,\n} from "../page/page.js";', ":4:"),
        ("views/a.js", 'export * from "../page/page.js"', "views imports"),
        ("views/a.js", 'import "../controls/slider.js";', "views imports ../controls"),
        ("controls/a.js", 'const m = await import("../views/tiles.js");', "controls imports ../views"),
        ("session/a.js", 'import { ink } from "../draw/ink.js";', "session imports"),
        ("session/a.js", "const host = window.location.host;", ":1: session touches the DOM: window"),
        (
            "session/a.js",
            '/* a\n b */ const a = "x";\nif (a) document.title = a;',
            ":3: session touches the DOM",
        ),
        ("session/a.js", "navigator.onLine", "navigator"),
        ("extras/a.js", "", "not in the table"),
    ],
)
def test_a_javascript_violation_is_seen(tmp_path: Path, path: str, source: str, complaint: str) -> None:
    (found,) = javascript_violations(plant(tmp_path, f"static/js/{path}", source))
    assert found.startswith(f"static/js/{path}")
    assert complaint in found


def test_what_is_allowed_passes(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "server/models/a.py",
        "import math\nimport numpy.typing\nfrom . import b\nfrom server.models.b import c",
    )
    plant(
        tmp_path,
        "server/runtime/a.py",
        "import asyncio\nfrom ..experiments import rbm\nfrom server import VERSION",
    )
    plant(tmp_path, "static/js/page/a.js", 'import { a } from "../views/a.js";\nimport uPlot from "uplot";')
    plant(
        tmp_path,
        "static/js/session/a.js",
        '// the window closes: import "../views/a.js"\nconst a = "document";',
    )
    plant(tmp_path, "static/js/main.js", 'import "./page/a.js"; document.body.focus();')
    assert python_violations(tmp_path) + javascript_violations(tmp_path) == []
