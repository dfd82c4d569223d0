"""The server in JSON: what there is, and how it is."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse

from server import __version__

router = APIRouter()


@router.get("/api/experiments")
async def experiments(request: Request) -> list[dict[str, Any]]:
    """Every experiment's declaration, in lecture order."""
    return list(await request.app.state.engine.catalogue())


@router.get("/api/experiments/{name}")
async def experiment(request: Request, name: str) -> JSONResponse:
    """One experiment's declaration."""
    known = {schema["name"]: schema for schema in await request.app.state.engine.catalogue()}
    if name in known:
        return JSONResponse(known[name])
    sentence = f"There is no experiment “{name[:40]}”; there are: {', '.join(known)}."
    return JSONResponse({"detail": sentence}, status_code=404)


@router.get("/favicon.ico", include_in_schema=False)
async def favicon() -> RedirectResponse:
    """Where browsers look unasked."""
    return RedirectResponse("/static/icon.svg")


@router.get("/health")
async def health(request: Request) -> JSONResponse:
    """200 when sessions can be opened, 503 before; how the workers are, and how late the event loop is."""
    state = request.app.state.engine.health()
    state |= {"version": __version__, "loop_late_ms": request.app.state.lateness.milliseconds()}
    return JSONResponse(state, status_code=200 if state["ready"] else 503)
