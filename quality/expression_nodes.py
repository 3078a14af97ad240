"""The parts of an expression: what each gives, with "not known" carried through."""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from conversation.errors import BadInput

Value = float | bool | str | None
"""What a name or an expression may be worth; None is "not known"."""

Kind = Literal["number", "truth", "text"]
"""What sort of value a part gives."""

_PLAINLY: dict[Kind, str] = {
    "number": "a number",
    "truth": "true or false",
    "text": "a text",
}

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class WrongKind(BadInput):
    """A part of an expression gives a value of the wrong sort.

    Args:
        position: Offset of the part in the expression's text, from 0.
        message: What was got and what was expected.
    """

    def __init__(self, position: int, message: str) -> None:
        self.position = position
        super().__init__(f"at character {position + 1}: {message}")


@dataclass(frozen=True)
class Node(ABC):
    """One part of an expression.

    Attributes:
        position: Offset of its first character in the text, from 0.
        depth: How many parts lie within each other here, itself counted.
        kind: What sort of value it gives; None when only the values will tell.
    """

    position: int
    depth: int
    kind: Kind | None

    @abstractmethod
    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return its value; None when it is not known."""

    def _number(self, values: Mapping[str, Value]) -> float | None:
        value = self.evaluate(values)
        if value is None:
            return None
        expect(self, "number", kind_of(value))
        return finite(float(value))

    def _truth(self, values: Mapping[str, Value]) -> bool | None:
        value = self.evaluate(values)
        if value is None:
            return None
        expect(self, "truth", kind_of(value))
        return bool(value)


def kind_of(value: float | bool | str) -> Kind:
    """Tell the sort of a value; a truth is no number."""
    if isinstance(value, bool):
        return "truth"
    return "text" if isinstance(value, str) else "number"


def expect(node: Node, wanted: Kind, got: Kind | None) -> None:
    """Check the sort of what a part gives.

    Raises:
        WrongKind: It is known and another.
    """
    if got is not None and got != wanted:
        raise WrongKind(node.position, f"got {_PLAINLY[got]}, expected {_PLAINLY[wanted]}")


def finite(value: float) -> float | None:
    """Return a number as it is; None for what is too large, and for no number at all."""
    return value if math.isfinite(value) else None


@dataclass(frozen=True)
class Constant(Node):
    """A value written in the expression."""

    value: float | bool | str

    def evaluate(self, values: Mapping[str, Value]) -> Value:  # noqa: ARG002 - the same for all
        """Return it."""
        return self.value


@dataclass(frozen=True)
class Name(Node):
    """A value that is looked up."""

    name: str

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Look it up; a number that is too large, or none at all, is not known."""
        value = values.get(self.name)
        if value is None or isinstance(value, bool | str):
            return value
        return finite(value) if isinstance(value, float) or abs(value) < 10**300 else None


@dataclass(frozen=True)
class Negative(Node):
    """Minus a number."""

    part: Node

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return the number with the other sign."""
        number = self.part._number(values)  # noqa: SLF001 - of the same tree
        return None if number is None else -number


@dataclass(frozen=True)
class Arithmetic(Node):
    """Numbers added and taken away, or multiplied and divided, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return the result; a division by zero is not known."""
        result = self.first._number(values)  # noqa: SLF001
        for sign, node in self.rest:
            number = node._number(values)  # noqa: SLF001
            if result is None or number is None:
                result = None
            elif sign == "+":
                result = finite(result + number)
            elif sign == "-":
                result = finite(result - number)
            elif sign == "*":
                result = finite(result * number)
            else:
                result = finite(result / number) if number else None
        return result


@dataclass(frozen=True)
class Comparison(Node):
    """Two numbers compared, or two values of one sort said to be the same or not."""

    sign: str
    left: Node
    right: Node

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return whether it holds."""
        if self.sign in _COMPARE:
            left, right = self.left._number(values), self.right._number(values)  # noqa: SLF001
            return None if left is None or right is None else _COMPARE[self.sign](left, right)
        one, other = self.left.evaluate(values), self.right.evaluate(values)
        if one is None or other is None:
            return None
        expect(self.right, kind_of(one), kind_of(other))
        return (one == other) == (self.sign == "==")


@dataclass(frozen=True)
class Between(Node):
    """A number from one bound to another, both counted in."""

    part: Node
    low: Node
    high: Node

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return whether it holds."""
        number, low, high = (
            node._number(values)  # noqa: SLF001
            for node in (self.part, self.low, self.high)
        )
        if number is None or low is None or high is None:
            return None
        return low <= number <= high


@dataclass(frozen=True)
class Known(Node):
    """Whether a value is known; the one part that is never itself unknown."""

    part: Node
    known: bool

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return whether it is."""
        return (self.part.evaluate(values) is not None) == self.known


@dataclass(frozen=True)
class Not(Node):
    """The contrary."""

    part: Node

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return the contrary."""
        truth = self.part._truth(values)  # noqa: SLF001
        return None if truth is None else not truth


@dataclass(frozen=True)
class Junction(Node):
    """Several conditions joined by one word.

    What decides alone decides although the rest is not known: false among ``and``, true among
    ``or`` (Kleene, Introduction to Metamathematics, 1952, §64; as SQL does).
    """

    word: Literal["and", "or"]
    parts: tuple[Node, ...]

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return whether all hold, or one does."""
        truths = [part._truth(values) for part in self.parts]  # noqa: SLF001
        decides = self.word == "or"
        if decides in truths:
            return decides
        return None if None in truths else not decides
