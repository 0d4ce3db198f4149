"""Who may ask the review page for anything: a browser on this machine that was given the address.

The page listens on 127.0.0.1. Other pages in the same browser, and other users of the machine, could reach it there:
so every request needs the token, first in the address and then in a cookie, a Host of our own, and where it changes
something an Origin of our own. Nothing from outside is loaded and no text is ever taken for HTML.
"""

import secrets

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SAFE_METHODS = ("GET", "HEAD")


class Guard:
    """Lets through what the owner's browser asks."""

    def __init__(self, app: ASGIApp, *, port: int, token: str) -> None:
        self.app, self.token = app, token
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.cookie = f"crimeetl_{port}"  # cookies of one host are shared by its ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self.app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self.hosts:
            return PlainTextResponse("this is no address of crimeetl review", 400)
        origin = headers.get("origin")
        needs_origin = scope["method"] not in SAFE_METHODS
        if (needs_origin or origin is not None) and origin not in {f"http://{host}" for host in self.hosts}:
            return PlainTextResponse("another page asked for this", 403)
        given = QueryParams(scope["query_string"]).get("token")
        if given is not None and self._is_token(given):
            response = RedirectResponse(scope["path"], 303)
            response.set_cookie(self.cookie, self.token, httponly=True, samesite="strict", path="/")
            return response
        kept = cookie_parser(headers.get("cookie", "")).get(self.cookie, "")
        if not self._is_token(kept):
            return PlainTextResponse("open the address that crimeetl review printed", 403)
        return None

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self.token.encode())
