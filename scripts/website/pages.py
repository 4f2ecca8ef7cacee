"""Pages that follow from the package: its public names, its definitions, its formulas."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from docstrings import in_markdown
from pydantic import BaseModel
from pydantic.fields import FieldInfo

#: Where the topics of the API are written down.
TOPICS = Path("docs/api/topics.yml")
_SLUG = "slug"


@dataclass(frozen=True)
class Topic:
    """One page of the API."""

    id: str
    title: str
    lead: str
    names: tuple[str, ...]

    @property
    def page(self) -> str:
        """Where in the site it stands."""
        return f"api/{self.id}.md"


def topics(root: Path) -> list[Topic]:
    """Read which public name belongs to which topic; names that are not public are left out."""
    import edu_metrics

    written = yaml.safe_load((root / TOPICS).read_text("utf-8"))
    read = [Topic(t["id"], t["title"], t["lead"], tuple(t["names"])) for t in written]
    public = set(edu_metrics.__all__)
    kept = [Topic(t.id, t.title, t.lead, tuple(n for n in t.names if n in public)) for t in read]
    return [topic for topic in kept if topic.names]


def api_page(topic: Topic) -> str:
    """Write the page of a topic; mkdocstrings fills it."""
    asked = "\n\n".join(f"::: edu_metrics.{name}" for name in topic.names)
    return f"# {topic.title}\n\n{topic.lead}\n\n{asked}\n"


def api_index(root: Path) -> str:
    """List all public names with their first sentences, by topic."""
    import edu_metrics

    lines = [
        "# API",
        "",
        "`import edu_metrics` costs next to nothing; each name is loaded when it is first used.",
        "",
    ]
    for topic in topics(root):
        lines += [f"## [{topic.title}]({topic.page.removeprefix('api/')})", "", topic.lead, ""]
        lines += ["| name | does |", "| --- | --- |"]
        for name in topic.names:
            first = _summary(getattr(edu_metrics, name))
            lines.append(f"| [`{name}`][edu_metrics.{name}] | {_cell(first)} |")
        lines.append("")
    return "\n".join(lines)


def decisions(root: Path) -> list[tuple[str, str]]:
    """Give the title and the page of every decision record, in order."""
    found = []
    for path in sorted((root / "docs" / "decisions").glob("[0-9]*.md")):
        title = path.read_text("utf-8").split("\n", 1)[0].removeprefix("# ")
        found.append((title, f"decisions/{path.name}"))
    return found


def decisions_page(root: Path) -> str:
    """List the decision records."""
    lines = [f"- [{title}]({page.removeprefix('decisions/')})" for title, page in decisions(root)]
    return "\n".join(["# Decisions", "", "What was chosen, and why.", "", *lines, ""])


# Definitions


def models() -> dict[str, list[type[BaseModel]]]:
    """Give the models of definitions by the module that holds them."""
    import edu_metrics.catalog as catalog

    named = [getattr(catalog, name) for name in catalog.__all__]
    classes = [c for c in named if isinstance(c, type) and issubclass(c, BaseModel)]
    found: dict[str, list[type[BaseModel]]] = {}
    for model in classes:
        found.setdefault(model.__module__, []).append(model)
    return {
        module: sorted(found[module], key=_line, reverse=True)
        for module in sorted(found, key=list(_MODULES).index)
    }


def _line(model: type[BaseModel]) -> int:
    """Say where a model stands in its module: what holds others stands after them."""
    return inspect.getsourcelines(model)[1]


#: In which order the groups stand, and which files hold them.
_MODULES = {
    "edu_metrics.catalog.targets": "`plans/<plan>.yaml`",
    "edu_metrics.catalog.models": (
        "`sources.yaml`, `areas.yaml`, `quantities.yaml`, `indicators.yaml`, `breaks.yaml`, "
        "`corrections.yaml`, `assumptions.yaml`, `groups.yaml`, `knowledge.yaml`, "
        "`studies/<study>.yaml`"
    ),
    "edu_metrics.catalog.scenarios": "`scenarios/<scenario>.yaml`",
    "edu_metrics.catalog.reference_classes": "`reference_classes/<class>.yaml`, made by a command",
    "edu_metrics.catalog.priors": "the package's own `catalog/priors.yaml`",
    "edu_metrics.catalog.own": "`settings.yaml`",
    "edu_metrics.catalog.base": "everywhere",
    "edu_metrics.words.definition": (
        "everywhere; units in `units.yaml`, beside those of the package in `words/units.yaml`"
    ),
}


def definitions_page(root: Path) -> str:
    """Write a table for every kind of entry in data/definitions: field, type, meaning."""
    from edu_metrics.catalog.schema import meanings

    told = meanings()
    lines = [
        "# Definitions",
        "",
        "What an entry below `data/definitions` may hold. Every file is checked against these "
        "tables: a field that stands in none of them is a fault, and `edu-metrics check` lists "
        "all faults at once. A field with a value after “else” may be left out.",
        "",
    ]
    for module, classes in models().items():
        head = inspect.getdoc(inspect.getmodule(classes[0])) or ""
        lines += [f"## {head.splitlines()[0].rstrip('.')}", "", f"In {_MODULES[module]}.", ""]
        for model in classes:
            lines += [f"### {model.__name__}", "", in_markdown(_about(model)), ""]
            lines += ["| field | type | meaning |", "| --- | --- | --- |"]
            for name, field in model.model_fields.items():
                meaning = meaning_of(told, model, name)
                lines.append(f"| `{name}` | {_cell(_type_of(field))} | {_cell(meaning)} |")
            lines.append("")
    return "\n".join(lines)


def _about(model: type[BaseModel]) -> str:
    return sections(inspect.getdoc(model) or "")[""]


def meaning_of(meanings: Mapping[str, str], model: type[BaseModel], field: str) -> str:
    """Give what a field means: in this model, or wherever it stands."""
    own = described(model)
    return own.get(field) or meanings.get(f"{model.__name__}.{field}") or meanings[field]


def described(model: type[BaseModel]) -> dict[str, str]:
    """Give what a model's own docstring says of its fields."""
    listed = entries(sections(inspect.getdoc(model) or "").get("Attributes", ""))
    return {name: text for names, _, text in listed for name in names.split(", ")}


def _type_of(field: FieldInfo) -> str:
    shown = _shown(field.annotation)
    if shown == "text" and any("A-Za-z0-9" in str(mark) for mark in field.metadata):
        shown = _SLUG
    if field.is_required():
        return shown
    default = field.get_default(call_default_factory=True)
    if default is None or default in ((), {}):
        return f"{shown}, else nothing"
    told = str(default).lower() if isinstance(default, bool) else default
    return f"{shown}, else `{told}`"


_PLAIN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    type(None): "",
}


def _shown(kind: Any) -> str:
    """Say a type in words; a model is a link to its table."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if origin is typing.Annotated:
        slug = inner[0] is str and "A-Za-z0-9" in str(inner[1:])
        return _SLUG if slug else _shown(inner[0])
    if origin is typing.Literal:
        return " or ".join(f"`{choice}`" for choice in inner)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(filter(None, map(_shown, inner)))
    if origin is dict:
        return f"mapping of {_shown(inner[0])} to {_shown(inner[1])}"
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return f"list of {_shown(inner[0])}"
        return f"[{', '.join(map(_shown, inner))}]"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    return "date" if getattr(kind, "__name__", "") == "date" else str(kind)


# Formulas


def formulas() -> Iterator[tuple[str, list[Any]]]:
    """Give each module of formulas, by what its docstring says first, with its public functions."""
    import edu_metrics.formulas as package

    by_module: dict[str, list[Any]] = {}
    for name in package.__all__:
        value = getattr(package, name)
        if inspect.isfunction(value):
            by_module.setdefault(value.__module__, []).append(value)
    for functions in by_module.values():
        head = inspect.getdoc(inspect.getmodule(functions[0])) or ""
        yield head.split("\n\n", 1)[0], functions


#: How the value of several areas together is found.
_TOGETHER = {"counts": "from their pooled inputs", "sum": "their sum", "none": "not"}


def formulas_page() -> str:
    """Write every formula with its arguments, its equation and where it comes from."""
    from edu_metrics.formulas import FORMULAS

    lines = [
        "# Formulas",
        "",
        "Numbers in, numbers out. Percentages run 0 to 100. A formula marked with ◆ may be named "
        "by an indicator's definition.",
        "",
        "## What an indicator may name",
        "",
        "An indicator names one of these, or writes an expression of its inputs' names itself, "
        "such as `places / children * 1000`: numbers, `+ - * /` and brackets. Its unit is held "
        "against what comes out: a factor of 100, 1000 and so on changes the unit, any other "
        "number is a weight. What no expression says stands in a Python file of the project, which "
        "is run only where `settings.yaml` names it, and is called `own.<function>`.",
        "",
        "| formula | inputs | comes to | may pass 100 | areas together |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| [`{entry.name}`](#{entry.name}) | {', '.join(f'`{a}`' for a in entry.arguments)} "
            f"| `{entry.equation.text if entry.equation else ''}` "
            f"| {'yes' if entry.may_pass_100 else 'no'} | {_TOGETHER[entry.pooling]} |"
            for entry in FORMULAS.values()
        ),
        "",
    ]
    for head, functions in sorted(formulas(), key=lambda found: found[0]):
        first, _, rest = " ".join(head.split()).partition(". ")
        lines += [f"## {first.rstrip('.')}", "", *([rest, ""] if rest else [])]
        for function in functions:
            lines += _formula(function, function.__name__ in FORMULAS)
    lines += ["## Flow equations of mechanisms", "", *_flows()]
    return "\n".join(lines)


def _formula(function: Any, named: bool) -> list[str]:
    parts = sections(inspect.getdoc(function) or "")
    name = function.__name__
    call = f"{name}({', '.join(inspect.signature(function).parameters)})"
    lines = [f"### {name}{' ◆' if named else ''} {{#{name}}}", "", f"`{call}`", ""]
    lines += [in_markdown(_without_unit(parts[""])), ""]
    lines += ["| | type | is |", "| --- | --- | --- |"]
    lines += [
        f"| `{argument}` | {_cell(kind)} | {_cell(in_markdown(text))} |"
        for argument, kind, text in entries(parts.get("Parameters", ""))
    ]
    lines += [
        f"| *result* | {_cell(kind or argument)} | {_cell(in_markdown(text))} |"
        for argument, kind, text in entries(parts.get("Returns", ""))
    ]
    lines.append("")
    if "Notes" in parts:
        lines += [in_markdown(parts["Notes"]), ""]
    if "References" in parts:
        lines += [f"*Source:* {in_markdown(parts['References'])}", ""]
    return lines


def _flows() -> Iterator[str]:
    from edu_metrics.formulas.flows import FLOWS

    yield "Each moves a state on by one year; an indicator's `mechanism` names one.\n"
    yield "| flow | does | starts from | rates | levers | results |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for flow in FLOWS.values():
        names = (flow.inputs, (*flow.start_rates, *flow.rates), flow.levers, flow.outcomes)
        cells = [", ".join(f"`{name}`" for name in dict.fromkeys(part)) for part in names]
        first = _cell(in_markdown(_summary(flow.function)))
        yield f"| `{flow.name}` | {first} | {' | '.join(cells)} |"
    yield ""


def sections(text: str) -> dict[str, str]:
    r"""
    Cut a docstring in numpydoc style at its headings; what stands before them is under "".

    Examples
    --------
    >>> sections("A ratio.\n\nNotes\n-----\nOf two numbers.")
    {'': 'A ratio.', 'Notes': 'Of two numbers.'}
    """
    cut = re.split(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", text, flags=re.MULTILINE)
    heads = ["", *cut[1::2]]
    return {head: body.strip() for head, body in zip(heads, cut[::2], strict=True)}


def entries(section: str) -> list[tuple[str, str, str]]:
    r"""
    Cut a section of parameters or results into name, type and text.

    Examples
    --------
    >>> entries("part : float\n    Members. [persons]\nfloat\n    Share.")
    [('part', 'float', 'Members. [persons]'), ('float', '', 'Share.')]
    """
    found = re.findall(r"^(\S.*)\n((?:(?:[ \t]+\S.*)?\n?)*)", section + "\n", flags=re.MULTILINE)
    return [
        (*map(str.strip, head.partition(" : ")[::2]), " ".join(body.split()))
        for head, body in found
    ]


def _summary(value: Any) -> str:
    return _without_unit(sections(inspect.getdoc(value) or "")[""].split("\n\n", 1)[0])


def _without_unit(text: str) -> str:
    """Leave out the unit that a summary ends in: the table of results has it."""
    return re.sub(r"\s*\[[^\]]*\]\.?(?=\s*(?:\n\n|$))", "", text, count=1)


def _cell(text: str | Iterable[str]) -> str:
    """Put a text into a cell of a table, where a bar would end it."""
    return " ".join(str(text).split()).replace("|", "\\|")
