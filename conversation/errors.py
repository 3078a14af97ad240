"""Every error that Entendu raises on purpose, in one tree.

::

    EntenduError
    ├── BadInput                     what was given cannot be used as it is
    │   ├── AudioUnreadable          no audio can be decoded from it
    │   │   ├── AudioEmpty           it decodes to nothing
    │   │   ├── AudioTruncated       it stops before its own header says
    │   │   ├── AudioTooLong         longer than the limit in the settings
    │   │   └── ChannelsUnsupported  neither mono nor stereo, and none were picked
    │   ├── ConversationUnreadable   not a conversation in a format that is known
    │   ├── DocumentUnreadable       a knowledge document that cannot be parsed
    │   ├── DefinitionInvalid        a taxonomy, scorecard or settings file that breaks its rules
    │   ├── DatasetInvalid           an evaluation file that does not have the expected fields
    │   └── EvidenceMismatch         a quote that is not verbatim in its turn
    ├── NotFound                     a path, conversation or model name that does not exist
    ├── Conflict                     the request contradicts what is already stored
    ├── ModelError
    │   ├── ModelMissing             not on this machine; the remedy is the command that fetches it
    │   ├── ModelCorrupt             the files do not have the expected SHA-256
    │   └── ModelSourceUnavailable   no source of the catalogue could deliver it
    ├── DependencyMissing            an optional package is needed; the remedy is a pip command
    ├── DeviceUnavailable            the device asked for is not on this machine
    └── AgentSentimentRefused        sentiment of a worker was asked for (AI Act art. 5(1)(f))

A message says what was received, what was expected and what to do. The mapping to HTTP
statuses and exit codes is in :mod:`serving.problems`, and only there.
"""

from __future__ import annotations


class EntenduError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: What was received and what was expected, in one sentence.
        remedy: What the reader can do about it; shown after the message.
    """

    title = "Entendu could not do this"

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message if remedy is None else f"{message}; {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the remedy when the error crosses a process boundary."""
        return (_rebuild, (type(self), self.message, self.remedy))


def _rebuild(kind: type[EntenduError], message: str, remedy: str | None) -> EntenduError:
    return kind(message, remedy=remedy)


class BadInput(EntenduError):
    """What was given cannot be used as it is."""

    title = "The input cannot be used"


class AudioUnreadable(BadInput):
    """No audio can be decoded from the file."""

    title = "The audio cannot be read"


class AudioEmpty(AudioUnreadable):
    """The file decodes to nothing."""

    title = "The audio is empty"


class AudioTruncated(AudioUnreadable):
    """The file stops before its own header says it should."""

    title = "The audio is cut short"


class AudioTooLong(AudioUnreadable):
    """The recording is longer than the limit in the settings."""

    title = "The audio is too long"


class ChannelsUnsupported(AudioUnreadable):
    """The recording is neither mono nor stereo, and no channels were picked."""

    title = "The channels cannot be told apart"


class ConversationUnreadable(BadInput):
    """Not a conversation in a format that is known."""

    title = "The conversation cannot be read"


class DocumentUnreadable(BadInput):
    """A knowledge document that cannot be parsed."""

    title = "The document cannot be read"


class DefinitionInvalid(BadInput):
    """A taxonomy, scorecard or settings file that breaks its own rules."""

    title = "The definition is invalid"


class DatasetInvalid(BadInput):
    """An evaluation file that does not have the expected fields."""

    title = "The data set is invalid"


class EvidenceMismatch(BadInput):
    """A quote that is not verbatim in the turn it names."""

    title = "The quote is not in the turn"


class NotFound(EntenduError):
    """A path, conversation or model name that does not exist."""

    title = "Not found"


class Conflict(EntenduError):
    """The request contradicts what is already stored."""

    title = "Conflict with what is stored"


class ModelError(EntenduError):
    """Something is wrong with a model, not with the input."""

    title = "A model cannot be used"


class ModelMissing(ModelError):
    """The model is not on this machine."""

    title = "A model is missing"


class ModelCorrupt(ModelError):
    """The model's files do not have the expected SHA-256."""

    title = "A model is damaged"


class ModelSourceUnavailable(ModelError):
    """No source of the catalogue could deliver the model."""

    title = "A model could not be fetched"


class DependencyMissing(EntenduError):
    """An optional package is needed; the remedy names the pip command."""

    title = "A package is missing"


class DeviceUnavailable(EntenduError):
    """The device that was asked for is not on this machine."""

    title = "The device is not available"


class AgentSentimentRefused(EntenduError):
    """Sentiment of an agent was asked for.

    Inferring a worker's emotions is what AI Act art. 5(1)(f) restricts; Entendu reads sentiment
    from the customer's words only.
    """

    title = "Sentiment of agents is refused"
