"""What a page may do: run our own scripts and ask our own host, nothing else."""

from __future__ import annotations

from collections.abc import Sequence


def content_policy(*, embedded_by: Sequence[str] = (), style_nonce: str | None = None) -> str:
    """Return the Content-Security-Policy of a screen.

    No inline script or style runs, and no other host is asked.

    Args:
        embedded_by: Origins whose pages may show this one in a frame; none: nobody.
        style_nonce: Of this one answer: a script of ours may add a style that carries it.
    """
    ancestors = " ".join(embedded_by) or "'none'"
    styles = "'self'" if style_nonce is None else f"'self' 'nonce-{style_nonce}'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )
