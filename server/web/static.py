"""Our own files are asked for again at every visit (304 when unchanged); libraries are kept by their version."""

import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.web.assets import folder

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
LIBRARIES = {
    "uplot": "vendor/uplot/uPlot.js",
    "three": "vendor/three/three.module.js",
    "three/addons/controls/OrbitControls.js": "vendor/three/OrbitControls.js",
}
"""The import map: what our modules call a library, and its file."""
DRAWN_BY = {"points": "examples"}
"""Kinds of view whose module has another name: `points.js` holds what a relation is made of."""
WHEN_SEEN = frozenset({"surface"})
"""Kinds of view whose code is fetched once a reader sees their place: three.js is larger than all the rest."""
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s+["']([^"']+)["']""")
UNASKED = ("last-modified", "accept-ranges")
"""Headers that the ETag makes needless: on a hundred small files they weigh as much as two of them."""
FORBIDDEN = ("node_modules", "package.json", "package-lock.json", "tsconfig.json")


class StaticFolder(StaticFiles):
    """`static/` without what belongs to its tools."""

    def __init__(self) -> None:
        super().__init__(directory=folder("static"))

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.startswith(FORBIDDEN):
            return Response("Not found.", status_code=404, media_type="text/plain")
        answer = await super().get_response(path, scope)
        is_library = path.startswith("vendor") and scope.get("query_string")
        for name in UNASKED:
            if name in answer.headers:
                del answer.headers[name]
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_library else "no-cache"
        return answer


@cache
def version(path: str) -> str:
    """An address of a library file that changes when the file does."""
    digest = hashlib.sha256((Path(folder("static")) / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


@cache
def modules(entry: str, kinds: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Addresses of everything that a module imports, directly or not: a page that preloads them fetches side by side
    what it would otherwise discover one import after another. Imports on demand (`import(…)`) are left for later, but
    for those of the views of these kinds, which the page is about to ask for.
    """
    root = Path(folder("static")).resolve()
    views = [root / "js/views" / f"{DRAWN_BY.get(kind, kind)}.js" for kind in sorted(kinds - WHEN_SEEN)]
    found = [_address(root, view) for view in views]
    waiting = [(root / entry).resolve(), *views]
    while waiting:
        file = waiting.pop()
        for name in _IMPORT.findall(file.read_text(encoding="utf-8")):
            module = (file.parent / name).resolve()
            address = version(LIBRARIES[name]) if name in LIBRARIES else _address(root, module)
            if address not in found:
                found.append(address)
                waiting += [] if name in LIBRARIES else [module]
    return tuple(found)


def _address(root: Path, module: Path) -> str:
    return f"/static/{module.relative_to(root).as_posix()}"
