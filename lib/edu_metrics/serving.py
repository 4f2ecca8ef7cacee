"""
Pages for one person on one machine: a small server that answers whom the command told its address.

It listens on the loopback address only. The address that is printed carries a random token, and the
first page keeps it as a cookie. Who comes by another name of the host (DNS rebinding), from a page
of another origin or without the token gets nothing. No path of a request reaches the file system:
there are the routes that were given, and nothing else. Everything is computed in one thread, one
thing after the other, in bounded time, with a bound on what waits.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import signal
import socket
import socketserver
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from queue import Full, Queue
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore, Event, Thread, Timer
from typing import Any
from urllib.parse import parse_qsl, urlencode

from edu_metrics.errors import EduMetricsError, ReportError
from edu_metrics.words import html_lang, say

HOST = "127.0.0.1"
#: What this machine may be called by its own browser; a tunnel may bring another port.
_OWN_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
#: What every page is held to: nothing from elsewhere, nothing inline, no frame around it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_CONNECTIONS = 64  # at once
_WAITING = 16  # requests that wait to be computed
_COMPUTE_SECONDS = 30.0
_READ_SECONDS = 10.0  # for a whole request to come in
_MOST_FIELDS = 100
_MOST_BYTES = 1_000_000  # of a body
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """
    What was asked of a route.

    Attributes
    ----------
    query : mapping of str to str
        What stands behind the ``?``; of a name that is given twice the last.
    body : bytes
        What was posted.
    """

    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form that was posted."""
        return _fields(self.body.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What a route answers.

    Attributes
    ----------
    body : str
        A page, a script, a style sheet.
    kind : str
        Its media type.
    status : int
        Status of HTTP.
    headers : mapping of str to str
        Further headers.
    """

    body: str
    kind: str = "text/html"
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


#: Something that never changes, or what computes an answer.
Route = Reply | Callable[[Request], Reply]


def serve(
    routes: Mapping[str, Route],
    *,
    lang: str,
    port: int | None = None,
    ready: Callable[[str], object] = print,
    browser: bool = False,
) -> int:
    """
    Serve pages on this machine until a signal stops it.

    Parameters
    ----------
    routes : mapping of str to Route
        By method and path, such as ``"GET /"``. What a ``GET`` computes changes nothing.
    lang : {"zh", "en"}
        Language of the server's own sentences.
    port : int, optional
        Port; a free one when left out.
    ready : callable, optional
        Called with the address, token and all, once the page can be opened.
    browser : bool, optional
        Whether to open it in a browser.

    Returns
    -------
    int
        The signal that stopped it.

    Raises
    ------
    ReportError
        If the port is taken.
    """
    stopped, stop = [], Event()

    def hear(number: int, _: object) -> None:
        stopped.append(number)
        stop.set()

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    with contextlib.ExitStack() as stack:
        for number in [getattr(signal, name) for name in names if hasattr(signal, name)]:
            stack.callback(signal.signal, number, signal.signal(number, hear))
        address = stack.enter_context(listening(routes, lang=lang, port=port))
        ready(address)
        if browser:
            folder = stack.enter_context(TemporaryDirectory(prefix="edu-metrics-"))
            webbrowser.open(_leading_to(address, Path(folder)).as_uri())
        while not stop.wait(1):  # without a limit some systems hear no signal meanwhile
            pass
    return stopped[0]


@contextlib.contextmanager
def listening(routes: Mapping[str, Route], *, lang: str, port: int | None = None) -> Iterator[str]:
    """
    Answer requests in a thread of its own, as :func:`serve` does.

    Parameters
    ----------
    routes, lang, port
        As for :func:`serve`.

    Yields
    ------
    str
        The address, token and all.

    Raises
    ------
    ReportError
        If the port is taken.

    Examples
    --------
    >>> from urllib.request import HTTPCookieProcessor, build_opener
    >>> with listening({"GET /": Reply("<p>hello</p>")}, lang="en") as address:
    ...     build_opener(HTTPCookieProcessor()).open(address).read()
    b'<p>hello</p>'
    """
    try:
        server = _Server(routes, lang, port or 0)
    except OSError as error:
        raise ReportError(
            f"port {port} of this machine can't be used ({error.strerror}); leave --port out "
            "and a free one is taken"
        ) from None
    with server:
        Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        try:
            yield f"http://{HOST}:{server.port}/?token={server.token}"
        finally:
            server.shutdown()


def _leading_to(address: str, folder: Path) -> Path:
    """Write a file that only this user can read: all users see what programs are started with."""
    file = folder / "open.html"
    file.write_text(f'<meta http-equiv="refresh" content="0;url={escape(address)}">', "utf-8")
    return file


class _BusyError(Exception):
    """Too much waits, or an answer takes too long."""


class _Worker:
    """One thread that computes: what it touches need not be safe for several."""

    def __init__(self) -> None:
        self._waiting: Queue[tuple[Future[Reply], Callable[[], Reply]]] = Queue(_WAITING)
        Thread(target=self._work, daemon=True).start()

    def run(self, work: Callable[[], Reply]) -> Reply:
        """Compute in turn; who waits too long goes without, and what was begun is finished."""
        future: Future[Reply] = Future()
        try:
            self._waiting.put_nowait((future, work))
            return future.result(_COMPUTE_SECONDS)
        except (Full, TimeoutError):
            future.cancel()
            raise _BusyError from None

    def _work(self) -> None:
        while True:
            future, work = self._waiting.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:
                    future.set_exception(error)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    # Elsewhere it would let another program listen on the same port.
    allow_reuse_address = os.name == "posix"
    allow_reuse_port = False
    request_queue_size = _CONNECTIONS

    def __init__(self, routes: Mapping[str, Route], lang: str, port: int) -> None:
        self.routes, self.lang, self.worker = routes, lang, _Worker()
        self.token = secrets.token_urlsafe(32)
        self._room = BoundedSemaphore(_CONNECTIONS)
        super().__init__((HOST, port), _Handler)
        self.port = int(self.server_address[1])

    @property
    def cookie(self) -> str:
        """Its name: all ports of a host share their cookies."""
        return f"edu-metrics-{self.port}"

    def is_token(self, given: str) -> bool:
        """Tell whether somebody knows the token, in a time that says nothing of it."""
        return secrets.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread; who comes when all are busy is told so."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        with contextlib.suppress(OSError):
            request.settimeout(0.1)
            request.recv(65_536)  # or the answer would be lost with what was not read
            told = _message(self.lang, "busy").encode()
            head = "HTTP/1.0 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\n"
            request.sendall(head.encode() + b"Retry-After: 5\r\n\r\n" + told)
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Make room for another one at the end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of those who leave early."""
        _log.debug("a connection broke", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _READ_SECONDS

    def setup(self) -> None:
        """Give a request its time to come in: each of its bytes has as much again."""
        super().setup()
        self._deadline = Timer(_READ_SECONDS, self._give_up)
        self._deadline.daemon = True
        self._deadline.start()

    def finish(self) -> None:
        self._deadline.cancel()
        super().finish()

    def _give_up(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def do_GET(self) -> None:
        self._send(self._answer("GET"))

    def do_POST(self) -> None:
        self._send(self._answer("POST"))

    def send_error(self, code: int, message: Any = None, explain: Any = None) -> None:
        """Refuse what is no request of ours, without a word."""
        self._send(Reply("", status=code))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep the terminal quiet: the token stands in the requests."""

    def version_string(self) -> str:
        return "edu-metrics"

    def _answer(self, method: str) -> Reply:
        if not self._comes_from_here(method):
            return Reply("", status=HTTPStatus.FORBIDDEN)
        path, _, asked = self.path.partition("?")
        try:
            query = _fields(asked)
        except ValueError:
            return self._told("absent", HTTPStatus.BAD_REQUEST)
        given = query.pop("token", None)
        if given is not None and method == "GET" and self.server.is_token(given):
            return self._let_in(path, query)
        if not self.server.is_token(self._cookie()):
            return self._told("closed", HTTPStatus.FORBIDDEN)
        route = self.server.routes.get(f"{method} {path}")
        if route is None:
            return self._told("absent", HTTPStatus.NOT_FOUND)
        body = self._body() if method == "POST" else b""
        if body is None:
            return self._told("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self._deadline.cancel()
        return route if isinstance(route, Reply) else self._computed(route, Request(query, body))

    def _comes_from_here(self, method: str) -> bool:
        """Tell whether a request names this machine, and comes from no page of another origin."""
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0]):
            return False
        origins = self.headers.get_all("Origin", [])
        own = [f"http://{hosts[0]}".lower()]
        if [one.lower() for one in origins] not in ([own] if method == "POST" else [[], own]):
            return False
        if self.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
            return True
        # A link elsewhere may open the page in a window of its own; nothing else may ask for it.
        asks = (self.headers.get("Sec-Fetch-Mode"), self.headers.get("Sec-Fetch-Dest"))
        return method == "GET" and asks == ("navigate", "document")

    def _cookie(self) -> str:
        for piece in self.headers.get("Cookie", "").split(";"):
            name, _, value = piece.strip().partition("=")
            if name == self.server.cookie:
                return value
        return ""

    def _let_in(self, path: str, query: Mapping[str, str]) -> Reply:
        """Keep the token in a cookie, and out of the page's own address."""
        # Not Strict: the address may have been clicked on in a page, such as a terminal's.
        cookie = f"{self.server.cookie}={self.server.token}; Path=/; HttpOnly; SameSite=Lax"
        known = path if f"GET {path}" in self.server.routes else "/"
        to = f"{known}?{urlencode(query)}" if query else known
        return Reply(
            "", status=HTTPStatus.SEE_OTHER, headers={"Location": to, "Set-Cookie": cookie}
        )

    def _body(self) -> bytes | None:
        """Read what was posted; None where it is too large, or does not say how large it is."""
        told = self.headers.get("Content-Length", "")
        length = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else -1
        if not 0 <= length <= _MOST_BYTES:
            return None
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _computed(self, route: Callable[[Request], Reply], request: Request) -> Reply:
        try:
            return self.server.worker.run(lambda: route(request))
        except _BusyError:
            return self._told("busy", HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"})
        except EduMetricsError as error:
            return Reply(_page(self.server.lang, str(error)), status=HTTPStatus.BAD_REQUEST)
        except Exception:
            _log.exception("a page could not be made")
            return self._told("failed", HTTPStatus.INTERNAL_SERVER_ERROR)

    def _told(self, key: str, status: int, headers: Mapping[str, str] | None = None) -> Reply:
        return Reply(_message(self.server.lang, key), status=status, headers=headers or {})

    def _send(self, reply: Reply) -> None:
        content = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", f"{reply.kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in {**_HEADERS, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _fields(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))


def _message(lang: str, key: str) -> str:
    return _page(lang, say(f"serving.{key}", lang))


def _page(lang: str, text: str) -> str:
    return (
        f'<!doctype html><html lang="{html_lang(lang)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>edu-metrics</title><main><p role="alert">{escape(text)}</p></main></html>'
    )
