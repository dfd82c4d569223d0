"""HTML: the home page, a page for each experiment and one about it, and errors as sentences with a way home."""

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException

from server.web.assets import folder
from server.web.headers import secure
from server.web.static import LIBRARIES, modules, version

router = APIRouter()
_environment = Environment(
    loader=FileSystemLoader(folder("templates")), autoescape=True, trim_blocks=True, lstrip_blocks=True,
    undefined=StrictUndefined,
)  # fmt: skip
templates = Jinja2Templates(env=_environment)
STYLESHEETS = ("tokens", "base", "layout", "controls", "views", "states", "modes")
TITLES = {404: "There is no such page"}
SENTENCES = {
    "Not Found": "Nothing lies at {address}.",
    "Method Not Allowed": "{address} can only be read: ask with GET.",
}
"""What the framework says in two words, as sentences."""
_LIVE_NUMBER = re.compile(r'<mo>=</mo><mn class="live".*?</mn>')
_STRESSED = re.compile(r"(?<![\w*])\*(\w(?:[^*]*[^\s*])?)\*(?![\w*])")
_LIVE = re.compile(r"\{(\w+)(?::(\d+))?\}")


@router.get("/", response_class=HTMLResponse)
async def home(request: Request) -> Response:
    """The experiments in lecture order."""
    schemas = await request.app.state.engine.catalogue()
    sheets = (*STYLESHEETS, "home")
    leads = frozenset(view["kind"] for schema in schemas for view in schema["views"] if view["weight"] == 3)
    return _page(request, "home.html", schemas=schemas, stylesheets=sheets, modules=modules("js/page/home.js", leads))


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
        modules=modules("js/page/experiment.js", frozenset(view["kind"] for view in schema["views"])),
    )


@router.get("/about/{name}", response_class=HTMLResponse)
async def about(request: Request, name: str) -> Response:
    """What an experiment shows and what can be changed, from its declaration."""
    schema = await _schema(request, name)
    return _page(request, "about.html", schema=schema, section=_section(schema))


async def error_page(request: Request, error: Exception) -> Response:
    """An HTTP error as a page, or as JSON for a program."""
    assert isinstance(error, HTTPException)
    title = TITLES.get(error.status_code, "That cannot be done")
    sentence = SENTENCES.get(error.detail, "{detail}").format(address=request.url.path[:80], detail=error.detail)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": sentence}, status_code=error.status_code)
    schemas = await request.app.state.engine.catalogue() if error.status_code == 404 else ()
    return _page(request, "error.html", status=error.status_code, title=title, sentence=sentence, schemas=schemas)


async def fault_page(request: Request, error: Exception) -> Response:
    """A fault of ours: the log has the details, the page says so.

    Starlette answers faults outside all middleware, hence the headers here.
    """
    sentence = "The server made a mistake with this page; its log says which. Other pages go on."
    page = _page(request, "error.html", status=500, title="Something went wrong", sentence=sentence, schemas=())
    page.headers.update(secure(request.state.nonce, request.app.state.settings))
    return page


def sentence(text: str) -> Markup:
    """A caption: **bold** and live numbers such as {wrong} or {energy:1}."""
    marked = str(escape(text))
    marked = _LIVE.sub(_live, marked)
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", marked))  # escaped above


def still(text: str) -> str:
    """A caption or a formula where nothing runs: without its live number, or with … in its place."""
    return _LIVE.sub("…", _LIVE_NUMBER.sub("", text)).replace("….", "…")


def paragraph(text: str) -> Markup:
    """A docstring's paragraph: *stressed* words."""
    return Markup(_STRESSED.sub(r"<em>\1</em>", str(escape(text))))  # escaped here


def number(value: float) -> str:
    """A bound as one would write it."""
    return f"{value:g}".replace("-", "−")


templates.env.filters |= {"sentence": sentence, "number": number, "paragraph": paragraph, "still": still}


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


def _import_map() -> dict[str, dict[str, str]]:
    return {"imports": {name: version(path) for name, path in LIBRARIES.items()}}


def _page(request: Request, template: str, *, status: int = 200, **words: Any) -> Response:
    context = {"nonce": request.state.nonce, "import_map": _import_map(), "stylesheets": STYLESHEETS, **words}
    answer = templates.TemplateResponse(request, template, context, status_code=status)
    answer.headers["Cache-Control"] = "no-cache"
    return answer
