"""
An engine of papermill's that runs the cells in this process, without starting a kernel.

The shell, its display hook and its publisher are those of ipykernel, and the messages they send are
read by nbclient, as they are when a kernel sends them over a socket. Only what lies between is
ours: a session that hands messages over at once, and streams that notice what is written past
Python.
"""

from __future__ import annotations

import asyncio
import atexit
import builtins
import io
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell as KernelShell
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

from edu_metrics.report.page import merge_streams

__all__ = ["ENGINE", "InProcessEngine", "register"]

#: Its name below papermill's entry point: ``papermill --engine edu-metrics``.
ENGINE = "edu-metrics"

Message = dict[str, Any]
_INLINE = "module://matplotlib_inline.backend_inline"


def register() -> None:
    """Make the engine known to papermill also where the package is not installed."""
    papermill_engines.register(ENGINE, InProcessEngine)


class InProcessEngine(Engine):  # type: ignore[misc]
    """
    Run cells with IPython's shell in this process; their outputs are those of a kernel.

    What a cell does to the process stays: it is for a process that makes one report and ends.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        execution_timeout: float | None = None,
        before_cell: Callable[[str], None] | None = None,
        **given: Any,
    ) -> None:
        """
        Run all cells, up to the first that fails.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
            Papermill's record of the run.
        kernel_name : str
            Not used: this process is the kernel.
        execution_timeout : float, optional
            How long a cell may take. [seconds]
        before_cell : callable, optional
            Told the id of each cell.
        **given
            What papermill passes to any engine.

        Raises
        ------
        DeadKernelError
            If a cell ends the shell.
        """
        wanted = {"log_output", "stdout_file", "stderr_file"} & given.keys()
        client: Any = PapermillNotebookClient(nb_man, **{name: given[name] for name in wanted})
        client.reset_execution_trackers()
        place = 0

        def take(message: Message) -> None:
            client.process_message(message, nb_man.nb.cells[place], place)

        with open_shell(take) as (shell, streams), asyncio.Runner() as runner:
            for place, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, place)
                client.clear_before_next_output = False
                if before_cell is not None:
                    before_cell(str(cell.get("id")))
                try:
                    if _has_code(cell):
                        runner.run(_run_cell(shell, streams, cell, execution_timeout))
                except CellExecutionError as error:
                    nb_man.cell_exception(cell, cell_index=place, exception=error)
                    break
                finally:
                    if cell.cell_type == "code":
                        merge_streams(cell)
                    nb_man.cell_complete(cell, cell_index=place)
        nb_man.nb.metadata["language_info"] = dict(IPythonKernel.language_info)


def _has_code(cell: Any) -> bool:
    """Tell whether there is something to run in a cell."""
    skipped = "skip-execution" in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped


async def _run_cell(
    shell: Any, streams: tuple[Stream, Stream], cell: Any, timeout: float | None
) -> None:
    """Run one cell as a kernel does: inside a running loop, also where it awaits nothing."""
    number = cell.execution_count = shell.execution_count
    for stream in streams:
        stream.take_over()
    try:
        with _alarm(timeout):
            result = await _execute(shell, cell)
    finally:
        for stream in streams:
            stream.flush()
            stream.give_back()
        shell.payload_manager.clear_payload()
    if shell.exit_now:
        raise DeadKernelError("Kernel died")
    if not (result.success or "raises-exception" in cell.metadata.get("tags", [])):
        error = result.error_before_exec or result.error_in_exec
        raise CellExecutionError(f"cell {number}", type(error).__name__, str(error))


async def _execute(shell: Any, cell: Any) -> Any:
    """Follow ipykernel's do_execute in the choice of how to run."""
    code, failed = cell.source, None
    try:
        changed = shell.transform_cell(code)
    except Exception:
        changed, failed = code, sys.exc_info()
    known = {"transformed_cell": changed, "preprocessing_exc_tuple": failed}
    if not shell.should_run_async(code, **known):
        return shell.run_cell(code, store_history=True, cell_id=cell.get("id"))
    result = None
    try:
        result = await shell.run_cell_async(
            code, store_history=True, cell_id=cell.get("id"), **known
        )
    finally:
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
    return result


@contextmanager
def _alarm(seconds: float | None) -> Iterator[None]:
    """Interrupt a cell that takes too long, so that it is told where it stood."""
    main = threading.current_thread() is threading.main_thread()
    if not seconds or not main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: Any) -> None:
        raise CellTimeoutError(f"the cell took longer than {seconds:g} seconds")

    older = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, older)


class DirectSession(Session):
    """A session that hands each message to a function instead of a socket."""

    take: Callable[[Message], None]

    def msg(self, msg_type: str, content: Any = None, **_: Any) -> Message:  # type: ignore[override]
        """Make a message without the signature, date and number that a socket needs."""
        header = {"msg_type": msg_type, "msg_id": ""}
        return {
            "header": header,
            "msg_type": msg_type,
            "parent_header": {"msg_id": ""},
            "metadata": {},
            "content": content or {},
        }

    def send(  # type: ignore[override]
        self, stream: Any, message: Message | str, content: Any = None, *_: Any, **__: Any
    ) -> Message:
        """Hand a message over."""
        whole = self.msg(message, content) if isinstance(message, str) else message
        self.take(whole)
        return whole


class Stream(io.TextIOBase):
    """
    What a kernel has for stdout or stderr.

    Also what other programs, and libraries that are not Python, write to the same descriptor is
    heard: it goes to a file, which is looked at before anything else is written.

    Parameters
    ----------
    name : {"stdout", "stderr"}
        Which one.
    descriptor : int
        The descriptor that it stands for.
    send : callable
        Takes the text when the stream is flushed.
    """

    def __init__(self, name: str, descriptor: int, send: Callable[[str, str], None]) -> None:
        self.name = name
        self._descriptor = descriptor
        self._send = send
        self._owner = os.getpid()
        self._texts: list[str] = []
        self._file = tempfile.TemporaryFile()  # noqa: SIM115, it is closed with the stream
        self._read = 0
        self._kept: int | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Name the encoding, as a kernel's stream does."""
        return "UTF-8"

    def take_over(self) -> None:
        """Let the descriptor lead into the file, until :meth:`give_back`."""
        self._kept = os.dup(self._descriptor)
        os.dup2(self._file.fileno(), self._descriptor)

    def give_back(self) -> None:
        """Let the descriptor lead where it led before."""
        if self._kept is not None:
            os.dup2(self._kept, self._descriptor)
            os.close(self._kept)
            self._kept = None

    def _hear(self) -> None:
        size = os.fstat(self._file.fileno()).st_size
        if size > self._read:
            heard = os.pread(self._file.fileno(), size - self._read, self._read)
            self._read = size
            self._texts.append(heard.decode("utf-8", "replace"))

    def write(self, text: str) -> int:
        """Keep a text until the next flush; a forked process writes to the descriptor."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._owner:
            os.write(self._descriptor, text.encode("utf-8", "replace"))
        else:
            self._hear()
            self._texts.append(text)
        return len(text)

    def flush(self) -> None:
        """Send what was written."""
        if os.getpid() != self._owner:
            return
        self._hear()
        text, self._texts = "".join(self._texts), []
        if text:
            self._send(self.name, text)

    def fileno(self) -> int:
        """Give the descriptor, for programs started from a cell."""
        return self._descriptor

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def close(self) -> None:
        """Give the descriptor back; a cell that closes its stdout closes nothing."""
        # A kernel's stream can't be closed by the code that it runs either.

    def end(self) -> None:
        """Give all back."""
        self.give_back()
        self._owner = 0  # from here on it has nothing to send
        self._file.close()


class ZMQInteractiveShell(KernelShell):
    """
    The kernel's shell, without a kernel behind it.

    It is called as it is there: tqdm, rich and others ask for the name of its class before they
    show anything but plain text.
    """

    def enable_gui(self, gui: Any = None) -> None:
        """Do without windows; figures are shown inline."""

    def _update_exit_now(self, change: Any) -> None:
        """Note that the notebook asked to end; who runs the cells looks at it."""

    def init_environment(self) -> None:
        """Set what a kernel sets for programs started from a cell."""
        super().init_environment()  # type: ignore[no-untyped-call]
        os.environ.setdefault("MPLBACKEND", _INLINE)
        os.environ.setdefault("JPY_PARENT_PID", str(os.getppid()))


@contextmanager
def open_shell(take: Callable[[Message], None]) -> Iterator[tuple[Any, tuple[Stream, Stream]]]:
    """
    Give a fresh shell whose messages go to a function, and leave the process as it was.

    Parameters
    ----------
    take : callable
        Takes each message as nbclient knows it.

    Yields
    ------
    shell
        The shell of IPython.
    tuple of Stream
        What stands for stdout and stderr; the caller flushes them behind each cell.
    """
    main, path, environment = sys.modules["__main__"], list(sys.path), dict(os.environ)
    asked, out, err = builtins.input, sys.stdout, sys.stderr
    older = InteractiveShell._instance if InteractiveShell.initialized() else None
    InteractiveShell.clear_instance()
    session = DirectSession(key=b"")
    session.take = take
    # No file and no thread that writes it: a report has no history.
    config = Config({"HistoryManager": {"enabled": False, "hist_file": ":memory:"}})
    shell: Any = ZMQInteractiveShell.instance(config=config, compiler_class=XCachingCompiler)
    shell.display_pub.session = shell.displayhook.session = session
    shell.display_pub.pub_socket = shell.displayhook.pub_socket = session
    shell.displayhook.topic = b"execute_result"

    def send(name: str, text: str) -> None:
        session.send(None, "stream", {"name": name, "text": text})

    streams = Stream("stdout", 1, send), Stream("stderr", 2, send)
    sys.stdout, sys.stderr = cast(Any, streams)
    if "" not in sys.path:
        sys.path.insert(0, "")  # modules beside the notebook are found
    builtins.input = _nobody_to_ask
    try:
        _inline()
        yield shell, streams
    finally:
        sys.stdout, sys.stderr, builtins.input = out, err, asked
        for stream in streams:
            stream.end()
        _not_inline()
        atexit.unregister(shell.atexit_operations)
        shell.atexit_operations()
        ZMQInteractiveShell.clear_instance()
        if older is not None:
            type(older)._instance = InteractiveShell._instance = older
        sys.modules["__main__"] = main
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(environment)


def _nobody_to_ask(prompt: object = "") -> str:
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )


def _inline() -> None:
    """Let pyplot draw into the notebook; a matplotlib not loaded yet reads the environment."""
    if "matplotlib" not in sys.modules or os.environ["MPLBACKEND"] != _INLINE:
        return
    if "matplotlib.pyplot" not in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = _INLINE
        return
    import matplotlib.pyplot as plt
    from matplotlib_inline import backend_inline
    from matplotlib_inline.config import InlineBackend

    # It remembers the shell before and would not tell this one how to show a figure.
    configure: Any = backend_inline.configure_inline_support
    configure.current_backend = "unset"
    InlineBackend.clear_instance()
    plt.switch_backend(_INLINE)
    backend_inline._enable_matplotlib_integration()  # type: ignore[no-untyped-call]


def _not_inline() -> None:
    """Let go of a shell that ends: pyplot would call what is not there any more."""
    if "matplotlib.pyplot" in sys.modules:
        import matplotlib.pyplot as plt

        plt.close("all")
        plt.uninstall_repl_displayhook()
