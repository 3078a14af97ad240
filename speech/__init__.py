"""Sound into conversations: decoding, voice activity, recognition, speakers, turns."""

from speech.audio_file import probe
from speech.live import LiveOptions, LiveTranscriber
from speech.options import TranscribeOptions, parse_channels
from speech.raw_audio import RawFormat, parse_raw_format
from speech.source import Source
from speech.transcript import ChannelAccount, DroppedText, Transcription, UncoveredSpeech
from speech.transcription import transcribe, transcribe_many
from speech.vocabulary import parse_vocabulary

__all__ = [
    "ChannelAccount",
    "DroppedText",
    "LiveOptions",
    "LiveTranscriber",
    "RawFormat",
    "Source",
    "TranscribeOptions",
    "Transcription",
    "UncoveredSpeech",
    "parse_channels",
    "parse_raw_format",
    "parse_vocabulary",
    "probe",
    "transcribe",
    "transcribe_many",
]
