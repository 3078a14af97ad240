"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conversation.errors import BadInput

if TYPE_CHECKING:
    from serving.vcon_calls import ChannelRoles

DeviceOption = Annotated[
    str | None,
    typer.Option("--device", metavar="cpu|cuda[:N]|auto", help="Where models run; auto if left."),
]
ComputeTypeOption = Annotated[
    str | None,
    typer.Option(
        "--compute-type", help="Number format of transcription: int8, float32, float16, …"
    ),
]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", help="CPU threads; 0: all that may be used.")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Data folder (models, caches, store).")
]
KbOption = Annotated[
    Path | None,
    typer.Option("--kb", metavar="DIR", help="Folder of knowledge documents to answer from."),
]
ReasonsOption = Annotated[
    str | None,
    typer.Option(
        "--reasons",
        metavar="FILE|DIR",
        help="Contact reasons: a YAML file, a folder of `entendu train reasons`, or telecom, "
        "banque, ecommerce. All three if left.",
    ),
]
RoutingOption = Annotated[
    str | None,
    typer.Option(
        "--routing",
        metavar="FILE",
        help="Queues and skills: a YAML file, or telecom, banque, ecommerce. The sector's if left.",
    ),
]
CentreOption = Annotated[
    Path | None,
    typer.Option(
        "--centre", metavar="FILE", help="YAML: the centre's products, order and customer numbers."
    ),
]
RedactOption = Annotated[
    str | None,
    typer.Option(
        "--redact",
        metavar="cards|default|FILE",
        help="Removed before anything is kept: card data (always), all personal data, or what a "
        "policy says.",
    ),
]
ScorecardOption = Annotated[
    str | None,
    typer.Option(
        "--scorecard",
        metavar="FILE",
        help="Scorecard: a YAML file, or inbound, written, sales, support_en. The channel's own "
        "if left.",
    ),
]
CategoriesOption = Annotated[
    Path | None,
    typer.Option(
        "--categories",
        metavar="FILE",
        help="Named events to look for, such as complaint or legal threat (YAML). The shipped "
        "ones if left.",
    ),
]
GatesOption = Annotated[
    Path | None,
    typer.Option(
        "--gates",
        metavar="FILE",
        help="How far each question's answer is trusted, as `entendu calibrate --gates` wrote it "
        "(JSON). Every answer counts as a draft if left.",
    ),
]
SamplingOption = Annotated[
    Path | None,
    typer.Option(
        "--sampling",
        metavar="FILE",
        help="Sampling rule (YAML): only the contacts that it draws are scored, and the team's "
        "score is estimated from them.",
    ),
]
AgentKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--agent-key",
        metavar="FILE",
        help="Secret of the pseudonymous agent ids; made where there is none. agent.key in "
        "the data folder if left.",
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--language", metavar="fr|en|auto", help="Found for each conversation if left."),
]
ChannelsOption = Annotated[
    str | None,
    typer.Option(
        "--channels",
        metavar="0=agent,1=customer",
        help="Who is on which channel of stereo recordings. Found from what is said if left.",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME|DIR",
        help="Transcription model: whisper-base, large-v3-turbo, OWNER/NAME of the hub or a "
        "folder.",
    ),
]
PairOption = Annotated[
    bool,
    typer.Option("--pair", help="Two files are one call: the agent's file, then the customer's."),
]
SpeakersOption = Annotated[
    int | None,
    typer.Option(
        "--speakers", min=1, max=6, help="How many people speak in mono recordings. Found if left."
    ),
]
RawOption = Annotated[
    str | None,
    typer.Option(
        "--raw",
        metavar="mulaw:8000",
        help="Files without a header: encoding, rate and channels (alaw:8000:2, s16le:16000).",
    ),
]
VocabularyOption = Annotated[
    Path | None,
    typer.Option(
        "--vocabulary",
        metavar="FILE",
        help="Names of the centre, one a line: words that sound like one are written so.",
    ),
]
HotwordsOption = Annotated[
    str | None,
    typer.Option(
        "--hotwords", metavar='"A, B"', help="Words to listen for, with commas between them."
    ),
]
SpokenNumbersOption = Annotated[
    bool,
    typer.Option("--spoken-numbers", help="Leave numbers and amounts as they were said."),
]


def sides(channels: str | None, *, pair: bool) -> ChannelRoles | None:
    """Return who is on which channel; None where it is to be found out.

    Args:
        channels: What ``--channels`` says.
        pair: Whether ``--pair`` was given.

    Raises:
        BadInput: ``--channels`` is not as expected, or given with ``--pair``.
    """
    from speech import parse_channels

    if not pair:
        return None if channels is None else parse_channels(channels)
    if channels is not None:
        raise BadInput(
            "--pair and --channels were both given",
            remedy="with --pair the first file is the agent's, the second the customer's",
        )
    return ((0, "agent"), (1, "customer"))
