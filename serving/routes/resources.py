"""The routes for dialogues, reviews, models, figures and redaction."""

from __future__ import annotations

from serving.routes import (
    agreement,
    assist,
    board,
    bot,
    calibrations,
    customers,
    definitions,
    evaluations,
    kept_scorecards,
    kpi,
    models,
    redaction,
    review_queue,
    reviews,
    scorecards,
    settling,
    written,
    written_events,
)

ROUTERS = tuple(
    one.router
    for one in (
        assist,
        bot,
        written,
        written_events,
        customers,
        scorecards,
        agreement,  # before evaluations: its paths would be taken for a conversation's
        evaluations,
        kept_scorecards,
        settling,
        reviews,
        review_queue,
        calibrations,
        definitions,
        models,
        kpi,
        board,
        redaction,
    )
)
"""In the order in which the description shows them."""
