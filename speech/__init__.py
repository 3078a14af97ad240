"""Sound into conversations: decoding, voice activity, recognition, speakers, turns."""

from speech.audio_file import probe
from speech.options import TranscribeOptions, parse_channels
from speech.transcript import ChannelAccount, DroppedText, Transcription, UncoveredSpeech
from speech.transcription import transcribe

__all__ = [
    "ChannelAccount",
    "DroppedText",
    "TranscribeOptions",
    "Transcription",
    "UncoveredSpeech",
    "parse_channels",
    "probe",
    "transcribe",
]
