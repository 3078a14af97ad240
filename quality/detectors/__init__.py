"""The ways to decide a scorecard question, told apart by ``kind`` in the card."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quality.detectors.base import Detector
from quality.detectors.card_data import CardData
from quality.detectors.closing import Farewell
from quality.detectors.delay import FirstResponse
from quality.detectors.greeting import Greeting
from quality.detectors.identification import AuthenticationOrder, Identification
from quality.detectors.interruptions import LetsSpeak
from quality.detectors.person import Person
from quality.detectors.resolution import NextSteps, Objection, SolutionWithDelay
from quality.detectors.restatement import Restatement
from quality.detectors.said import NotSaid, Said, Statements
from quality.detectors.waiting import HoldAndTransfer
from quality.detectors.wording import Empathy, PositiveWording, WrittenCare

AnyDetector = Annotated[
    Greeting
    | Said
    | NotSaid
    | Statements
    | Identification
    | AuthenticationOrder
    | LetsSpeak
    | Restatement
    | HoldAndTransfer
    | SolutionWithDelay
    | Objection
    | NextSteps
    | Farewell
    | PositiveWording
    | Empathy
    | WrittenCare
    | CardData
    | FirstResponse
    | Person,
    Field(discriminator="kind"),
]

__all__ = ["AnyDetector", "Detector"]
