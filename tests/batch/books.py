"""Tiny notebooks, written by tests."""

from __future__ import annotations

from pathlib import Path

import nbformat

from edu_metrics.batch import Job

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PARAMETERS = 'lang = ""  # str: language\nout = ""  # str: folder\n'


def write_book(path: Path, *sources: str, tags: dict[int, str] | None = None) -> Path:
    """Write a notebook of code cells behind one of parameters."""
    cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    for place, source in enumerate(sources):
        marks = {"tags": [tags[place]]} if tags and place in tags else {}
        cells.append(nbformat.v4.new_code_cell(source, metadata=marks))
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
    return path


def job_of(folder: Path, name: str, *sources: str, inputs: str = "0" * 64) -> Job:
    """Write a notebook, and give the job that makes a report of it."""
    book = write_book(folder / "notebooks" / f"{name}.ipynb", *sources)
    home = "../../index.html"
    return Job(book, {"lang": "en"}, folder / "reports" / "en" / name, name, home, inputs)


def shown(folder: Path, name: str = "report.ipynb") -> str:
    """Give all that the cells of a notebook print or show as text."""
    texts = []
    for cell in nbformat.read(folder / name, as_version=4).cells:
        for output in cell.get("outputs", []):
            texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "".join(texts)


def ended(pid: int) -> bool:
    """Tell whether a process is gone, or only waits to be taken note of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
