"""``/v1/scorecards``: cards in versions that stay, checked and tried before they are published."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from conversation.errors import BadInput
from quality.agreement.new_card import card_as_yaml
from quality.scorecard import Scorecard
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.reviewing.card_checks import CardPlace, check_text
from serving.reviewing.cards import CardVersion, conflict_of, problems_of, read_card
from serving.reviewing.rescoring import MAX_PREVIEWED, Compared, preview
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note

router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"])

Reader = Annotated[Principal, Depends(allowed(Permission.SCORECARDS_READ))]
Writer = Annotated[Principal, Depends(allowed(Permission.SCORECARDS_WRITE))]
Code = Annotated[str, Path(max_length=64, description="Name of the card.")]
Version = Annotated[
    str | None, Query(max_length=32, description="Of the card; the one in use if left.")
]
ConversationIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=MAX_PREVIEWED),
]
_CARD_YAML = """name: accueil
version: "1.0"
label: {fr: Accueil, en: Welcome}
sections:
  - id: accueil
    label: {fr: Accueil, en: Welcome}
    items:
      - id: salutation
        label: {fr: L'agent salue le client., en: The agent greets the customer.}
        points: 100
        detector: {kind: greeting}
"""


class CardText(BaseModel):
    """A scorecard as its file writes it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"scorecard": _CARD_YAML}]}
    )

    scorecard: Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)] = Field(
        description="YAML, or JSON, which is YAML, too."
    )


class CardList(BaseModel):
    """All versions of all cards, by name; of one name the newest last."""

    data: list[CardVersion]
    next_cursor: None = Field(default=None, description="Always null: the list is whole.")


class CardDetail(BaseModel):
    """One version of a card."""

    description: CardVersion
    scorecard: dict[str, JsonValue] = Field(description="As a file may write it, in JSON.")


class CardPublished(BaseModel):
    """A version that stays as it is from now on."""

    name: str
    version: str
    sha256: str = Field(description="Of what the card says.")
    published_at: AwareDatetime = Field(description="When this version was first used.")
    is_new: bool = Field(description="Whether it was published now.")


class CardChecked(BaseModel):
    """Whether a card can be published."""

    valid: bool
    problems: list[str] = Field(description="What is wrong, with the place; empty if nothing is.")
    conflict: str | None = Field(
        description="Why this version cannot be published: it was used with other content."
    )
    places: list[CardPlace] = Field(description="The same problems, each with its place.")
    content: dict[str, JsonValue] | None = Field(
        description="What was sent, as JSON, valid or not; null where it is no mapping."
    )
    yaml: str | None = Field(description="What was sent, as a file writes it.")


class PreviewRequest(BaseModel):
    """A card, or a version that there is, and conversations to try it on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "inbound",
                    "conversation_ids": ["8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99"],
                }
            ]
        },
    )

    scorecard: Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)] | None = Field(
        default=None, description="YAML or JSON of a card that was not published."
    )
    name: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="Of a card that there is, instead."
    )
    version: Annotated[str, StringConstraints(max_length=32)] | None = None
    conversation_ids: ConversationIds = Field(description="Analysed conversations.")


class PreviewAnswer(BaseModel):
    """What the card would say; nothing of it is kept."""

    data: list[Compared]


@router.get("", summary="List scorecards", responses=problems(401, 403))
def list_scorecards(service: ServiceInUse, principal: Reader) -> CardList:
    """List the cards that are shipped, set and published, in all versions."""
    del principal
    return CardList(data=list(service.resources.cards.all()))


@router.post("/validate", summary="Check a scorecard", responses=problems(401, 403, 422))
def validate(wanted: CardText, service: ServiceInUse, principal: Reader) -> CardChecked:
    """Say what is wrong with a card, with the place; nothing is kept."""
    del principal
    found = problems_of(wanted.scorecard)
    conflict = None
    if not found:
        conflict = conflict_of(service.resources.cards, read_card(wanted.scorecard))
    checked = check_text(wanted.scorecard)
    return CardChecked(
        valid=not found and conflict is None,
        problems=list(found),
        conflict=conflict,
        places=list(checked.places),
        content=checked.content,
        yaml=checked.yaml,
    )


@router.post("/preview", summary="Try a scorecard", responses=problems(401, 403, 404, 409, 422))
def try_scorecard(
    wanted: PreviewRequest, service: ServiceInUse, principal: Writer
) -> PreviewAnswer:
    """Score past conversations with a card; nothing is kept and no version is used up."""
    if (wanted.scorecard is None) == (wanted.name is None):
        raise BadInput(
            "expected either scorecard or name", remedy="send the card, or name one that there is"
        )
    card: Scorecard
    if wanted.scorecard is not None:
        card = read_card(wanted.scorecard)
    else:
        card = service.resources.cards.get(wanted.name or "", wanted.version)
    ids = list(dict.fromkeys(wanted.conversation_ids))
    compared = preview(service.resources, card, ids, visible(principal))
    for conversation_id in ids:
        note(service, principal, "scorecard.preview", "conversation", conversation_id)
    return PreviewAnswer(data=list(compared))


@router.post(
    "",
    status_code=201,
    summary="Publish a scorecard",
    responses={
        200: {"model": CardPublished, "description": "It was published before."},
        **problems(401, 403, 409, 422),
    },
)
def publish(
    wanted: CardText, service: ServiceInUse, principal: Writer, response: Response
) -> CardPublished:
    """Keep a version for good.

    The same again changes nothing; another content under the same version is refused: raise the
    version instead.
    """
    published, is_new = service.resources.cards.publish(read_card(wanted.scorecard))
    if is_new:
        note(
            service, principal, "scorecard.publish", "scorecard", published.name,
            version=published.version, sha256=published.sha256,
        )  # fmt: skip
    else:
        response.status_code = 200
    return CardPublished(
        name=published.name,
        version=published.version,
        sha256=published.sha256,
        published_at=published.published_at,
        is_new=is_new,
    )


@router.get(
    "/{code}",
    summary="Get a scorecard",
    response_model=CardDetail,
    responses={
        200: {
            "description": "The card; with `format=yaml` as a file.",
            "content": {"application/yaml": {"schema": {"type": "object"}}},
        },
        **problems(401, 403, 404, 422),
    },
)
def get_scorecard(
    code: Code,
    service: ServiceInUse,
    principal: Reader,
    version: Version = None,
    format: Annotated[  # noqa: A002 - the name of the parameter
        Literal["json", "yaml"], Query(description="`yaml`: a file that can be sent again.")
    ] = "json",
) -> CardDetail | Response:
    """Return a version of a card."""
    del principal
    cards = service.resources.cards
    card = cards.get(code, version)
    if format == "yaml":
        return Response(card_as_yaml(card), media_type="application/yaml")
    return CardDetail(
        description=cards.described(card),
        scorecard=card.model_dump(mode="json", exclude_defaults=True),
    )
