"""``/v1/definitions``: which contact reasons and scorecards are in use, chosen while it runs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from conversation.conversation import Channel
from conversation.errors import BadInput, ChangedMeanwhile
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.in_use.choices import PublishedReasons
from serving.in_use.choosing import use_card, use_reasons
from serving.in_use.trying_reasons import MAX_TRIED, TriedOne, newest, try_reasons
from serving.in_use.values import Use
from serving.reviewing.taxonomies import read_taxonomy
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.reasons import TAXONOMY_YAML, TaxonomyText
from serving.service import Service

router = APIRouter(prefix="/v1/definitions", tags=["definitions"])

Reader = Annotated[Principal, Depends(allowed(Permission.SCORECARDS_READ))]
Writer = Annotated[Principal, Depends(allowed(Permission.SCORECARDS_WRITE))]
Chooser = Annotated[Principal, Depends(allowed(Permission.DEFINITIONS_USE))]

_MOST_CHOICES = 50
_Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]+$")]
_Version = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00]+$")]


class ReasonsInUse(BaseModel):
    """The contact reasons that new conversations are given."""

    name: str
    version: str
    sha256: str = Field(description="Of what they say.")
    origin: Literal["shipped", "settings", "published"] = Field(
        description="`published`: an administrator chose them; else what the settings name."
    )
    default_name: str = Field(description="Of those that the settings name, or that are shipped.")
    default_version: str
    default_is_trained: bool = Field(
        description="Whether the default is a trained model, which own reasons do without."
    )
    use: Use | None = Field(description="The last choice; null where nobody ever chose.")


class CardInUse(BaseModel):
    """The scorecard that new conversations of a channel are scored with."""

    channel: Channel
    name: str
    version: str
    sha256: str
    origin: Literal["shipped", "settings", "published"]
    use: Use | None = Field(description="The choice that it comes from; null for the usual card.")


class DefinitionsInUse(BaseModel):
    """What is in use now, and what was chosen before."""

    reasons: ReasonsInUse
    scorecards: list[CardInUse] = Field(description="One a channel.")
    choices: list[Use] = Field(description="The last choice of each kind and channel.")
    published_reasons: list[PublishedReasons] = Field(description="Own ones, the newest first.")
    history: list[Use] = Field(description="The last 50 choices, the newest first.")


class UseReasons(BaseModel):
    """Which contact reasons are to be used."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": None, "version": None}]}
    )

    name: _Name | None = Field(description="Of published ones; null: those of the settings again.")
    version: _Version | None = Field(description="Of them; null with a name that is null.")


class UseCard(BaseModel):
    """Which scorecard is to be used."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"channel": "phone", "name": "inbound", "version": "1.1"}]},
    )

    channel: Channel | None = Field(
        default=None, description="Only for its conversations; null: for all without a choice."
    )
    name: _Name | None = Field(description="Of a card; null: the usual one again.")
    version: _Version | None = Field(description="Of it; null with a name that is null.")


class ReasonsPublished(PublishedReasons):
    """Reasons that stay as they are from now on."""

    is_new: bool = Field(description="Whether they were published now.")


class TryReasons(BaseModel):
    """Own reasons, and on what they are tried."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"taxonomy": TAXONOMY_YAML, "newest": 20}]}
    )

    taxonomy: Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)] = Field(
        description="YAML."
    )
    newest: int = Field(
        default=20, ge=1, le=MAX_TRIED, description="Conversations, the newest first."
    )


class ReasonsTried(BaseModel):
    """What own reasons would say; nothing of it is kept."""

    tried: int = Field(description="Conversations that were read.")
    changed: int = Field(description="Those that would have another reason.")
    without_before: int = Field(description="Those without a reason now.")
    without_after: int = Field(description="Those without one then.")
    data: list[TriedOne] = Field(description="Those that change first.")


@router.get("", summary="What is in use", responses=problems(401, 403))
def get_definitions(service: ServiceInUse, principal: Reader) -> DefinitionsInUse:
    """Say which reasons and scorecards new conversations get, since when and by whose choice."""
    del principal
    return in_use(service)


@router.post(
    "/reasons",
    status_code=201,
    summary="Publish own reasons",
    responses={
        200: {"model": ReasonsPublished, "description": "They were published before."},
        **problems(401, 403, 409, 422),
    },
)
def publish_reasons(
    wanted: TaxonomyText, service: ServiceInUse, principal: Writer, response: Response
) -> ReasonsPublished:
    """Keep a version of own contact reasons for good; it is not in use before it is chosen.

    The same again changes nothing; another content under the same version is refused.
    """
    taxonomy = read_taxonomy(wanted.taxonomy)
    published, is_new = service.resources.in_use.choices.publish(taxonomy, by=principal.id)
    if is_new:
        note(
            service, principal, "reasons.publish", "reasons", published.name,
            version=published.version, sha256=published.sha256,
        )  # fmt: skip
    else:
        response.status_code = 200
    return ReasonsPublished(**published.model_dump(), is_new=is_new)


@router.post(
    "/reasons/preview", summary="Try own reasons", responses=problems(401, 403, 409, 422, 503)
)
def preview_reasons(wanted: TryReasons, service: ServiceInUse, principal: Writer) -> ReasonsTried:
    """Find the reasons of past conversations anew; nothing is kept and no version is used up."""
    taxonomy = read_taxonomy(wanted.taxonomy)
    resources, seen = service.resources, visible(principal)
    resources.in_use.choices.check(taxonomy)
    tried = try_reasons(resources, taxonomy, newest(resources, seen, wanted.newest), seen)
    note(service, principal, "reasons.preview", "reasons", taxonomy.name, conversations=len(tried))
    return ReasonsTried(
        tried=len(tried),
        changed=sum(one.differs for one in tried),
        without_before=sum(one.before.code is None for one in tried),
        without_after=sum(one.after.code is None for one in tried),
        data=sorted(tried, key=lambda one: not one.differs),
    )


@router.put(
    "/reasons", summary="Choose the reasons", responses=problems(401, 403, 404, 412, 422, 503)
)
def choose_reasons(
    wanted: UseReasons, request: Request, service: ServiceInUse, principal: Chooser
) -> DefinitionsInUse:
    """Give new conversations other reasons from now on: own ones, or those of the settings.

    Jobs, live calls and lists follow without a restart, other processes within seconds. What was
    analysed keeps its reasons and says which version they are of. With `If-Match`, the `turn` of
    the choice that was seen (0: none), the choice is refused where somebody else chose meanwhile.
    """
    resources = service.resources
    named = _named(wanted.name, wanted.version)
    taxonomy = None if named is None else resources.in_use.choices.taxonomy(*named)
    use = use_reasons(resources, taxonomy, by=principal.id, after=_seen(request))
    _tell(service, principal, use)
    return in_use(service)


@router.put(
    "/scorecard", summary="Choose the scorecard", responses=problems(401, 403, 404, 412, 422, 503)
)
def choose_scorecard(
    wanted: UseCard, request: Request, service: ServiceInUse, principal: Chooser
) -> DefinitionsInUse:
    """Score new conversations with a version of a card from now on, those of a channel or all.

    `If-Match` as for the reasons. What was scored keeps its score; ask for
    `POST /v1/evaluations/scoring` to score it anew.
    """
    resources = service.resources
    named = _named(wanted.name, wanted.version)
    card = None if named is None else resources.cards.published(*named)
    use = use_card(
        resources, card, channel=wanted.channel, by=principal.id, after=_seen(request)
    )  # fmt: skip
    _tell(service, principal, use)
    return in_use(service)


def in_use(service: Service) -> DefinitionsInUse:
    """Return what is in use now."""
    resources = service.resources
    definitions, choices = resources.definitions, resources.in_use.choices
    history = choices.history()
    last = choices.last_of(history)
    taxonomy, usual = definitions.taxonomy, definitions.default_taxonomy
    own = definitions.chosen
    set_reasons = service.settings.reasons is not None
    return DefinitionsInUse(
        reasons=ReasonsInUse(
            name=taxonomy.name, version=taxonomy.version, sha256=taxonomy.sha256,
            origin="published" if own.taxonomy else "settings" if set_reasons else "shipped",
            default_name=usual.name, default_version=usual.version,
            default_is_trained=definitions.is_trained, use=last.get(("reasons", None)),
        ),
        scorecards=[
            CardInUse(
                channel=channel, name=card.name, version=card.version, sha256=card.sha256,
                origin="published" if channel in own.cards or None in own.cards
                else "settings" if definitions.scorecard else "shipped",
                use=last.get(("scorecard", channel if channel in own.cards else None))
                if own.cards else None,
            )
            for channel, card in resources.cards.by_channel().items()
        ],
        choices=list(last.values()),
        published_reasons=list(choices.published()),
        history=list(history[:_MOST_CHOICES]),
    )  # fmt: skip


def _named(name: str | None, version: str | None) -> tuple[str, str] | None:
    if name is None and version is None:
        return None
    if name is None or version is None:
        raise BadInput(
            "got a name or a version alone, expected both or neither",
            remedy="name what is to be used with its version; send null for both to go back",
        )
    return name, version


def _seen(request: Request) -> int | None:
    """Return the turn that ``If-Match`` names; None: whichever."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    plain = given.strip().strip('"')
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise ChangedMeanwhile(
            "If-Match names no turn of a choice",
            remedy='send the turn that GET /v1/definitions shows, as "3"; "0" where there is none',
        )
    return int(plain)


def _tell(service: Service, principal: Principal, use: Use) -> None:
    detail = {"version": use.version, "channel": use.channel, "turn": use.turn}
    note(
        service, principal, f"{use.kind}.use", use.kind, use.name or "default",
        **{name: value for name, value in detail.items() if value is not None},
    )  # fmt: skip
