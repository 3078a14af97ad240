"""Progress of a transcription in seconds of the recording."""

from __future__ import annotations

from collections.abc import Callable

_SURVEY_SHARE = 0.05  # of the whole time, measured on two cores


class ProgressMeter:
    """Turns what is done into seconds of the recording; never goes back.

    Args:
        report: Called with the seconds that are done and with all of them; None for nobody.
        expected_s: Length of the recording by its header; 0 when it says none.
    """

    def __init__(self, report: Callable[[float, float], None] | None, expected_s: float) -> None:
        self._report = report
        self._total_s = expected_s
        self._share = 0.0

    def surveyed(self, done_s: float) -> None:
        """The first pass has come to this second."""
        if self._total_s > 0:
            self._to(_SURVEY_SHARE * min(done_s / self._total_s, 1.0))

    def start_recognition(self, duration_s: float) -> None:
        """The first pass is over, and the length is known."""
        self._total_s = duration_s
        self._to(_SURVEY_SHARE)

    def recognised(self, share: float) -> None:
        """This share of the speech, 0 to 1, is recognised."""
        self._to(_SURVEY_SHARE + (1 - _SURVEY_SHARE) * min(share, 1.0))

    def finish(self) -> None:
        """All is done."""
        self._to(1.0)

    def _to(self, share: float) -> None:
        self._share = max(self._share, share)
        if self._report is not None:
            self._report(self._share * self._total_s, self._total_s)
