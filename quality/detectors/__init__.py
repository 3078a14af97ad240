"""The ways to decide a scorecard question, told apart by ``kind`` in the card."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quality.detectors.base import Detector
from quality.detectors.card_data import CardData
from quality.detectors.clarity import Clarity
from quality.detectors.closing import Farewell
from quality.detectors.delay import FirstResponse
from quality.detectors.extra import ExtraAdvice
from quality.detectors.greeting import Greeting
from quality.detectors.handled import RequestsHandled
from quality.detectors.help_offer import HelpOffer
from quality.detectors.human import Human
from quality.detectors.identification import AuthenticationOrder, Identification
from quality.detectors.interruptions import LetsSpeak
from quality.detectors.knowledge import Knowledge
from quality.detectors.llm import LanguageModel
from quality.detectors.mandatory import MandatoryStatements
from quality.detectors.metric import Metric
from quality.detectors.model import TrainedModel
from quality.detectors.more_requests import AnythingElse
from quality.detectors.order import Order
from quality.detectors.questioning import Probing
from quality.detectors.resolution import NextSteps, Objection, SolutionWithDelay
from quality.detectors.restatement import Restatement
from quality.detectors.said import NotSaid, Said, Statements
from quality.detectors.waiting import HoldAndTransfer
from quality.detectors.wording import Empathy, PositiveWording, WrittenCare

AnyDetector = Annotated[
    Said
    | NotSaid
    | Metric
    | Order
    | Knowledge
    | TrainedModel
    | LanguageModel
    | Human
    | Greeting
    | HelpOffer
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
    | Probing
    | AnythingElse
    | MandatoryStatements
    | RequestsHandled
    | ExtraAdvice
    | Clarity
    | PositiveWording
    | Empathy
    | WrittenCare
    | CardData
    | FirstResponse,
    Field(discriminator="kind"),
]

__all__ = ["AnyDetector", "Detector"]
