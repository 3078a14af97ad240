"""The self-care bot: answers from a knowledge base, asks back once, hands over to people."""

from kb_search.bot.actions import Action, Close, HandOver, Say, StopSpeaking
from kb_search.bot.bot import Bot, Step
from kb_search.bot.events import (
    CustomerLeft,
    CustomerMessage,
    CustomerSpeaks,
    Event,
    GivenBack,
    HumanJoined,
    HumanWrote,
    Opened,
    Tick,
    TimedOut,
)
from kb_search.bot.packet import ConversationFacts, Customer, HandOverPacket
from kb_search.bot.policy import BotPolicy
from kb_search.bot.reading import FactFinder, Knowledge, MessageReading, Reader
from kb_search.bot.session import Session

__all__ = [
    "Action",
    "Bot",
    "BotPolicy",
    "Close",
    "ConversationFacts",
    "Customer",
    "CustomerLeft",
    "CustomerMessage",
    "CustomerSpeaks",
    "Event",
    "FactFinder",
    "GivenBack",
    "HandOver",
    "HandOverPacket",
    "HumanJoined",
    "HumanWrote",
    "Knowledge",
    "MessageReading",
    "Opened",
    "Reader",
    "Say",
    "Session",
    "Step",
    "StopSpeaking",
    "Tick",
    "TimedOut",
]
