"""Word documents for tests, written part by part as Word does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_P = "http://schemas.openxmlformats.org/package/2006/relationships"
_NAMESPACES = (
    f'xmlns:w="{_W}" xmlns:r="{_R}" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument\
.wordprocessingml.document.main+xml"/>
</Types>"""
_STYLES = """
<w:style w:type="paragraph" w:styleId="Titre"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Titre2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Fiche"><w:name w:val="Question fiche"/>
  <w:basedOn w:val="Titre2"/></w:style>
<w:style w:type="paragraph" w:styleId="Plan"><w:name w:val="Plan maison"/>
  <w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="TM1"><w:name w:val="toc 1"/></w:style>
"""
_NUMBERING = """
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
"""


def run(text: str, *, bold: bool = False) -> str:
    """Return a run of text."""
    properties = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*inside: str, style: str | None = None, item: tuple[int, int] | None = None) -> str:
    """Return a paragraph of runs; ``item`` gives the list and the level in it."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if item:
        properties += f'<w:numPr><w:ilvl w:val="{item[1]}"/><w:numId w:val="{item[0]}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inside)}</w:p>"


def text(words: str, **options) -> str:
    """Return a paragraph of one run."""
    return paragraph(run(words), **options)


def table(rows, *, header: bool = False) -> str:
    """Return a table; with ``header`` its first row repeats on each page."""
    lines = []
    for number, row in enumerate(rows):
        mark = "<w:trPr><w:tblHeader/></w:trPr>" if header and number == 0 else ""
        cells = "".join(f"<w:tc>{text(cell)}</w:tc>" for cell in row)
        lines.append(f"<w:tr>{mark}{cells}</w:tr>")
    return f"<w:tbl>{''.join(lines)}</w:tbl>"


def note(number: int) -> str:
    """Return a reference to a footnote."""
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


def text_box(words: str) -> str:
    """Return a text box as Word writes it: twice, for new and for old readers."""
    content = f"<w:txbxContent>{text(words)}</w:txbxContent>"
    return (
        "<w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{content}</wps:txbx></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def docx(
    *body: str,
    notes: Mapping[int, str] | None = None,
    core: str = "",
    custom: Mapping[str, str] | None = None,
    parts: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a Word document.

    Args:
        body: Paragraphs and tables.
        notes: Footnotes by number.
        core: Elements of the core properties.
        custom: Custom properties.
        parts: Further parts, or others in place of these.
    """
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    footnotes = "".join(
        f'<w:footnote w:id="{number}">{text(words)}</w:footnote>'
        for number, words in (notes or {}).items()
    )
    entries = "".join(
        f'<property name="{name}" xmlns:vt="urn:vt"><vt:lpwstr>{escape(value)}</vt:lpwstr>'
        "</property>"
        for name, value in (custom or {}).items()
    )
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_P}"><Relationship Id="rId1" '
        f'Type="{kinds}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_P}">'
        f'<Relationship Id="rId1" Type="{kinds}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId2" Type="{kinds}/numbering" Target="numbering.xml"/>'
        f'<Relationship Id="rId3" Type="{kinds}/footnotes" Target="footnotes.xml"/>'
        "</Relationships>",
        "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{''.join(body)}</w:body>"
        "</w:document>",
        "word/styles.xml": f"<w:styles {_NAMESPACES}>{_STYLES}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_NAMESPACES}>{_NUMBERING}</w:numbering>",
        "word/footnotes.xml": f"<w:footnotes {_NAMESPACES}>{footnotes}</w:footnotes>",
        "docProps/core.xml": '<coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/">{core}</coreProperties>',
        "docProps/custom.xml": f"<Properties>{entries}</Properties>",
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, **(parts or {})}.items():
            archive.writestr(name, content)
    return data.getvalue()
