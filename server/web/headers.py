"""What every answer carries, so that a page can run nothing but our own files."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.web.settings import Settings

NOSNIFF = {"X-Content-Type-Options": "nosniff"}


class SecurityHeaders:
    """Adds the headers, and gives each page a nonce for its import map (`request.state.nonce`)."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._wanted(scope["path"], nonce).items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, with_headers)

    def _wanted(self, path: str, nonce: str) -> dict[str, str]:
        """Only documents have a policy; on the sixty files of a page it would weigh a tenth of all that is sent."""
        return NOSNIFF if path.startswith("/static/") else secure(nonce, self._settings)


def secure(nonce: str, settings: Settings) -> dict[str, str]:
    """The headers of one answer."""
    return {
        "Content-Security-Policy": policy(nonce, settings.frame_ancestors),
        **NOSNIFF,
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


def policy(nonce: str, frame_ancestors: tuple[str, ...]) -> str:
    """The content security policy: our own files, and one inline import map that carries the nonce."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(frame_ancestors)}",
        ]
    )
