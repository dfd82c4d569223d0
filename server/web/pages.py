"""HTML: the home page, a page for each experiment and one about it, and errors as sentences with a way home."""

import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException

from server.web.assets import folder
from server.web.static import version

router = APIRouter()
_environment = Environment(
    loader=FileSystemLoader(folder("templates")), autoescape=True, trim_blocks=True, lstrip_blocks=True,
    undefined=StrictUndefined,
)  # fmt: skip
templates = Jinja2Templates(env=_environment)
STYLESHEETS = ("tokens", "base", "layout", "controls", "views", "states", "modes")
PRELOADED = ("draw", "views", "controls", "session", "page")
ONLY_ELSEWHERE = ("home.js", "plain.js")
_LIVE = re.compile(r"\{(\w+)(?::(\d+))?\}")


@router.get("/", response_class=HTMLResponse)
async def home(request: Request) -> Response:
    """The experiments in lecture order."""
    schemas = await request.app.state.engine.catalogue()
    return _page(request, "home.html", schemas=schemas, stylesheets=(*STYLESHEETS, "home"))


@router.get("/e/{name}", response_class=HTMLResponse)
async def experiment(request: Request, name: str) -> Response:
    """One phenomenon."""
    schema = await _schema(request, name)
    by_weight = {weight: [i for i, v in enumerate(schema["views"]) if v["weight"] == weight] for weight in (3, 2, 1)}
    return _page(
        request,
        "experiment.html",
        schema=schema,
        section=_section(schema),
        lead=by_weight[3][0],
        companions=by_weight[2],
        minor=by_weight[1],
        layout=_layout(schema, by_weight[3][0], len(by_weight[2])),
        modules=_modules(),
    )


@router.get("/about/{name}", response_class=HTMLResponse)
async def about(request: Request, name: str) -> Response:
    """What an experiment shows and what can be changed, from its declaration."""
    schema = await _schema(request, name)
    return _page(request, "about.html", schema=schema, section=_section(schema))


async def error_page(request: Request, error: Exception) -> Response:
    """An HTTP error as a page, or as JSON for a program."""
    assert isinstance(error, HTTPException)
    title = {404: "There is no such page"}.get(error.status_code, "That cannot be done")
    sentence = error.detail if error.detail != "Not Found" else f"Nothing lies at {request.url.path[:80]}."
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": sentence}, status_code=error.status_code)
    schemas = await request.app.state.engine.catalogue() if error.status_code == 404 else ()
    return _page(request, "error.html", status=error.status_code, title=title, sentence=sentence, schemas=schemas)


async def fault_page(request: Request, error: Exception) -> Response:
    """A fault of ours: the log has the details, the page says so."""
    sentence = "The server made a mistake with this page; its log says which. Other pages go on."
    return _page(request, "error.html", status=500, title="Something went wrong", sentence=sentence, schemas=())


def sentence(text: str) -> Markup:
    """A caption: **bold** and live numbers such as {wrong} or {energy:1}."""
    marked = str(escape(text))
    marked = _LIVE.sub(_live, marked)
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", marked))  # escaped above


def number(value: float) -> str:
    """A bound as one would write it."""
    return f"{value:g}".replace("-", "−")


templates.env.filters |= {"sentence": sentence, "number": number}


def _live(found: re.Match[str]) -> str:
    digits = f' data-digits="{found[2]}"' if found[2] else ""
    return f'<span class="live num" data-channel="{found[1]}"{digits}>–</span>'


async def _schema(request: Request, name: str) -> dict[str, Any]:
    for schema in await request.app.state.engine.catalogue():
        if schema["name"] == name:
            found: dict[str, Any] = schema
            return found
    raise HTTPException(404, f"There is no experiment “{name[:40]}”.")


def _section(schema: dict[str, Any]) -> dict[str, str]:
    digits, _, name = schema["section"].partition(" ")
    return {"number": digits, "name": name}


def _layout(schema: dict[str, Any], lead: int, companions: int) -> str:
    """How the lead row is divided: see SPEC, "from schema to layout"."""
    if schema["views"][lead]["shape"] == "square":
        return "two-squares"
    return "wide-and-stack" if companions else "wide-alone"


def _modules() -> list[str]:
    """Our modules, fetched side by side instead of one after another's imports."""
    root = Path(folder("static")) / "js"
    files = [file for name in PRELOADED for file in sorted((root / name).glob("*.js"))]
    return [f"/static/js/{file.relative_to(root)}" for file in files if file.name not in ONLY_ELSEWHERE]


def _import_map() -> dict[str, dict[str, str]]:
    names = {"uplot": "vendor/uplot/uPlot.esm.js", "three": "vendor/three/three.module.js"}
    return {"imports": {name: version(path) for name, path in names.items()}}


def _page(request: Request, template: str, *, status: int = 200, **words: Any) -> Response:
    context = {"nonce": request.state.nonce, "import_map": _import_map(), "stylesheets": STYLESHEETS, **words}
    answer = templates.TemplateResponse(request, template, context, status_code=status)
    answer.headers["Cache-Control"] = "no-cache"
    return answer
