"""PDF files for tests, made by reportlab."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

TOP = A4[1]


def pdf(draw, *, pages: int = 1, password: str | None = None, title: str | None = None) -> bytes:
    """Return a PDF; ``draw(canvas, page)`` is called for each page, from 1."""
    data = io.BytesIO()
    encryption = None
    if password is not None:
        encryption = StandardEncryption(password, ownerPassword=f"{password}!", strength=128)
    canvas = Canvas(data, pagesize=A4, invariant=1, encrypt=encryption)
    if title:
        canvas.setTitle(title)
    for page in range(1, pages + 1):
        draw(canvas, page)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def write(
    canvas: Canvas, x: float, y: float, text: str, *, size: float = 10, bold: bool = False
) -> None:
    """Write one line, ``y`` points below the top."""
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    canvas.drawString(x, TOP - y, text)
