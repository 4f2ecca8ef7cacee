"""Pydantic's faults said in words that the author of a definition can act on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from edu_metrics.catalog.base import Definition

_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "finite_number": "a finite number",
    "float_parsing": "a number",
    "float_type": "a number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than_equal": "{le:g} or less",
    "literal_error": "one of {expected}",
    "string_pattern_mismatch": "an id of letters and digits, joined by single underscores",
    "string_too_short": "at least {min_length} character",
    "string_type": "text, in quotes where it looks like a number, a date or yes or no",
    "too_long": "at most {max_length} items",
    "too_short": "{min_length} or more items",
    "tuple_type": "a list",
    "union_tag_invalid": "one of {expected_tags}",
}
_KINDS = {dict: "a mapping", list: "a list", type(None): "nothing", str: "text", bool: "yes or no"}
_LONGEST_SHOWN = 80


def nearest(name: str, known: Iterable[str]) -> str:
    """
    Offer the known name that a misspelt one is closest to.

    Examples
    --------
    >>> nearest("cohort_retentoin", ["share", "cohort_retention"])
    "; did you mean 'cohort_retention'?"
    >>> nearest("zzz", ["share"])
    ''
    """
    found = difflib.get_close_matches(str(name), [str(item) for item in known], n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


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
    return [_say(item, model, given) for item in error.errors(include_url=False)]


def _say(error: Any, model: type[BaseModel], given: Any) -> str:
    place, below = _follow(error["loc"], model, given)
    kind, context, found = error["type"], error.get("ctx", {}), error.get("input")
    at = f"{place}: " if place else ""
    if kind in ("extra_forbidden", "invalid_key"):
        return f"{at}unknown key{nearest(str(error['loc'][-1]), _fields(below))}"
    if kind == "missing":
        return f"{at}is missing"
    if kind == "union_tag_not_found":
        tags = sorted(tag for option in below for tag in _tags(option))
        return f"{at}type: is missing; expected one of {', '.join(map(repr, tags))}"
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
    if kind in _EXPECTED:
        return _EXPECTED[kind].format(**error.get("ctx", {}))
    message = str(error["msg"])
    return f"otherwise ({message[:1].lower()}{message[1:]})"


def _shown(found: Any) -> str:
    if isinstance(found, dict | list) or found is None:
        return kind_of(found)
    shown = repr(found).lower() if isinstance(found, bool) else repr(found)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[: _LONGEST_SHOWN - 3]}..."


def _follow(loc: Iterable[str | int], model: Any, given: Any) -> tuple[str, list[Any]]:
    """Follow a fault to its place, through what was given and through the model."""
    words: list[str] = []
    below = list(_options(model))
    loc = list(loc)
    for depth, part in enumerate(loc):
        if isinstance(given, list | tuple) and isinstance(part, int) and words:
            given = given[part] if part < len(given) else None
            identity = given.get("id") if isinstance(given, dict) else None
            name = words.pop()
            words.append(
                f"{name} entry {part + 1}"
                if identity is None
                else f"{name.removesuffix('s')} {identity!r}"
            )
            below = [inner for option in below for inner in _items(option)]
            continue
        if part == "[key]":
            continue
        if isinstance(given, dict) and part not in given and depth < len(loc) - 1:
            # Not a place: pydantic names the member of a union that it took.
            below = [option for option in below if part in _tags(option)]
            continue
        words.append(str(part))
        given = given.get(part) if isinstance(given, dict) else None
        deeper = [inner for option in below for inner in _field(option, part)]
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


def _is_definition(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, Definition)


def _items(option: Any) -> Iterator[Any]:
    if get_origin(option) is tuple:
        yield from _options(get_args(option)[0])


def _field(option: Any, name: str | int) -> Iterator[Any]:
    if _is_definition(option) and name in option.model_fields:
        yield from _options(option.model_fields[name].annotation)
    elif get_origin(option) is dict:
        yield from _options(get_args(option)[1])


def _tags(option: Any) -> tuple[str, ...]:
    if _is_definition(option) and "type" in option.model_fields:
        return get_args(option.model_fields["type"].annotation)
    return ()


def _fields(options: list[Any], *, required: bool = False) -> list[str]:
    return [
        name
        for option in options
        if _is_definition(option)
        for name, field in option.model_fields.items()
        if field.is_required() or not required
    ]
