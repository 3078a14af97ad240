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
    │   ├── AddressRefused           an address that the service does not call
    │   └── EvidenceMismatch         a quote that is not verbatim in its turn
    ├── NotFound                     a path, conversation or model name that does not exist
    ├── Conflict                     the request contradicts what is already stored
    │   ├── ChangedMeanwhile         it is no longer what the sender saw (If-Match)
    │   └── KeyUsedBefore            an idempotency key came with another request
    ├── Unauthenticated              no key, or one that is not known, has run out or was revoked
    ├── Forbidden                    the key is good, but this is not for its role
    ├── TooManyRequests              more at a time than the key may send
    ├── Unavailable                  what the service needs (its database) does not answer now
    ├── Overloaded                   more is waiting than can be done soon; it may be sent again
    ├── StoreDamaged                 what is stored is not what was put there
    ├── ModelError
    │   ├── ModelMissing             not on this machine; the remedy is the command that fetches it
    │   ├── ModelCorrupt             the files do not have the expected SHA-256
    │   └── ModelSourceUnavailable   no source of the catalogue could deliver it
    ├── DependencyMissing            an optional package is needed; the remedy is a pip command
    ├── DeviceUnavailable            the device asked for is not on this machine
    ├── ProcessingRefused            the law, or the person, does not allow it
    │   ├── ObjectionRecorded        the customer objected to it
    │   └── ConsentMissing           an outbound sale without a consent on record
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


class AddressRefused(BadInput):
    """An address that the service does not call, since it is not public."""

    title = "The address is not allowed"


class EvidenceMismatch(BadInput):
    """A quote that is not verbatim in the turn it names."""

    title = "The quote is not in the turn"


class NotFound(EntenduError):
    """A path, conversation or model name that does not exist."""

    title = "Not found"


class Conflict(EntenduError):
    """The request contradicts what is already stored."""

    title = "Conflict with what is stored"


class ChangedMeanwhile(Conflict):
    """What was to be changed is no longer what the sender saw."""

    title = "It has changed meanwhile"


class KeyUsedBefore(Conflict):
    """An idempotency key came before, with another request."""

    title = "The key was used for another request"


class Unauthenticated(EntenduError):
    """No key was shown, or one that is not known, has run out or was revoked."""

    title = "Who are you?"


class Forbidden(EntenduError):
    """The key is good, but what was asked for is not for its role."""

    title = "Not allowed"


class TooManyRequests(EntenduError):
    """More was sent at a time than the key, or the address without one, may.

    Args:
        message: What is allowed.
        remedy: What the reader can do about it.
        retry_after_s: Seconds after which there is room again.
    """

    title = "Too many requests"

    def __init__(
        self, message: str, *, remedy: str | None = None, retry_after_s: float = 1.0
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after_s = retry_after_s


class Overloaded(EntenduError):
    """More is waiting than can be done soon; nothing was done.

    Args:
        message: What is waiting.
        remedy: What the reader can do about it.
        retry_after_s: Seconds after which there may be room.
    """

    title = "Too busy"

    def __init__(
        self, message: str, *, remedy: str | None = None, retry_after_s: float = 1.0
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after_s = retry_after_s


class Unavailable(EntenduError):
    """Something that the service needs, such as its database, does not answer at present."""

    title = "Not available at present"


class StoreDamaged(EntenduError):
    """What is stored is not what was put there, or its key is gone."""

    title = "Something stored is damaged"


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


class ProcessingRefused(EntenduError):
    """The law, or the person whose words they are, does not allow it."""

    title = "This must not be processed"


class ObjectionRecorded(ProcessingRefused):
    """The customer objected to being recorded or analysed (GDPR art. 21)."""

    title = "The customer objected"


class ConsentMissing(ProcessingRefused):
    """An outbound sale without a consent on record (Code de la consommation, L223-1)."""

    title = "The consent is missing"


class AgentSentimentRefused(EntenduError):
    """Sentiment of an agent was asked for.

    Inferring a worker's emotions is what AI Act art. 5(1)(f) restricts; Entendu reads sentiment
    from the customer's words only.
    """

    title = "Sentiment of agents is refused"
