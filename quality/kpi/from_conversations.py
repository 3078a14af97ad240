"""Figures of analysed conversations alone: what a centre without any other data gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality.kpi.contacts import Contact
from quality.kpi.estimates import mean, ratio, share
from quality.kpi.figure import Figure, Note, count, figure, without
from quality.kpi.reply_times import ReplyClock
from quality.kpi.settings import KpiSettings

if TYPE_CHECKING:
    from quality.kpi.repeats import Follow

_FROM = "conversations"
_NO_SPEECH: Note = ("aucun enregistrement", "no recording")
_PICK_UP: Note = (
    "approché : suppose que l'enregistrement commence au décroché, mises en attente estimées",
    "approximate: takes the recording to start at the answer, holds are estimated",
)
_HOLD: Note = (
    "approché : silences et mots (« ne quittez pas ») ; la téléphonie a la valeur exacte",
    "approximate: silences and words (“please hold”); telephony has the exact figure",
)
_WORDS: Note = ("d'après les mots : borne basse", "from words: lower bound")
_LOWER: Note = (
    "borne basse : seulement ce que le client dit", "lower bound: only what customers say",
)  # fmt: skip
_DRAFT: Note = (
    "brouillons d'une machine, non confirmés ; ni sanction ni classement",
    "a machine's drafts, not confirmed; not for discipline, not for ranking",
)
_MIXED: Note = (
    "des enregistrements mono : chevauchements et parts approchés",
    "some recordings are mono: overlaps and shares are approximate",
)
_MODEL: Note = (
    "estimation d'un modèle : ni CSAT ni FCR, à comparer à vos enquêtes",
    "a model's estimate: neither CSAT nor FCR; compare it with your surveys",
)


def conversation_figures(
    contacts: Sequence[Contact], follow: Follow, *, settings: KpiSettings, by_reason: bool
) -> list[Figure]:
    """Compute what conversations alone tell.

    Args:
        contacts: Of the group.
        follow: Of the same contacts.
        settings: Opening hours.
        by_reason: Whether repeats are of the same reason.
    """
    return [
        count("contacts", len(contacts), len(contacts), _FROM),
        *_replies(contacts, settings),
        *_speech(contacts),
        *_resolution(contacts),
        *_repeats(contacts, follow, by_reason=by_reason),
        *_quality(contacts),
    ]


def _replies(contacts: Sequence[Contact], settings: KpiSettings) -> list[Figure]:
    replies = [each.reply for each in contacts if each.reply is not None]
    if not replies:
        missing = ("aucune conversation écrite datée", "no dated written conversation")
        names = ("first_reply_mean", "first_reply_median", "first_reply_p90")
        return [without(name, missing, _FROM) for name in names]
    clock = ReplyClock(settings)
    waits = [
        clock.wait_s(reply.received_at, reply.replied_at)
        for reply in replies
        if reply.replied_at is not None
    ]
    return clock.figures(waits, _FROM, unanswered=len(replies) - len(waits))


def _speech(contacts: Sequence[Contact]) -> list[Figure]:
    import numpy as np

    times = [each.speech for each in contacts if each.speech is not None]
    if not times:
        names = ("dmc", "hold", "silence_share", "overlap_share", "agent_talk_share", "agent_rate")
        return [without(name, _NO_SPEECH, _FROM) for name in names]
    duration = np.array([each.duration_s for each in times])
    hold = np.array([each.hold_s for each in times])
    talk = np.array([each.talk_s for each in times])
    agent = np.array([each.agent_talk_s for each in times])
    words = np.array([60.0 * each.agent_words for each in times])
    mixed = any(each.approximate for each in times)
    notes = (_MIXED,) if mixed else ()
    return [
        figure("dmc", mean(duration - hold), _FROM, approximate=True, notes=(_PICK_UP,)),
        figure("hold", mean(hold), _FROM, approximate=True, notes=(_HOLD,)),
        figure(
            "silence_share", ratio(np.array([each.silence_s for each in times]), duration), _FROM
        ),
        figure(
            "overlap_share", ratio(np.array([each.overlap_s for each in times]), talk), _FROM,
            approximate=mixed, notes=notes,
        ),
        figure("agent_talk_share", ratio(agent, talk), _FROM, approximate=mixed, notes=notes),
        figure("agent_rate", ratio(words, agent), _FROM),
    ]  # fmt: skip


def _resolution(contacts: Sequence[Contact]) -> list[Figure]:
    n = len(contacts)
    told = [each.outcome for each in contacts if each.outcome is not None]
    promised = [each.commitments for each in contacts]
    return [
        figure(
            "transfer_rate", share(sum(outcome == "transferred" for outcome in told), n), _FROM,
            approximate=True, notes=(_WORDS,),
        ),
        figure(
            "outcome_resolved", share(sum(outcome == "resolved" for outcome in told), len(told)),
            _FROM, approximate=True, notes=(_MODEL,),
        ),
        figure(
            "repeat_stated", share(sum(each.repeat_stated for each in contacts), n), _FROM,
            approximate=True, notes=(_LOWER,),
        ),
        count("commitments", sum(promised), n, _FROM),
        figure("commitment_share", share(sum(number > 0 for number in promised), n), _FROM),
    ]  # fmt: skip


def _repeats(contacts: Sequence[Contact], follow: Follow, *, by_reason: bool) -> list[Figure]:
    if not any(each.customer_key for each in contacts):
        missing = ("clé client et date des conversations", "customer key and time of conversations")
        return [without(name, missing, _FROM) for name in ("fcr_proxy", "repeat_rate")]
    notes: list[Note] = [
        (
            "entre les conversations analysées seulement",
            "among the conversations that were analysed only",
        )
    ]
    if not by_reason:
        notes.append(("tout nouveau contact du même client compte", "any further contact counts"))
    return [
        figure("fcr_proxy", follow.first_contact_rate(), _FROM, approximate=True, notes=notes),
        figure("repeat_rate", follow.repeat_rate(), _FROM, approximate=True, notes=notes),
    ]


def _quality(contacts: Sequence[Contact]) -> list[Figure]:
    import numpy as np

    n = len(contacts)
    scores = np.array([each.score_100 for each in contacts if each.score_100 is not None])
    evaluated = [each for each in contacts if each.evaluated]
    return [
        figure("quality_score", mean(scores), _FROM, notes=(_DRAFT,)),
        figure(
            "eliminatory_rate",
            share(sum(each.eliminatory > 0 for each in evaluated), len(evaluated)),
            _FROM, notes=(_DRAFT,),
        ),
        figure("complaint_rate", share(sum(each.complaint for each in contacts), n), _FROM),
        figure("other_rate", share(sum(each.is_other for each in contacts), n), _FROM),
        figure("no_reason_rate", share(sum(each.reason is None for each in contacts), n), _FROM),
    ]  # fmt: skip
