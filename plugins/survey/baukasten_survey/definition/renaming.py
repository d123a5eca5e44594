"""Answers to an older version under the codes of a newer one, as its author said when it was published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OTHER = ".other"


@dataclass(frozen=True, slots=True)
class Names:
    """How codes of earlier versions are called in the newest one."""

    steps: Sequence[tuple[int, Mapping[str, str]]] = ()
    """Versions, oldest first, each with the codes of the one before and what they are called in it."""

    def since(self, version: int) -> list[Mapping[str, str]]:
        """Give the renamings after a version, oldest first; nothing where all codes stayed."""
        later = [mapping for number, mapping in self.steps if number > version]
        return later if any(later) else []

    def code(self, code: str, version: int = 0) -> str:
        """Give what a question of a version is called now; of any version where none is said."""
        for mapping in self.since(version):
            code = mapping.get(code, code)
        return code

    def part(self, code: str, part: str, version: int = 0) -> str:
        """Give what an option or a row of a version's question is called now."""
        for mapping in self.since(version):
            part = mapping.get(f"{code}/{part}", part).rpartition("/")[2]
            code = mapping.get(code, code)
        return part


def renamed(answers: Mapping[str, Any], mappings: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Rename what was answered, version by version; what no mapping names stays as it is.

    A mapping leads from codes of one version to those of the next: ``q1`` to ``way``, and ``q1/a1`` to ``way/b1``
    for an option or a row.
    """
    found = dict(answers)
    for mapping in mappings:
        if mapping:
            found = _once(found, mapping)
    return found


def _once(answers: Mapping[str, Any], mapping: Mapping[str, str]) -> dict[str, Any]:
    parts: dict[str, dict[str, str]] = {}
    for old, new in mapping.items():
        code, slash, part = old.partition("/")
        if slash:
            parts.setdefault(code, {})[part] = new.rpartition("/")[2]
    found = {}
    for name, value in answers.items():
        code = name.removesuffix(OTHER)
        ending = name[len(code) :]
        told = value if ending or code not in parts else _value(value, parts[code])
        found[mapping.get(code, code) + ending] = told
    return found


def _value(value: Any, codes: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return codes.get(value, value)
    if isinstance(value, list):
        return [_value(one, codes) for one in value]
    if isinstance(value, Mapping):
        return {codes.get(key, key): _value(one, codes) for key, one in value.items()}
    return value
