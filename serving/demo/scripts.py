"""The dialogues of the demonstration, as they are written down."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation.conversation import Channel, Direction
from conversation.errors import DefinitionInvalid
from quality.yaml_files import parse_yaml

When = Literal["always", "outage", "rising", "fading"]
"""``outage``: in the bad week; ``rising``: more each day of the last two weeks; ``fading``: until
the middle of the period."""

_LINE = re.compile(r"^(?P<speaker>[AC])(?P<cuts_in>>?):\s*(?P<text>.+)$")
_SILENCE = re.compile(r"^\((?P<seconds>\d+)\)$")
_SPEAKERS: dict[str, Literal["agent", "customer"]] = {"A": "agent", "C": "customer"}


class Line(BaseModel):
    """Something that is said.

    Attributes:
        speaker: By whom.
        text: With ``{agent}`` and ``{client}`` where names stand.
        silence_s: Nobody says anything before it for so long, beyond the usual pause.
        cuts_in: Whether it begins before the line above has ended.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    speaker: Literal["agent", "customer"]
    text: str
    silence_s: float = 0.0
    cuts_in: bool = False


class Script(BaseModel):
    """One dialogue, replayed on several days with other people.

    Attributes:
        id: Of the dialogue.
        brand: Whose customers call: ``telecom`` or ``banque``.
        queue: Where it comes in.
        channel: How.
        direction: Who contacts whom.
        customer: Whether a woman or a man calls, as the words have it.
        weight: How often it is replayed, compared with others.
        when: On which days.
        follows: Dialogues some days after which the same customer comes back with this one.
        subject: Of an e-mail.
        sample: File of ``examples/conversations`` that is replayed as it is; None: ``text``.
        agent: Key of who takes it; None: anybody of the queue.
        caller: Key of who calls; None: anybody.
        in_short: Whether it belongs to a small demonstration, too.
        text: Its lines: ``A: …``, ``C: …``; ``C>: …`` cuts in; ``(20)`` is a silence in seconds.
            An e-mail's paragraphs are set off by `` / ``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,40}$")
    brand: Literal["telecom", "banque"]
    queue: str
    channel: Channel = "phone"
    direction: Direction = "inbound"
    customer: Literal["f", "m"] = "f"
    weight: float = Field(default=1.0, gt=0)
    when: When = "always"
    follows: tuple[str, ...] = ()
    subject: str | None = None
    sample: str | None = None
    agent: str | None = None
    caller: str | None = None
    in_short: bool = False
    text: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is said, in order.

        Raises:
            DefinitionInvalid: A line is written in another way.
        """
        found: list[Line] = []
        silence_s = 0.0
        for written in filter(None, map(str.strip, self.text.splitlines())):
            pause = _SILENCE.match(written)
            if pause is not None:
                silence_s = float(pause["seconds"])
                continue
            line = _LINE.match(written)
            if line is None:
                raise DefinitionInvalid(
                    f"dialogue {self.id}: {written[:60]!r} is no line",
                    remedy="begin it with A: or C:, or write a silence as (20)",
                )
            found.append(
                Line(
                    speaker=_SPEAKERS[line["speaker"]],
                    text=line["text"].replace(" / ", "\n\n"),
                    silence_s=silence_s,
                    cuts_in=bool(line["cuts_in"]),
                )
            )
            silence_s = 0.0
        return tuple(found)


@cache
def scripts() -> tuple[Script, ...]:
    """Return all dialogues, in the order of their files.

    Raises:
        DefinitionInvalid: A file breaks the rules, or two dialogues have one id.
    """
    found: list[Script] = []
    folder = resources.files("serving.demo") / "dialogues"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            values = parse_yaml(file.read_text("utf-8"), name=file.name)
            if not isinstance(values, list):
                raise DefinitionInvalid(f"{file.name} holds no list of dialogues")
            found += [Script.model_validate(one) for one in values]
    ids = [one.id for one in found]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        raise DefinitionInvalid(f"the dialogue {min(twice)} is there twice")
    return tuple(found)
