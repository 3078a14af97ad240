"""What to look for: the types, the centre's own numbers, and what is never a name."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversation.errors import DefinitionInvalid
from nlu.personal_data.kinds import PERSONAL_DATA_TYPES, PersonalDataType

_LONGEST_PATTERN = 500
_PROGRAM_BYTES = 1 << 20


class PersonalDataSettings(BaseModel):
    """What to look for.

    Attributes:
        types: Only these are reported.
        names: Whether names of people are looked for; the only part that is not about numbers
            and addresses.
        name_models: Whether names are also read by the models of spaCy, which find more and take
            seconds to load; None: only where a policy removes names.
        customer_number_patterns: Regular expressions of the centre's customer numbers, in the
            syntax of RE2, which takes linear time: no backreferences, no look-around. A number
            that is dictated is tried in its written form ("C L 12 34" as ``CL1234``).
        order_number_patterns: The same for order numbers.
        never_names: Products, brands and places that are not to be taken for names of people,
            upper or lower case alike.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: frozenset[PersonalDataType] = frozenset(PERSONAL_DATA_TYPES)
    names: bool = True
    name_models: bool | None = None
    customer_number_patterns: tuple[str, ...] = ()
    order_number_patterns: tuple[str, ...] = ()
    never_names: tuple[str, ...] = Field(default=())

    @model_validator(mode="after")
    def _patterns_compile(self) -> Self:
        for pattern in (*self.customer_number_patterns, *self.order_number_patterns):
            compile_pattern(pattern)
        return self


DEFAULT_SETTINGS = PersonalDataSettings()


def compile_pattern(pattern: str) -> Any:  # noqa: ANN401 - google-re2 has no types
    """Compile a centre's regular expression for an engine that takes linear time.

    Args:
        pattern: In the syntax of RE2 (https://github.com/google/re2/wiki/Syntax).

    Returns:
        The compiled pattern of google-re2.

    Raises:
        DefinitionInvalid: RE2 does not read it, it is too long, or it matches the empty text.
    """
    import re2

    options = re2.Options()
    options.max_mem = _PROGRAM_BYTES
    options.log_errors = False
    if len(pattern) > _LONGEST_PATTERN:
        raise DefinitionInvalid(
            f"the pattern {pattern[:40]!r}… has {len(pattern)} characters, "
            f"at most {_LONGEST_PATTERN} are read",
            remedy="write a shorter one, or several",
        )
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "not readable"
        shown = reason.decode() if isinstance(reason, bytes) else reason
        raise DefinitionInvalid(
            f"the pattern {pattern!r} cannot be used: {shown}",
            remedy="write it in the syntax of RE2, without backreferences and look-around",
        ) from None
    if compiled.fullmatch(""):
        raise DefinitionInvalid(
            f"the pattern {pattern!r} matches the empty text",
            remedy="ask for at least one character",
        )
    return compiled
