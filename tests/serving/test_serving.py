"""Who gets a page and who nothing: requests as browsers, foreign pages and strangers send them."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest

from edu_metrics import serving
from edu_metrics.errors import DataError, ReportError
from edu_metrics.serving import POLICY, Reply, Request, listening

SECRET = "<p>state of the study</p>"


def page(request: Request) -> Reply:
    return Reply(SECRET + repr(dict(request.query)))


def kept(request: Request) -> Reply:
    return Reply(repr((request.body, request.form)), "text/plain")


def faulty(request: Request) -> Reply:
    raise DataError("expected <b>numbers</b>")


def broken(request: Request) -> Reply:
    raise RuntimeError("a secret path: /etc/passwd")


ROUTES = {
    "GET /": page,
    "GET /style.css": Reply("p {}", "text/css"),
    "POST /keep": kept,
    "GET /faulty": faulty,
    "GET /broken": broken,
}


@pytest.fixture(scope="module")
def address():
    with listening(ROUTES, lang="en") as given:
        yield urlsplit(given)


@pytest.fixture(scope="module")
def token(address):
    return address.query.removeprefix("token=")


@pytest.fixture(scope="module")
def ask(address, token):
    """Send a request; with the cookie of a page that was opened, unless it is left out."""

    def send(path="/", method="GET", body=None, *, cookie=True, host=address.netloc, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookie:
            named["Cookie"] = f"other=1; edu-metrics-{address.port}={token}"
        if host is not None:
            named["Host"] = host
        connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in named.items():
            for one in value if isinstance(value, list) else [value]:
                connection.putheader(name, one)
        if body is not None and "Content-Length" not in named:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        reply = connection.getresponse()
        return reply.status, reply.read().decode(), dict(reply.getheaders())

    return send


def test_the_printed_address_opens_the_page_and_leaves_the_address(address, token, ask):
    status, text, headers = ask(f"/?token={token}&study=s", cookie=False)
    assert (status, text, headers["Location"]) == (303, "", "/?study=s")
    cookie = headers["Set-Cookie"]
    assert cookie.startswith(f"edu-metrics-{address.port}={token}; ")
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    status, text, _ = ask("/?study=s", cookie=False, Cookie=cookie.partition(";")[0])
    assert (status, text) == (200, SECRET + "{'study': 's'}")


@pytest.mark.parametrize(
    "path", ["/\\\\evil.example/", "///evil.example/", "http://evil.example/", "/x%0d%0aA:%20b"]
)
def test_the_printed_address_leads_nowhere_else(ask, token, path):
    status, _, headers = ask(f"{path}?token={token}&a=1%0d%0ab", cookie=False)
    assert (status, headers["Location"]) == (303, "/?a=1%0D%0Ab")


def test_two_servers_have_two_tokens(token):
    with listening(ROUTES, lang="en") as other:
        assert token not in other
    assert len(token) >= 40


@pytest.mark.parametrize("path", ["/", "/style.css", "/keep", "/nothing", "/?token=", "/?token=é"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_token_nothing_is_told(ask, address, path, method):
    status, text, headers = ask(
        path.replace("é", "%C3%A9"), method, b"", cookie=False, Origin=f"http://{address.netloc}"
    )
    assert status == 403
    assert "whole address that the command printed" in text
    assert "study" not in text
    assert "Set-Cookie" not in headers


def test_a_token_that_is_almost_right_is_wrong(ask, token):
    for wrong in (token[:-1], token + "A", token[:-1] + ("A" if token[-1] != "A" else "B")):
        assert ask(f"/?token={wrong}", cookie=False)[0] == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1.evil.example:{port}",
        "localhost.evil.example",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost/evil",
        "localhost:x",
        "127.0.0.2:{port}",
        "0.0.0.0:{port}",
        "[::1",
        "",
        None,
        ["localhost:{port}", "evil.example"],
    ],
)
def test_another_name_of_the_host_gets_nothing_even_with_the_token(ask, address, token, host):
    port = address.port
    if isinstance(host, list):
        host = [one.format(port=port) for one in host]
    elif host is not None:
        host = host.format(port=port)
    for path in ("/", f"/?token={token}", "/style.css"):
        status, text, headers = ask(path, host=host)
        assert (status, text) == (403, "")
        assert "Set-Cookie" not in headers


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_the_names_of_this_machine_are_let_in_also_through_a_tunnel(ask, name):
    assert ask(host=f"{name}:9000")[:2] == (200, SECRET + "{}")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://{host}",
        "http://localhost:1",
        "null",
        "",
        "file://",
        ["http://{host}", "http://evil.example"],
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/style.css"), ("POST", "/keep")]
)
def test_a_page_of_another_origin_gets_nothing(ask, address, method, path, origin):
    many = origin if isinstance(origin, list) else [origin]
    named = [one.format(host=address.netloc) for one in many]
    status, text, headers = ask(path, method, b"x=1", Origin=named)
    assert (status, text) == (403, "")
    assert "Access-Control-Allow-Origin" not in headers


def test_what_is_posted_says_where_it_comes_from(ask, address):
    assert ask("/keep", "POST", b"a=1")[:2] == (403, "")
    own = f"http://{address.netloc}"
    status, text, headers = ask("/keep", "POST", b"a=1&b=%E7%8E%87", Origin=own)
    assert (status, text) == (200, repr((b"a=1&b=%E7%8E%87", {"a": "1", "b": "率"})))
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("site", "mode", "dest", "status"),
    [
        ("none", "navigate", "document", 200),
        ("same-origin", "cors", "empty", 200),
        ("cross-site", "navigate", "document", 200),  # a link, and its page is its own
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "no-cors", "script", 403),
        ("same-site", "no-cors", "image", 403),
        ("same-site", "websocket", "websocket", 403),
    ],
)
def test_a_foreign_page_can_link_to_it_and_no_more(ask, site, mode, dest, status):
    named = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    assert ask(**named)[0] == status


def test_a_socket_of_a_foreign_page_is_refused(ask):
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    assert ask(Origin="http://evil.example", **upgrade)[:2] == (403, "")
    assert ask(cookie=False, **upgrade)[0] == 403


@pytest.mark.parametrize("path", ["/", "/style.css", "/nothing", "/broken"])
def test_every_answer_is_held_to_the_policy(ask, path):
    for cookie in (True, False):
        _, _, headers = ask(path, cookie=cookie)
        assert headers["Content-Security-Policy"] == POLICY
        assert "unsafe" not in POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Python" not in headers["Server"]


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/etc/passwd",
        "/etc/passwd",
        "//etc/passwd",
        "/style.css/",
        "/style.css%00.html",
        "http://evil.example/",
        "file:///etc/passwd",
        "*",
        "/keep",
    ],
)
def test_a_path_is_a_route_or_nothing(ask, path):
    status, text, _ = ask(path)
    assert status == 404
    assert "no such page" in text


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "X"])
def test_other_methods_do_nothing(ask, method):
    status, text, headers = ask("/", method, Origin="http://evil.example")
    assert (status >= 400, text) == (True, "")
    assert not any(name.startswith("Access-Control") for name in headers)


def test_a_fault_is_told_as_text_and_a_defect_is_not(ask, caplog):
    status, text, _ = ask("/faulty")
    assert status == 400
    assert "expected &lt;b&gt;numbers&lt;/b&gt;" in text
    status, text, _ = ask("/broken")
    assert (status, "passwd" in text) == (500, False)
    assert "passwd" in caplog.text


@pytest.mark.parametrize("length", ["", "-1", "x", "1e3", "²", "1000001", "9" * 5000])
def test_a_body_says_how_long_it_is(ask, address, length):
    own = f"http://{address.netloc}"
    named = {"Content-Length": length.encode("utf-8").decode("latin-1"), "Origin": own}
    assert ask("/keep", "POST", None, **named)[0] == 413


def test_a_query_with_too_many_fields_is_refused(ask):
    assert ask("/?" + "&".join(f"a{n}=1" for n in range(101)))[0] == 400
    assert ask("/?" + "a" * 70_000)[0] == 414


def test_only_this_machine_can_connect(address):
    with socket.socket() as probe:
        probe.settimeout(5)
        own = socket.gethostbyname(socket.gethostname())
        if own.startswith("127."):
            own = "127.0.0.2"
        with pytest.raises(OSError, match="refused"):
            probe.connect((own, address.port))


def test_who_sends_slowly_is_dropped(monkeypatch):
    monkeypatch.setattr(serving, "_READ_SECONDS", 0.3)
    with contextlib.ExitStack() as stack:
        port = urlsplit(stack.enter_context(listening(ROUTES, lang="en"))).port
        with socket.create_connection(("127.0.0.1", port), 20) as slow:
            sent = "GET / HTTP/1.0\r\n"
            ended = threading.Event()
            threading.Thread(target=lambda: (slow.recv(1), ended.set()), daemon=True).start()
            for letter in sent * 100:
                if ended.wait(0.05):
                    break
                slow.sendall(letter.encode())
            assert ended.is_set()


class Slow:
    """A route that computes until it is let go."""

    def __init__(self) -> None:
        self.go, self.begun, self.at_once, self.most = threading.Event(), 0, 0, 0

    def __call__(self, request: Request) -> Reply:
        self.begun += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.go.wait(20)
        self.at_once -= 1
        return Reply("done")


@pytest.fixture
def slow(monkeypatch):
    """Open a server whose only page is slow, with room for two that wait."""
    monkeypatch.setattr(serving, "_WAITING", 2)
    route = Slow()
    with listening({"GET /": route, "GET /style.css": Reply("p {}", "text/css")}, lang="en") as it:
        address = urlsplit(it)
        cookie = f"edu-metrics-{address.port}={address.query.removeprefix('token=')}"

        def get(path="/"):
            connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=20)
            connection.request("GET", path, headers={"Cookie": cookie})
            reply = connection.getresponse()
            return reply.status, reply.read().decode(), reply.getheader("Retry-After")

        yield route, get
        route.go.set()


def in_threads(get, number):
    found: list[tuple] = []
    threads = [threading.Thread(target=lambda: found.append(get())) for _ in range(number)]
    for thread in threads:
        thread.start()
    return found, threads


def until(true):
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_one_answer_is_computed_at_a_time_and_who_would_wait_too_long_is_told(slow):
    route, get = slow
    found, threads = in_threads(get, 8)
    until(lambda: len(found) == 5)  # one is computed, two wait
    assert {(status, again) for status, _, again in found} == {(503, "5")}
    assert "Try again in a moment" in found[0][1]
    assert get("/style.css")[0] == 200  # what needs no computing is there at once
    route.go.set()
    for thread in threads:
        thread.join(20)
    assert [status for status, *_ in found].count(200) == 3
    assert (route.begun, route.most) == (3, 1)


def test_an_answer_that_takes_too_long_is_told_and_finished_for_the_next_one(slow, monkeypatch):
    monkeypatch.setattr(serving, "_COMPUTE_SECONDS", 0.1)
    route, get = slow
    assert get()[0] == get()[0] == 503
    assert route.begun == 1  # the second was never begun: nobody waits for it any more
    route.go.set()
    until(lambda: route.at_once == 0)
    assert get()[:2] == (200, "done")
    assert route.begun == 2


def test_who_comes_when_all_connections_are_taken_is_told(monkeypatch):
    monkeypatch.setattr(serving, "_CONNECTIONS", 2)
    with listening(ROUTES, lang="en") as given:
        port = urlsplit(given).port
        held = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(2)]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/")
        reply = connection.getresponse()
        assert reply.status == 503
        assert "Try again in a moment" in reply.read().decode()
        for one in held:
            one.close()


def test_a_port_that_is_taken_is_refused_and_what_to_do_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ReportError, match=f"port {port}.*leave --port out"):
            listening(ROUTES, lang="en", port=port).__enter__()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it_and_is_told(number):
    code = (
        "from edu_metrics.serving import Reply, serve\n"
        "print(serve({'GET /': Reply('')}, lang='en', ready=lambda at: print(at, flush=True)))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ,
    ) as server:  # fmt: skip
        assert re.fullmatch(
            r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}\n", server.stdout.readline()
        )
        server.send_signal(number)
        out, err = server.communicate(timeout=60)
    assert (int(out), err, server.returncode) == (number, "", 0)


def test_what_starts_a_browser_shows_the_token_to_no_other_user(tmp_path):
    code = (
        "import os, pathlib, signal, sys, webbrowser\n"
        "from urllib.request import url2pathname\n"
        "from edu_metrics.serving import Reply, serve\n"
        "def opened(address):\n"
        "    file = pathlib.Path(url2pathname(address.removeprefix('file://')))\n"
        "    print(address, oct(file.parent.stat().st_mode)[-3:], file.read_text())\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "webbrowser.open = opened\n"
        "serve({'GET /': Reply('')}, lang='en', ready=print, browser=True)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    address, opened = done.stdout.splitlines()
    argument, mode, content = opened.split(" ", 2)
    assert argument.startswith("file://")
    assert (mode, "token" in argument) == ("700", False)
    assert content == f'<meta http-equiv="refresh" content="0;url={address}">'
    assert list(tmp_path.iterdir()) == []
