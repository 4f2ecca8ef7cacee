"""
The explorer as a page of its own: a server on this machine, which asks nothing of any other.

Voila runs the notebook and serves what it shows. It listens on the loopback address only, uses a
page of ours instead of its stock one (which asks another host for icons), and is stopped by the
same signals as any other command.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from edu_metrics.errors import ReportError, require_extra
from edu_metrics.words import say

HOST = "localhost"


def free_port() -> int:
    """Give a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def with_parameters(notebook: Path, parameters: Mapping[str, str]) -> dict[str, Any]:
    """
    Read a notebook and set its parameters, as papermill would.

    Parameters
    ----------
    notebook : Path
        A notebook with a cell tagged ``parameters``.
    parameters : mapping of str to str
        New values.

    Returns
    -------
    dict
        The notebook; a cell that sets them stands behind the one that declares them.

    Raises
    ------
    ReportError
        If there is no such notebook, or it declares no parameters.
    """
    if not notebook.is_file():
        raise ReportError(f"expected the notebook {notebook.name} in {notebook.parent}")
    content: dict[str, Any] = json.loads(notebook.read_text("utf-8"))
    cells = content["cells"]
    for at, cell in enumerate(cells):
        if "parameters" in cell["metadata"].get("tags", []):
            lines = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
            cells.insert(at + 1, {**cell, "id": "given", "metadata": {}, "source": lines})
            return content
    raise ReportError(f"{notebook.name}: expected a cell tagged 'parameters', found none")


def serve(
    notebook: Path,
    parameters: Mapping[str, str],
    *,
    lang: str,
    port: int | None = None,
    ready: Callable[[str], object] = print,
) -> int:
    """
    Serve a notebook as a page on this machine until a signal stops it.

    Parameters
    ----------
    notebook : Path
        The notebook.
    parameters : mapping of str to str
        Its parameters.
    lang : {"zh", "en"}
        Language of the page's frame.
    port : int, optional
        Port; a free one when left out.
    ready : callable, optional
        Called with the address once the page can be opened.

    Returns
    -------
    int
        The signal that stopped it.

    Raises
    ------
    ReportError
        If the port is taken, or the notebook is missing.
    MissingExtraError
        If voila or another library of the extra is not installed.
    """
    content = with_parameters(notebook, parameters)
    content["metadata"]["title"] = say("explore.title", lang)
    require_extra("explore")
    from tornado.ioloop import IOLoop
    from voila.app import Voila

    chosen = port or free_port()
    _refuse_taken(chosen)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="edu-metrics-")))
        page = stack.enter_context(as_file(files("edu_metrics.explorer") / "page"))
        stack.enter_context(_searched(page))
        served = folder / notebook.name
        served.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        server = Voila(config=_settings(chosen, lang, folder))
        server.initialize([str(served)])
        loop, stopped = IOLoop.current(), []

        def stop(number: int, _: object) -> None:
            stopped.append(number)
            loop.add_callback_from_signal(loop.stop)

        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, number, signal.signal(number, stop))
        loop.add_callback(ready, f"http://{HOST}:{chosen}/")
        server.start()
    return stopped[0] if stopped else signal.SIGTERM


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ReportError(
                f"port {port} of this machine can't be used ({error.strerror}); leave --port out "
                "and a free one is taken"
            ) from None


@contextlib.contextmanager
def _searched(page: Path) -> Any:
    """Let voila find our page, which it looks for in Jupyter's folders only."""
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(page), *([before] if before else [])])
    try:
        yield
    finally:
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before


def _settings(port: int, lang: str, folder: Path) -> Any:
    from traitlets.config import Config

    settings = Config()
    settings.Voila.ip = HOST
    settings.Voila.port = port
    settings.Voila.port_retries = 0
    settings.Voila.open_browser = False
    settings.Voila.root_dir = str(folder)
    settings.Voila.connection_dir_root = str(folder)
    settings.Voila.log_level = "ERROR"
    # Without it every kernel warns that it talks over an unencrypted local connection.
    settings.KernelManager.transport_encryption = "auto"
    # Equal, or tornado says on stderr that one must not be longer than the other. [milliseconds]
    settings.Voila.tornado_settings = {"ws_ping_interval": 30_000, "ws_ping_timeout": 30_000}
    settings.VoilaConfiguration.template = "edu_metrics"
    settings.VoilaConfiguration.allow_template_override = "NO"
    settings.VoilaConfiguration.allow_theme_override = "NO"
    settings.VoilaConfiguration.file_allowlist = []
    settings.HTMLExporter.language_code = lang
    settings.VoilaExporter.language_code = lang
    return settings
