"""Choosing what is in use: checked against everything that would read it, then kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conversation.errors import BadInput, EntenduError
from serving.definitions import Definitions
from serving.scoring import question_models_of

if TYPE_CHECKING:
    from conversation.conversation import Channel
    from nlu.taxonomy import Taxonomy
    from quality.scorecard import Scorecard
    from serving.in_use.values import Use
    from serving.resources import Resources


def use_reasons(
    resources: Resources, taxonomy: Taxonomy | None, *, by: str, after: int | None
) -> Use:
    """Use own reasons from now on, or those of the settings again.

    What judges them is made before they count, so that no conversation waits for it.

    Args:
        resources: Of the service.
        taxonomy: That was published; None: those of the settings.
        by: Id of who chooses.
        after: See :meth:`serving.in_use.choices.Choices.use`.

    Raises:
        BadInput: The routing table of the settings names a reason that they lack.
        ChangedMeanwhile: Somebody else chose meanwhile.
    """
    current = resources.in_use
    chosen = replace(current.look().chosen, taxonomy=taxonomy)
    proposed = Definitions(resources.settings, chosen)
    try:
        _ = proposed.routing
    except EntenduError as error:
        raise BadInput(
            f"the routing table of the settings does not fit these reasons: {error.message}",
            remedy="keep the codes that it names, or change the setting `routing`",
        ) from error
    if taxonomy is not None:
        proposed.scorer(resources.encoder, resources.pool.compute)
    use = current.choices.use("reasons", taxonomy, by=by, after=after)
    current.look()
    return use


def use_card(
    resources: Resources,
    card: Scorecard | None,
    *,
    channel: Channel | None,
    by: str,
    after: int | None,
) -> Use:
    """Score new conversations with a published card, or with the usual one again.

    Args:
        resources: Of the service.
        card: That was published; None: the usual one.
        channel: Only conversations of this channel; None: those of all that have no own choice.
        by: Id of who chooses.
        after: See :meth:`serving.in_use.choices.Choices.use`.

    Raises:
        BadInput: The card is meant for other channels, or asks a model that is not there.
        ChangedMeanwhile: Somebody else chose meanwhile.
    """
    if card is not None:
        if card.channels and channel not in card.channels:
            raise BadInput(
                f"the scorecard {card.name} {card.version} is meant for "
                f"{', '.join(card.channels)}, got {channel or 'all channels'}",
                remedy="choose one of its channels, or publish a version for others",
            )
        try:
            question_models_of(card, resources.settings.scorecard, resources.encoder.reference)
        except EntenduError as error:
            raise BadInput(
                f"the scorecard {card.name} {card.version} asks a trained model: {error.message}",
                remedy="give its file to the setting `scorecard`: the models lie beside it",
            ) from error
    use = resources.in_use.choices.use("scorecard", card, by=by, channel=channel, after=after)
    resources.in_use.look()
    return use
