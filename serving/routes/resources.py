"""The routes for knowledge, dialogues, reviews, reasons, models, figures and redaction."""

from __future__ import annotations

from serving.routes import (
    assist,
    bot,
    calibrations,
    evaluations,
    knowledge,
    kpi,
    models,
    reasons,
    redaction,
    reviews,
    scorecards,
)

ROUTERS = tuple(
    one.router
    for one in (
        knowledge,
        assist,
        bot,
        scorecards,
        evaluations,
        reviews,
        calibrations,
        reasons,
        models,
        kpi,
        redaction,
    )
)
"""In the order in which the description shows them."""
