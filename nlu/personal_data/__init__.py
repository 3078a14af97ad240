"""Finding personal data in conversations, written or read aloud, in French and English."""

from nlu.personal_data.finding import find_in_text, find_personal_data
from nlu.personal_data.kinds import (
    CARD_TYPES,
    CHECKSUMMED_TYPES,
    PERSONAL_DATA_TYPES,
    PersonalData,
    PersonalDataType,
)
from nlu.personal_data.settings import PersonalDataSettings

__all__ = [
    "CARD_TYPES",
    "CHECKSUMMED_TYPES",
    "PERSONAL_DATA_TYPES",
    "PersonalData",
    "PersonalDataSettings",
    "PersonalDataType",
    "find_in_text",
    "find_personal_data",
]
