"""Expressions that a centre writes in its cards and rules, read by a grammar and never run as code.

An expression compares named figures and joins what holds::

    hold_s > 120                                  a comparison: < <= > >= == !=
    agent_talk_share between 35% and 65%          both bounds count; 35% is 0.35
    agent_talk_s / customer_talk_s > 2            + - * / and parentheses
    channel == 'chat' and not (turns < 4)         texts in quotes; and, or, not
    first_response_s is known                     also: is unknown

Nothing else can be written: no call, no attribute, no index, no loop. A name that has no value is
"not known", and so is what is computed from it; a division by zero is not known either. ``and``
and ``or`` are decided by what is known where that suffices.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from conversation.errors import BadInput, DefinitionInvalid
from quality.expression_nodes import (
    Arithmetic,
    Between,
    Comparison,
    Constant,
    Junction,
    Kind,
    Known,
    Name,
    Negative,
    Node,
    Not,
    Value,
    WrongKind,
    expect,
)

if TYPE_CHECKING:
    from lark import Lark
    from lark.exceptions import UnexpectedInput
    from lark.lexer import Token

MAX_CHARACTERS = 2000
"""A longer expression is refused before it is read."""

MAX_DEPTH = 40
"""Parts may lie within each other so deep."""

_REMEDY = "see docs/metrics.md for how an expression is written"
_SHOWN_CHARACTERS = 24

_GRAMMAR = r"""
    ?start: either
    ?either: both (OR both)*
    ?both: denial (AND denial)*
    ?denial: comparison | NOT denial -> contrary
    ?comparison: sum
        | sum COMPARE sum -> compared
        | sum BETWEEN sum AND sum -> between
        | sum IS (KNOWN | UNKNOWN) -> known
    ?sum: product (SIGN product)*
    ?product: unary (TIMES unary)*
    ?unary: atom | SIGN unary -> signed
    ?atom: NUMBER -> number | TEXT -> text | (TRUE | FALSE) -> truth | NAME -> name
        | OPEN either CLOSE -> enclosed

    OR: "or"
    AND: "and"
    NOT: "not"
    BETWEEN: "between"
    IS: "is"
    KNOWN: "known"
    UNKNOWN: "unknown"
    TRUE: "true"
    FALSE: "false"
    COMPARE: "==" | "!=" | "<=" | ">=" | "≤" | "≥" | "≠" | "<" | ">" | "="
    SIGN: "+" | "-" | "−"
    TIMES: "*" | "/"
    OPEN: "("
    CLOSE: ")"
    NUMBER: /[0-9]+(\.[0-9]+)?([ \u00a0\u202f]?%)?/
    TEXT: /'[^'\n]*'|"[^"\n]*"/
    NAME: /[^\W\d]\w*(\.\w+)*/
    %ignore /[ \t\r\n\u00a0\u202f]+/
"""

_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!=", "=": "==", "−": "-"}

_EXPECTED = {
    "NUMBER": "a number",
    "NAME": "a name",
    "OPEN": "'('",
    "CLOSE": "')'",
    "AND": "'and'",
    "OR": "'or'",
    "COMPARE": "a comparison",
    "$END": "the end",
}


@dataclass(frozen=True)
class Expression:
    """An expression that was read. Build it with :func:`parse_expression`.

    Attributes:
        text: As written.
        names: The names that it uses, in order.
        kind: What it gives: ``number``, ``truth`` or ``text``; None when only the values tell.
    """

    text: str
    names: tuple[str, ...]
    kind: Kind | None
    _root: Node = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, Value]) -> bool | float | None:
        """Compute it.

        Args:
            values: By name; a name that is not there, or None, is not known.

        Returns:
            A truth or a number; None when it cannot be known from these values.

        Raises:
            BadInput: A value is of the wrong sort (a text where a number is compared); names the
                place.
        """
        try:
            result = self._root.evaluate(values)
        except WrongKind as error:
            raise BadInput(_refused(self.text, error.message), remedy=_REMEDY) from None
        if isinstance(result, str):
            message = f"it gives the text {result[:40]!r}, expected true or false, or a number"
            raise BadInput(_refused(self.text, message), remedy=_REMEDY)
        return result


def parse_expression(
    text: str, names: Mapping[str, str], *, kinds: Mapping[str, Kind] | None = None
) -> Expression:
    """Read an expression.

    Args:
        text: As written; at most :data:`MAX_CHARACTERS`, and :data:`MAX_DEPTH` parts within
            each other.
        names: The names that may be used, with what each is.
        kinds: What sort of value each name has, where it is known, so that a comparison of a
            number with a text is refused now and not with the first conversation.

    Returns:
        The expression, ready for any number of evaluations.

    Raises:
        DefinitionInvalid: It cannot be read, uses a name that is not there, or gives a text;
            names the character, from 1.
    """
    if len(text) > MAX_CHARACTERS:
        raise DefinitionInvalid(
            f"the expression {text[:_SHOWN_CHARACTERS]!r}… has {len(text)} characters, expected "
            f"at most {MAX_CHARACTERS}",
            remedy="split it into several questions or rules",
        )
    if not text.strip():
        raise DefinitionInvalid(
            "the expression is empty, expected a comparison such as hold_s > 120", remedy=_REMEDY
        )
    from lark.exceptions import UnexpectedInput

    builder = _Builder(text, names, kinds or {})
    try:
        root = builder.build(_grammar())
    except UnexpectedInput as error:
        _refuse_unread(text, error)
    except WrongKind as error:
        raise DefinitionInvalid(_refused(text, error.message), remedy=_REMEDY) from None
    used = sorted(builder.used, key=builder.used.__getitem__)
    return Expression(text, tuple(used), root.kind, root)


@cache
def _grammar() -> Lark:
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False)


class _Builder:
    """Builds the parts of one expression bottom-up from what the grammar recognised.

    The parser works without recursion, and so does this: the depth of what a user writes never
    becomes the depth of Python's stack.
    """

    def __init__(self, text: str, names: Mapping[str, str], kinds: Mapping[str, Kind]) -> None:
        self._text = text
        self._names = names
        self._kinds = kinds
        self.used: dict[str, int] = {}

    def build(self, grammar: Lark) -> Node:
        from lark import Tree

        rules: dict[str, Callable[[list[Any]], Node]] = {
            "either": lambda parts: self._junction("or", parts),
            "both": lambda parts: self._junction("and", parts),
            "contrary": self._contrary,
            "compared": self._compared,
            "between": self._between,
            "known": self._known,
            "sum": self._arithmetic,
            "product": self._arithmetic,
            "signed": self._signed,
            "number": self._number,
            "text": self._quoted,
            "truth": lambda parts: Constant(parts[0].start_pos, 1, "truth", parts[0] == "true"),
            "name": self._name,
            "enclosed": lambda parts: parts[1],
        }
        tree: Tree[Token] = grammar.parse(self._text)
        built: dict[int, Node] = {}
        # Tree.iter_subtrees goes bottom-up without recursion.
        for part in tree.iter_subtrees():
            children = [built[id(c)] if isinstance(c, Tree) else c for c in part.children]
            node = rules[str(part.data)](children)
            if node.depth > MAX_DEPTH:
                raise WrongKind(
                    node.position,
                    f"parts lie within each other more than {MAX_DEPTH} deep; split the expression",
                )
            built[id(part)] = node
        root = built[id(tree)]
        if root.kind == "text":
            raise WrongKind(root.position, "got a text, expected true or false, or a number")
        return root

    @staticmethod
    def _junction(word: Literal["and", "or"], parts: list[Any]) -> Node:
        nodes = tuple(parts[::2])
        for node in nodes:
            expect(node, "truth", node.kind)
        return Junction(nodes[0].position, _depth(*nodes), "truth", word, nodes)

    @staticmethod
    def _contrary(parts: list[Any]) -> Node:
        word, node = parts
        expect(node, "truth", node.kind)
        return Not(word.start_pos, _depth(node), "truth", node)

    @staticmethod
    def _compared(parts: list[Any]) -> Node:
        left, token, right = parts
        sign = _SIGNS.get(str(token), str(token))
        if sign in ("==", "!="):
            if left.kind is not None:
                expect(right, left.kind, right.kind)
        else:
            expect(left, "number", left.kind)
            expect(right, "number", right.kind)
        return Comparison(left.position, _depth(left, right), "truth", sign, left, right)

    @staticmethod
    def _between(parts: list[Any]) -> Node:
        part, low, high = parts[0], parts[2], parts[4]
        for node in (part, low, high):
            expect(node, "number", node.kind)
        if isinstance(low, Constant) and isinstance(high, Constant):
            least, most = float(low.value), float(high.value)
            if least > most:
                message = f"got between {least:g} and {most:g}, expected the lower bound first"
                raise WrongKind(low.position, message)
        return Between(part.position, _depth(part, low, high), "truth", part, low, high)

    @staticmethod
    def _known(parts: list[Any]) -> Node:
        node = parts[0]
        return Known(node.position, _depth(node), "truth", node, parts[2] == "known")

    @staticmethod
    def _arithmetic(parts: list[Any]) -> Node:
        nodes = parts[::2]
        for node in nodes:
            expect(node, "number", node.kind)
        signs = [_SIGNS.get(str(token), str(token)) for token in parts[1::2]]
        rest = tuple(zip(signs, nodes[1:], strict=True))
        return Arithmetic(nodes[0].position, _depth(*nodes), "number", nodes[0], rest)

    @staticmethod
    def _signed(parts: list[Any]) -> Node:
        sign, node = parts
        expect(node, "number", node.kind)
        if sign == "+":
            return Arithmetic(sign.start_pos, _depth(node), "number", node, ())
        return Negative(sign.start_pos, _depth(node), "number", node)

    @staticmethod
    def _number(parts: list[Any]) -> Node:
        token = parts[0]
        digits = str(token).rstrip("%").strip()
        value = float(digits)
        if not math.isfinite(value):
            raise WrongKind(token.start_pos, "this number is too large")
        return Constant(token.start_pos, 1, "number", value / 100 if token.endswith("%") else value)

    @staticmethod
    def _quoted(parts: list[Any]) -> Node:
        return Constant(parts[0].start_pos, 1, "text", str(parts[0])[1:-1])

    def _name(self, parts: list[Any]) -> Node:
        token = parts[0]
        name = str(token)
        if name not in self._names:
            near = difflib.get_close_matches(name, self._names, n=3, cutoff=0.6)
            known = near or sorted(self._names)[:12]
            more = "" if near or len(self._names) <= len(known) else ", …"
            listed = ", ".join(known) if known else "no name at all"
            raise WrongKind(
                token.start_pos, f"nothing is called {name!r} here, expected {listed}{more}"
            )
        self.used[name] = min(token.start_pos, self.used.get(name, token.start_pos))
        return Name(token.start_pos, 1, self._kinds.get(name), name)


def _depth(*nodes: Node) -> int:
    return 1 + max(node.depth for node in nodes)


def _refused(text: str, message: str) -> str:
    shown = re.sub(r"\s+", " ", text.strip())
    if len(shown) > 3 * _SHOWN_CHARACTERS:
        shown = f"{shown[: 3 * _SHOWN_CHARACTERS]}…"
    return f"the expression {shown!r} cannot be used: {message}"


def _refuse_unread(text: str, error: UnexpectedInput) -> NoReturn:
    """Say where reading stopped, what stands there and what could have."""
    at = error.pos_in_stream
    position = len(text) if at is None or at < 0 else min(at, len(text))
    rest = text[position : position + _SHOWN_CHARACTERS].strip()
    expected: set[str] = set()
    for known in ("accepts", "expected", "allowed"):
        expected = expected or set(getattr(error, known, None) or ())
    if getattr(getattr(error, "token", None), "type", "") == "$END":
        position, rest = len(text), ""
    options = [plainly for name, plainly in _EXPECTED.items() if name in expected]
    got = repr(rest) if rest else "the end"
    wanted = f", expected {' or '.join(options)}" if options else ""
    raise DefinitionInvalid(
        _refused(text, f"at character {position + 1}: got {got}{wanted}"), remedy=_REMEDY
    ) from None
