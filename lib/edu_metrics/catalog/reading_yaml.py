"""
YAML read strictly, and entries made of it with every fault said at once.

Pydantic's faults are said in words that the author of a definition can act on.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from edu_metrics.limits import LARGEST, found_steering, read_file
from edu_metrics.words.definition import Definition, Languages, nearest

_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "finite_number": "a finite number",
    "float_parsing": "a number",
    "float_type": "a number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than_equal": "{le} or less",
    "literal_error": "one of {expected}",
    "string_pattern_mismatch": "an id of letters and digits, joined by single underscores",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} character",
    "string_type": "text, in quotes where it looks like a number, a date or yes or no",
    "too_long": "at most {max_length} items",
    "too_short": "{min_length} or more items",
    "tuple_type": "a list",
    "union_tag_invalid": "one of {expected_tags}",
}
_KINDS = {dict: "a mapping", list: "a list", type(None): "nothing", str: "text", bool: "yes or no"}
_LONGEST_SHOWN = 80
#: Levels, entries (once unfolded) and bytes that a file of definitions may have.
DEEPEST, MOST_ENTRIES, MOST_BYTES = 50, 1_000_000, 20_000_000


def kind_of(given: Any) -> str:
    """Call what YAML made of a value by a name that is not Python's."""
    return _KINDS.get(type(given), "a single value")


def faults_of(error: ValidationError, model: type[BaseModel], given: Any) -> list[str]:
    """
    Say each fault: its place, what was expected, what was found.

    Parameters
    ----------
    error : ValidationError
        Pydantic's faults.
    model : type
        The definition expected.
    given : object
        What the file holds.

    Returns
    -------
    list of str
        One line a fault.
    """
    items = error.errors(include_url=False)
    # A list is not too short for what is wrong in its entries.
    inner = {item["loc"][:depth] for item in items for depth in range(len(item["loc"]))}
    return [
        _say(item, model, given)
        for item in items
        if not (item["type"] == "too_short" and item["loc"] in inner)
    ]


def _say(error: Any, model: type[BaseModel], given: Any) -> str:
    place, below = _follow(error["loc"], model, given)
    kind, context, found = error["type"], error.get("ctx", {}), error.get("input")
    at = f"{place}: " if place else ""
    if kind in ("extra_forbidden", "invalid_key"):
        return f"{at}unknown key{nearest(str(error['loc'][-1]), _fields(below))}"
    if kind == "missing":
        return f"{at}is missing"
    if kind == "union_tag_not_found":
        tags = ", ".join(repr(tag) for option in below for tag in _tags(option))
        return f"{at}type: is missing; expected one of {tags}"
    late = context.get("error")
    if kind == "value_error" and isinstance(late, ValidationError):
        # What was made of an entry while it was read: its faults are those of the entry.
        return f"{at}{'; '.join(_say(one, Definition, {}) for one in late.errors())}"
    if kind == "value_error":
        return f"{at}{str(error['msg']).removeprefix('Value error, ')}"
    offer = ""
    if kind in ("too_long", "too_short"):
        return f"{at}expected {_expected(error, below)}, found {context['actual_length']}"
    if kind in ("literal_error", "union_tag_invalid"):
        if kind == "union_tag_invalid":
            at, found = f"{at}type: ", context["tag"]
        listed = str(context.get("expected") or context["expected_tags"])
        offer = nearest(str(found), listed.replace("'", "").replace(" or ", ", ").split(", "))
    return f"{at}expected {_expected(error, below)}, found {_shown(found)}{offer}"


def _expected(error: Any, below: list[Any]) -> str:
    kind = error["type"]
    if kind in ("model_type", "model_attributes_type"):
        return f"a mapping with {', '.join(_fields(below, required=True))}"
    if kind.startswith("date_"):
        return "a date such as 2020-12-02"
    context = error.get("ctx", {})
    if "http" in str(context.get("pattern")):
        return "an address of a page that begins with http:// or https://"
    if kind in _EXPECTED:
        limits = {
            name: f"{limit:.15g}" if isinstance(limit, float) else str(limit)
            for name, limit in context.items()
        }
        return _EXPECTED[kind].format(**limits)
    message = str(error["msg"])
    return f"otherwise ({message[:1].lower()}{message[1:]})"


def _shown(found: Any) -> str:
    if isinstance(found, dict | list) or found is None:
        return kind_of(found)
    shown = repr(found).lower() if isinstance(found, bool) else repr(found)
    if isinstance(found, dt.date):
        shown = found.isoformat()
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 3]}..."


def _follow(loc: Iterable[str | int], model: Any, given: Any) -> tuple[str, list[Any]]:
    """Follow a fault to its place, through what was given and through the model."""
    words: list[str] = []
    below = list(_options(model))
    for part in loc:
        if isinstance(given, list | tuple) and isinstance(part, int):
            given = given[part] if part < len(given) else None
            identity = given.get("id") if isinstance(given, dict) else None
            name = words.pop()
            words.append(
                f"{name} entry {part + 1}"
                if identity is None
                else f"{name.removesuffix('s')} {identity!r}"
            )
            below = [inner for option in below for inner in _inside(option, part)]
        elif isinstance(given, dict) and part != "[key]":
            members = [option for option in below if part in _tags(option)]
            deeper = [inner for option in below for inner in _inside(option, part)]
            if members and len(below) > 1:
                below = members  # pydantic names the member of a union that it took
            elif deeper or part in given:
                words.append(str(part))
                given = given.get(part)
                # An unknown key leads nowhere: keep the fields that it could have been.
                below = deeper or below
    return ": ".join(words), below


def _options(annotation: Any) -> Iterator[Any]:
    """Take a type apart into the types that it allows."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _options(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _options(member)
    else:
        yield annotation


def _inside(option: Any, part: str | int) -> Iterator[Any]:
    """Give the types that may stand in one of a type, at an index, a key or a field."""
    origin = get_origin(option)
    if origin is tuple and isinstance(part, int):
        yield from _options(get_args(option)[0])
    elif origin is dict:
        yield from _options(get_args(option)[1])
    elif _is_definition(option) and part in option.model_fields:
        yield from _options(option.model_fields[part].annotation)


def _is_definition(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, Definition)


def _tags(option: Any) -> tuple[str, ...]:
    typed = _is_definition(option) and option.model_fields.get("type")
    return get_args(typed.annotation) if typed else ()


def _fields(options: list[Any], *, required: bool = False) -> list[str]:
    """Give the fields of what may stand somewhere; with ``required`` those that always must."""
    models = [option.model_fields for option in options if _is_definition(option)]
    names = dict.fromkeys(name for fields in models for name in fields)
    if not required:
        return list(names)
    return [
        name for name in names if all(name in f and f[name].is_required() for f in models)
    ] or list(names)


_Model = TypeVar("_Model", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: YAML's own rules of which word is a number, a date, a truth or nothing.
_TYPES: Any = yaml.resolver.Resolver()
_WORDS = yaml.constructor.SafeConstructor()


class _RefusedError(ValueError):
    """A text that no person writes, or that says more than words, lists and mappings."""

    def __init__(self, why: str, event: Any) -> None:
        super().__init__(f"{_where(event.start_mark)}{why}")


def _date(node: Any) -> Any:
    """Leave a date that no calendar has as text: the definition then says so in its place."""
    try:
        return _WORDS.construct_yaml_timestamp(node)
    except (ArithmeticError, ValueError):
        return node.value


def _whole(node: Any) -> Any:
    """Leave a number as text that Python would not write out."""
    number = _WORDS.construct_yaml_int(node)
    return number if abs(number) < LARGEST**2 else node.value


#: What makes of a word what it says, by the kind of word; all else is text.
_MAKERS = {
    "tag:yaml.org,2002:bool": _WORDS.construct_yaml_bool,
    "tag:yaml.org,2002:float": _WORDS.construct_yaml_float,
    "tag:yaml.org,2002:int": _whole,
    "tag:yaml.org,2002:null": _WORDS.construct_yaml_null,
    "tag:yaml.org,2002:timestamp": _date,
}


@functools.cache
def _meant(word: str) -> Any:
    """Say what a word without quotes means."""
    tag = _TYPES.resolve(yaml.ScalarNode, word, (True, False))
    return _MAKERS[tag](yaml.ScalarNode(tag, word)) if tag in _MAKERS else word


class _Builder:
    """
    Makes what a text says while it is parsed: words, lists and mappings.

    Keys that stand twice and signs that steer are faults; what is too deep or too large is left
    where it becomes so.
    """

    def __init__(self, text: str) -> None:
        self.faults: list[str] = []
        self._next: Callable[[], Any] = _Loader(text).get_event
        self._entries = 0
        self._named: dict[str, Any] = {}

    def document(self) -> Any:
        """Make the one document; None where there is none."""
        self._next()
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        content = self._made(self._next(), 0)
        self._next()
        if not isinstance(after := self._next(), yaml.StreamEndEvent):
            raise _RefusedError("not valid YAML: expected one document, found another one", after)
        return content

    def _made(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._named:
                raise _RefusedError(f"not valid YAML: *{event.anchor} repeats nothing", event)
            self._repeat(event, depth, self._named[event.anchor])
            return self._named[event.anchor]
        if event.tag is not None:
            raise _RefusedError("not valid YAML: leave tags such as !!int out", event)
        if isinstance(event, yaml.ScalarEvent):
            self._count(event, depth)
            made = self._word(event)
        else:
            self._count(event, depth + 1)
            listed = isinstance(event, yaml.SequenceStartEvent)
            made = self._list(depth + 1) if listed else self._mapping(depth + 1)
        if event.anchor is not None:
            self._named[event.anchor] = made
        return made

    def _count(self, event: Any, depth: int) -> None:
        """Count an entry and the levels that it stands below, its own among them."""
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise _RefusedError(
                f"expected {MOST_ENTRIES:,} entries at most, those that * repeats among them", event
            )
        if depth > DEEPEST:
            raise _RefusedError(f"expected {DEEPEST} levels at most, one in another", event)

    def _repeat(self, event: Any, depth: int, made: Any) -> None:
        """Count once more all that is in what is repeated."""
        if not isinstance(made, list | dict):
            self._count(event, depth)
            return
        self._count(event, depth + 1)
        for item in chain(*made.items()) if isinstance(made, dict) else made:
            self._repeat(event, depth + 1, item)

    def _list(self, depth: int) -> list[Any]:
        made = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            made.append(self._made(event, depth))
        return made

    def _mapping(self, depth: int) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._made(event, depth)
            if not isinstance(key, Hashable):
                raise _RefusedError("not valid YAML: expected a word as a key", event)
            if key in made:
                self.faults.append(f"{_where(event.start_mark)}the key {key!r} stands twice")
            made[key] = self._made(self._next(), depth)
        return made

    def _word(self, event: Any) -> Any:
        """Read a word; in a text, what would steer a terminal or turn a line is a fault."""
        meant = _meant(event.value) if event.implicit[0] else event.value
        if isinstance(meant, str) and (steering := found_steering(meant)):
            self.faults.append(
                f"{_where(event.start_mark)}expected signs that can be read; found {steering}, "
                "which steers a terminal or turns a line; leave it out"
            )
        return meant


def _where(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""


def read_yaml(path: Path) -> tuple[Any, list[str]]:
    """
    Read one file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    content : object
        What the file holds; None where it can't be read.
    faults : list of str
        Why it can't be read, or which keys stand twice, with the line.
    """
    try:
        text = read_file(path, MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return None, [
            f"{path.name}: line {line}: expected text in UTF-8, found the byte "
            f"0x{error.object[error.start]:02x}; save the file as UTF-8"
        ]
    except OSError as error:
        return None, [f"{path.name}: can't be read: {error.strerror or error}"]
    content, faults = _parsed(text)
    return content, [f"{path.name}: {fault}" for fault in faults]


@functools.lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[Any, tuple[str, ...]]:
    """Parse a text once: each question to a project asks for the same files. Nobody changes it."""
    try:
        builder = _Builder(text)
        content = builder.document()
    except _RefusedError as error:
        return None, (str(error),)
    except yaml.MarkedYAMLError as error:
        where = _where(error.problem_mark or error.context_mark)
        why = " ".join(filter(None, [error.context, error.problem]))
        return None, (f"{where}not valid YAML: {why}",)
    except (yaml.YAMLError, ArithmeticError, ValueError) as error:
        return None, (f"not valid YAML: {' '.join(str(error).split())}",)
    return content, tuple(builder.faults)


@functools.cache
def _reader(model: Any) -> TypeAdapter[Any]:
    """Give what makes definitions; where they are of several models, their ``type`` tells which."""
    if get_origin(model) in (Union, UnionType):
        model = Annotated[model, Field(discriminator="type")]
    return TypeAdapter(model)


def parse(
    model: type[_Model], given: Any, where: str, languages: Languages | None = None
) -> tuple[_Model | None, list[str]]:
    """
    Make a model of what a file holds, and say every fault in it.

    Parameters
    ----------
    model : type
        The definition expected.
    given : object
        What the file holds.
    where : str
        File and entry, put before each fault.
    languages : Languages, optional
        Those in which its texts stand; left out, one is enough.

    Returns
    -------
    model : object or None
        The definition. Where unknown keys are its only faults it is made without them, so that
        its references can still be checked; None where it has any other fault.
    faults : list of str
        One line a fault.
    """
    if not isinstance(given, dict):
        return None, [f"{where}: expected a mapping of fields, found {kind_of(given)}"]
    reader = _reader(model)
    try:
        return reader.validate_python(given, context=languages), []
    except ValidationError as error:
        faults = [f"{where}: {fault}" for fault in faults_of(error, model, given)]
        with suppress(ValidationError):
            return reader.validate_python(given, context=languages, extra="ignore"), faults
        return None, faults
    except ArithmeticError as error:
        return None, [f"{where}: what follows from its numbers is no number ({error})"]


def read_definition(model: type[_Model], path: Path) -> tuple[_Model | None, list[str]]:
    """Read a file that is one definition; say why it is none, or every fault in it."""
    content, faults = read_yaml(path)
    return (None, faults) if faults else parse(model, content, path.name)


def entries_of(content: Any, name: str, faults: list[str]) -> Iterator[tuple[str, Any]]:
    """Walk over a file that holds a list, naming each entry by number and id."""
    if content is None:
        return
    if not isinstance(content, list):
        faults.append(f"{name}: expected a list of entries, found {kind_of(content)}")
        return
    for number, entry in enumerate(content, start=1):
        identity = entry.get("id") if isinstance(entry, dict) else None
        shown = f" ({str(identity)!r})" if identity is not None else ""
        yield f"{name} entry {number}{shown}", entry
