"""What a page may do: run our own scripts and ask our own host, nothing else."""

from __future__ import annotations

from collections.abc import Sequence


def content_policy(*, embedded_by: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy of a screen.

    No inline script or style runs, and no other host is asked.

    Args:
        embedded_by: Origins whose pages may show this one in a frame; none: nobody.
    """
    ancestors = " ".join(embedded_by) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )
