"""The application: what is mounted where, and what every answer carries."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from server import __version__
from server.grammar.errors import Misdeclared
from server.runtime.engine import Engine
from server.web import api, pages, socket
from server.web.headers import SecurityHeaders
from server.web.lateness import Lateness
from server.web.settings import Settings
from server.web.static import StaticFolder

log = logging.getLogger(__name__)
WORTH_PACKING = 1024
PACKING = 6
"""Level 9 takes twice as long for half a per cent, and the event loop waits for it."""


def create_app(settings: Settings, engine: Engine) -> FastAPI:
    """The whole web side of Downhill; it steps nothing itself."""
    app = FastAPI(
        title="Downhill", version=__version__, lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.settings, app.state.engine, app.state.failure = settings, engine, ""
    app.state.lateness = Lateness()
    app.mount("/static", StaticFolder(), name="static")
    app.include_router(pages.router)
    app.include_router(api.router)
    app.include_router(socket.router)
    app.add_exception_handler(HTTPException, pages.error_page)
    app.add_exception_handler(Exception, pages.fault_page)
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_PACKING, compresslevel=PACKING)
    app.add_middleware(SecurityHeaders, settings=settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine: Engine = app.state.engine
    await engine.start()
    tasks = [asyncio.create_task(app.state.lateness.watch()), asyncio.create_task(_end_if_misdeclared(app))]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await engine.stop()


async def _end_if_misdeclared(app: FastAPI) -> None:
    """A bad experiment file stops the start-up: its sentence is printed by `serve`."""
    try:
        await app.state.engine.catalogue()
    except Misdeclared as error:
        app.state.failure = str(error)
        os.kill(os.getpid(), signal.SIGTERM)
