"""What is asked of ``/v1/chat/completions``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import PydanticCustomError

from serving.routes.uploads import refusal

MAX_MESSAGES = 500
MAX_PARTS = 100
MAX_TEXT = 100_000
MAX_QUESTION = 4000


class TextPart(BaseModel):
    """A part of a message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["text", "input_text", "output_text"]
    text: str = Field(max_length=MAX_TEXT)


class ChatMessage(BaseModel):
    """One message of the dialogue.

    Of what assistants said before, clients send back what they were given (annotations, refusal,
    …); that is not read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: (
        Annotated[str, Field(max_length=MAX_TEXT)]
        | Annotated[list[TextPart], Field(max_length=MAX_PARTS)]
        | None
    ) = None

    @field_validator("content", mode="wrap")
    @classmethod
    def _text_alone(cls, value: object, read: ValidatorFunctionWrapHandler) -> object:
        try:
            return read(value)
        except ValidationError as error:
            raise PydanticCustomError(
                "content",
                "expected a text or a list of at most {parts} parts of the type text, with at "
                "most {most} characters each; this model reads nothing else",
                {"parts": MAX_PARTS, "most": MAX_TEXT},
            ) from error

    @property
    def text(self) -> str:
        """All that is written in it."""
        if isinstance(self.content, str):
            return self.content.strip()
        return "\n".join(part.text for part in self.content or ()).strip()


class StreamOptions(BaseModel):
    """How the answer is streamed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    include_usage: bool = False


_NO_EFFECT = "No effect: the answer is in the words of a document, nothing is drawn by chance."


class ChatRequest(BaseModel):
    """A question to the knowledge base, in a dialogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(max_length=200, examples=["entendu-kb"])
    messages: list[ChatMessage] = Field(
        min_length=1,
        max_length=MAX_MESSAGES,
        description="The last message of the user is the question; what was asked before it helps "
        "to understand a short one. `system` and `developer` messages are not obeyed.",
        examples=[[{"role": "user", "content": "Ma box clignote en rouge, que faire ?"}]],
    )
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    tools: list[Any] | None = Field(default=None, description="Refused unless empty.")
    tool_choice: Any = Field(default=None, description="Refused unless `none` or `auto`.")
    functions: list[Any] | None = Field(default=None, description="Refused unless empty.")
    function_call: Any = Field(default=None, description="Refused unless `none` or `auto`.")
    response_format: dict[str, Any] | None = Field(
        default=None, description='Only `{"type": "text"}`.'
    )
    temperature: float | None = Field(default=None, ge=0, le=2, description=_NO_EFFECT)
    top_p: float | None = Field(default=None, ge=0, le=1, description=_NO_EFFECT)
    seed: int | None = Field(default=None, description=_NO_EFFECT)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2, description=_NO_EFFECT)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2, description=_NO_EFFECT)
    max_tokens: int | None = Field(
        default=None, ge=1, description="No effect: an answer has 60 words at most."
    )
    max_completion_tokens: int | None = Field(
        default=None, ge=1, description="No effect: an answer has 60 words at most."
    )
    stop: Annotated[str, Field(max_length=1000)] | list[str] | None = Field(
        default=None, description=_NO_EFFECT
    )
    user: str | None = Field(default=None, max_length=512, description="Not read.")
    safety_identifier: str | None = Field(default=None, max_length=512, description="Not read.")
    metadata: dict[str, str] | None = Field(default=None, description="Not kept.")
    store: Literal[False] | None = Field(default=None, description="Nothing is kept.")

    def check(self) -> None:
        """Refuse what cannot be done, rather than do something else in silence.

        Raises:
            RequestValidationError: Tools are to be called, or there is no question.
        """
        if self.tools or self.functions:
            name = "tools" if self.tools else "functions"
            raise refusal(name, "this model calls no tools; leave them out")
        for name, choice in (
            ("tool_choice", self.tool_choice), ("function_call", self.function_call),
        ):  # fmt: skip
            if choice not in (None, "none", "auto"):
                raise refusal(name, "this model calls no tools; leave it out")
        if self.response_format is not None and self.response_format.get("type") != "text":
            raise refusal("response_format", "this model answers in text only")
        if not self.question:
            raise refusal("messages", "there is no message of a user with a question in it")
        if len(self.question) > MAX_QUESTION:
            raise refusal(
                "messages",
                f"the question has {len(self.question)} characters, {MAX_QUESTION} are accepted",
            )

    @property
    def question(self) -> str:
        """The last message of the user."""
        return self._asked[-1] if self._asked else ""

    @property
    def context(self) -> str:
        """What the user said just before, empty where nothing was."""
        return self._asked[-2][-MAX_QUESTION:] if len(self._asked) > 1 else ""

    @property
    def _asked(self) -> list[str]:
        return [one.text for one in self.messages if one.role == "user" and one.text]
