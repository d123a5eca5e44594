"""The hook specs as data: which family a hook is of, and what an answer must look like."""

import collections.abc
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from baukasten.plugin.refs import Ruling, Verdict
from baukasten.plugin.text import lazy

_ = lazy("core")


class Family(StrEnum):
    """How a hook's answers are used, which decides what a failure means."""

    DECLARATION = "declaration"
    CONTRIBUTION = "contribution"
    DECISION = "decision"
    ANSWER = "answer"
    LIFE = "life"


# What counts when a plugin that has a say in a decision fails, answers rubbish or is not asked.
STRICT: Mapping[str, Any] = types.MappingProxyType(
    {
        "screen_content": Verdict(
            Ruling.HOLD, "screening_failed", _("Somebody from the town looks at this before it is published.")
        ),
        "veto_access": _("This cannot be checked at the moment. Please try again later."),
    }
)


@dataclass(frozen=True, slots=True)
class Spec:
    """One hook: its arguments and the rough type of its answer."""

    name: str
    family: Family
    arguments: Mapping[str, Any]
    """Annotations by name."""
    answer: type
    many: bool
    """The answer is a list or tuple of ``answer``."""
    classes: bool
    """The answers are classes, not instances."""

    def misannotated(self, function: Callable[..., Any]) -> str:
        """Say which argument of an implementation is annotated as something else; empty when all fit."""
        try:
            hints = typing.get_type_hints(function)
        except NameError:
            # A name that exists for type checkers only; they have looked at it then.
            return ""
        for name, hint in hints.items():
            wanted = self.arguments.get(name, Any)
            if not _means(hint, wanted):
                return f"{self.name} takes {name} as {wanted}, not as {hint}"
        return ""

    def misfit(self, value: object) -> str:
        """Say what is wrong with an answer; empty when it fits."""
        if not self.many:
            return "" if self._is_one(value) else f"{type(value).__name__} instead of {self.answer.__name__}"
        if not isinstance(value, list | tuple):
            return f"{type(value).__name__} instead of a list of {self.answer.__name__}"
        wrong = [type(item).__name__ for item in value if not self._is_one(item)]
        return f"{wrong[0]} in a list of {self.answer.__name__}" if wrong else ""

    def _is_one(self, value: object) -> bool:
        if self.classes:
            return isinstance(value, type) and issubclass(value, self.answer)
        return isinstance(value, self.answer)


def read(function: Callable[..., Any], *, first_result: bool) -> Spec:
    """Read a hook's spec from its signature."""
    hints = typing.get_type_hints(function)
    shape = hints.pop("return")
    many = typing.get_origin(shape_of(shape)) in (list, collections.abc.Sequence)
    answer = typing.get_args(shape_of(shape))[0] if many else shape_of(shape)
    classes = typing.get_origin(answer) is type
    if classes:
        answer = typing.get_args(answer)[0]
    name = function.__name__
    return Spec(
        name, _family(name, first_result=first_result), types.MappingProxyType(hints), answer, many, classes
    )


def _means(hint: Any, wanted: Any) -> bool:
    """Tell whether an annotation may stand for another: the same, anything, or a nearer or wider class."""
    if hint == wanted or Any in (hint, wanted) or hint is object:
        return True
    both_classes = isinstance(hint, type) and isinstance(wanted, type)
    return both_classes and (issubclass(hint, wanted) or issubclass(wanted, hint))


def shape_of(annotation: Any) -> Any:
    """Take the ``None`` off an annotation: passing is always allowed."""
    if isinstance(annotation, types.UnionType):
        (shape,) = (part for part in typing.get_args(annotation) if part is not types.NoneType)
        return shape
    return annotation


def _family(name: str, *, first_result: bool) -> Family:
    if name.startswith("register_"):
        return Family.DECLARATION
    if name.startswith("on_"):
        return Family.LIFE
    if first_result:
        return Family.ANSWER
    return Family.DECISION if name in STRICT else Family.CONTRIBUTION
