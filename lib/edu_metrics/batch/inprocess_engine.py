"""An engine of papermill's that runs the cells in this process, without starting a kernel."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import from_dict
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

from edu_metrics.batch.inprocess_shell import Message, Stream, open_shell
from edu_metrics.report.page import merge_streams

__all__ = ["ENGINE", "InProcessEngine", "register"]

#: Its name below papermill's entry point: ``papermill --engine edu-metrics``.
ENGINE = "edu-metrics"

CellHook = Callable[[str, Any], None]


def register() -> None:
    """Make the engine known to papermill also where the package is not installed."""
    papermill_engines.register(ENGINE, InProcessEngine)


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """
    What reads messages: nbclient's, but for the check of every single output.

    An output that is well formed at sight is not held against the whole schema of notebooks, which
    would take as long as a tenth of a report; any other one takes nbclient's own way.
    """

    clear_before_next_output: bool

    def output(self, outs: list[Any], msg: Message, display_id: str | None, cell_index: int) -> Any:
        """Add an output to those of a cell."""
        kind, content = msg["msg_type"], msg["content"]
        hooked = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if hooked or not _well_formed(kind, content):
            return super().output(outs, msg, display_id, cell_index)
        if self.clear_before_next_output:
            outs[:] = []
            self.clear_display_id_mapping(cell_index)
            self.clear_before_next_output = False
        if display_id:
            self._display_id_map.setdefault(display_id, {}).setdefault(cell_index, []).append(
                len(outs)
            )
        fields = {name: content[name] for name in _FIELDS[kind]}
        out = from_dict({"output_type": kind, **fields})  # type: ignore[no-untyped-call]
        outs.append(out)
        return out


_FIELDS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
}


def _well_formed(kind: str, content: dict[str, Any]) -> bool:
    """Tell whether an output is text, or a bundle of texts under names of their kinds."""
    if kind == "stream":
        return content["name"] in ("stdout", "stderr") and isinstance(content["text"], str)
    if kind not in _FIELDS or not isinstance(content["metadata"], dict):
        return False
    data = content["data"]
    return isinstance(data, dict) and all(
        isinstance(name, str) and isinstance(text, str) and not name.endswith("json")
        for name, text in data.items()
    )


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
        before_cell: CellHook | None = None,
        after_cell: CellHook | None = None,
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
        before_cell, after_cell : callable, optional
            Told of each cell's id and outputs.
        **given
            What papermill passes to any engine.

        Raises
        ------
        DeadKernelError
            If a cell ends the shell.
        """
        outputs = ("log_output", "stdout_file", "stderr_file")
        client = Client(nb_man, **{k: given[k] for k in outputs if k in given})
        client.reset_execution_trackers()
        nb_man.pbar = _on_terminal(nb_man.pbar)
        place = 0

        def take(message: Message) -> None:
            client.process_message(message, nb_man.nb.cells[place], place)

        with open_shell(take) as (shell, streams), asyncio.Runner() as runner:
            for place, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, place)
                client.clear_before_next_output = False
                if before_cell is not None:
                    before_cell(str(cell.get("id")), cell.get("outputs"))
                try:
                    runner.run(_run_cell(shell, streams, cell, execution_timeout))
                except CellExecutionError as error:
                    nb_man.cell_exception(cell, cell_index=place, exception=error)
                    break
                finally:
                    if cell.cell_type == "code":
                        merge_streams(cell)
                    nb_man.cell_complete(cell, cell_index=place)
                    if after_cell is not None:
                        after_cell(str(cell.get("id")), cell.get("outputs"))
        nb_man.nb.metadata["language_info"] = dict(IPythonKernel.language_info)


def _on_terminal(bar: Any) -> Any:
    """Replace a bar for notebooks, which tqdm makes wherever ipykernel's shell is loaded."""
    if bar is None or "notebook" not in "".join(base.__module__ for base in type(bar).__mro__):
        return bar
    from tqdm.std import tqdm  # type: ignore[import-untyped]

    bar.disable = True
    return tqdm(total=bar.total, unit=bar.unit, desc=bar.desc)


async def _run_cell(
    shell: Any, streams: tuple[Stream, Stream], cell: Any, timeout: float | None
) -> None:
    """Run one cell as a kernel does: inside a running loop, also where it awaits nothing."""
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code" or not cell.source.strip() or "skip-execution" in tags:
        return
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
    if not (result.success or "raises-exception" in tags):
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
