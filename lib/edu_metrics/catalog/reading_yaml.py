"""YAML read strictly, and entries made of it with every fault said at once."""

from __future__ import annotations

import copy
import functools
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from edu_metrics.catalog.faults import faults_of, kind_of

_Model = TypeVar("_Model", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: YAML's own rules of which word is a number, a date, a truth or nothing.
_TYPES: Any = yaml.resolver.Resolver()


class _StrictLoader(_Loader):  # type: ignore[misc]
    """A safe loader that notes a key that stands twice, where YAML would just keep the last."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.doubles: list[str] = []

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """Tell the type of a node, once for each word: files repeat them thousands of times."""
        if kind is yaml.ScalarNode:
            return _scalar_type(value) if implicit[0] else self.DEFAULT_SCALAR_TAG
        tag: str = super().resolve(kind, value, implicit)
        return tag

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(
                    None, None, "expected a word as a key", key_node.start_mark
                )
            if key in seen:
                self.doubles.append(f"{_where(key_node.start_mark)}the key {key!r} stands twice")
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping

    def construct_date(self, node: Any) -> Any:
        """Leave a date that no calendar has as text: the definition then says so in its place."""
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.construct_date)


@functools.cache
def _scalar_type(word: str) -> str:
    """Tell the type of a word that stands without quotes."""
    tag: str = _TYPES.resolve(yaml.ScalarNode, word, (True, False))
    return tag


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
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return None, [
            f"{path.name}: line {line}: expected text in UTF-8, found the byte "
            f"0x{error.object[error.start]:02x}; save the file as UTF-8"
        ]
    except OSError as error:
        return None, [f"{path.name}: can't be read: {error.strerror}"]
    loader = _StrictLoader(text)
    try:
        content = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        where = _where(error.problem_mark or error.context_mark)
        why = " ".join(filter(None, [error.context, error.problem]))
        return None, [f"{path.name}: {where}not valid YAML: {why}"]
    except (yaml.YAMLError, ValueError) as error:
        return None, [f"{path.name}: not valid YAML: {' '.join(str(error).split())}"]
    finally:
        loader.dispose()
    return content, [f"{path.name}: {double}" for double in loader.doubles]


def parse(model: type[_Model], given: Any, where: str) -> tuple[_Model | None, list[str]]:
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
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        faults = [f"{where}: {fault}" for fault in faults_of(error, model, given)]
        return _without_unknown_keys(model, given, error), faults


def _without_unknown_keys(
    model: type[_Model], given: dict[str, Any], error: ValidationError
) -> _Model | None:
    places = [item["loc"] for item in error.errors() if item["type"] == "extra_forbidden"]
    if not places:
        return None
    rest = copy.deepcopy(given)
    for *above, key in places:
        holder: Any = rest
        for part in above:
            # The member of a union that pydantic took is named in the place, and no key.
            holder = holder if isinstance(holder, dict) and part not in holder else holder[part]
        holder.pop(key, None)
    try:
        return model.model_validate(rest)
    except ValidationError:
        return None


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
