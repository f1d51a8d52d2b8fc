"""Small files of every format, made here byte by byte."""

from __future__ import annotations

import io
import zipfile

BELL = "The bell rings at noon."
HTML = f"<!doctype html><title>Bells</title><h2>When</h2><p>{BELL}<script>alert('no')</script></p>".encode()


def pdf(*pages: str, title: str | None = None, kids: int = 1, encrypted: bool = False) -> bytes:
    """A PDF with one line of text a page. `kids` repeats each page so often in the tree of pages."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    names = []
    for text in pages:
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        stream = f"BT /F1 12 Tf 20 100 Td ({escaped}) Tj ET"
        number = len(objects) + 1
        font = "/Resources << /Font << /F1 3 0 R >> >>"
        box = "/MediaBox [0 0 600 200]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} {font} /Contents {number + 1} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        names += [f"{number} 0 R"] * kids
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(names)}] /Count {len(names)} >>"
    trailer = ""
    if title is not None:
        objects.append(f"<< /Title ({title}) >>")
        trailer += f" /Info {len(objects)} 0 R"
    if encrypted:
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'00' * 32}> /U <{'00' * 32}> >>")
        trailer += f" /Encrypt {len(objects)} 0 R /ID [<00> <00>]"
    out, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R{trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return out


_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>"""
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(*paragraphs: str, heading: str | None = None, **more: bytes) -> bytes:
    """A Word document; `more` are further members by their names."""
    style = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
    body = f"<w:p>{style}<w:r><w:t>{heading}</w:t></w:r></w:p>" if heading else ""
    body += "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in paragraphs)
    xml = f'<?xml version="1.0"?><w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    members = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": xml, **more}
    return archive({name: each.encode() if isinstance(each, str) else each for name, each in members.items()})


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return target.getvalue()
