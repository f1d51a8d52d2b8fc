"""matplotlib's SVG made fit for the page: coloured by the page's style sheet, without inline styles or foreign names.

The page's content security policy allows no `style` attribute, and several plots share one page, so that ids must not
meet. Colours are drawn as the sentinels below and become the CSS variables of the page, which turn with its theme.
"""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, MUTED, GRID, PAPER = "#010101", "#020202", "#030303", "#040404"
COLOURS = 8  # as many as style.css has; the ninth pipeline wears the first one's, with its own marker

_TITLE = "title:"  # begins the id of a group that gets a title
_VARIABLES = {INK: "var(--ink)", MUTED: "var(--muted)", GRID: "var(--rule)", PAPER: "var(--paper)"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def series_colour(index: int) -> str:
    """The sentinel of a pipeline's colour."""
    return f"#0a000{index % COLOURS}"


def clean(text: str) -> str:
    """A text that XML can hold."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def titled(shown: str, whole: str) -> str | None:
    """The `gid` of a text that is drawn in part, by which a browser shows the whole; None where all is drawn."""
    return None if shown == clean(whole) else _TITLE + clean(whole)


def render(figure: Figure, name: str, alt: str) -> str:
    """The figure as an `<svg>` for the body of a page; the same bytes for the same figure.

    Args:
        name: unique on the page; ids begin with it.
        alt: says in words what the plot shows.
    """
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}), warnings.catch_warnings():
        # the page's fonts draw the text, so it does not matter which glyphs matplotlib's own have
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", buffer.getvalue()))
    _tidy(root, name)
    for unwanted in ("width", "height", "version"):
        root.attrib.pop(unwanted, None)
    root.set("role", "img")
    root.set("aria-label", clean(alt))
    return ElementTree.tostring(root, encoding="unicode")


def _tidy(element: ElementTree.Element, name: str) -> None:
    element.tag = _local(element.tag)
    title = element.get("id", "")
    for key, value in list(element.attrib.items()):
        del element.attrib[key]
        if key == "style":
            for declaration in filter(None, value.split(";")):
                _declare(element, *declaration.split(":", 1))
        elif key == "id":
            # only what is referred to keeps an id
            if element.tag in ("path", "clipPath"):
                element.set("id", f"{name}-{value}")
        else:
            element.set(_local(key), _refer(value, name))
    for child in list(element):
        if _local(child.tag) in ("metadata", "style", "title"):
            element.remove(child)
            continue
        _tidy(child, name)
        if child.tag in ("g", "defs") and not len(child):
            element.remove(child)
    if element.tag != "text":
        element.text = None
    element.tail = None
    if title.startswith(_TITLE):
        shown = ElementTree.Element("title")
        shown.text = title.removeprefix(_TITLE)
        element.insert(0, shown)


def _declare(element: ElementTree.Element, key: str, value: str) -> None:
    """One CSS declaration as the presentation attribute of the same name; the page chooses the font."""
    key, value = key.strip(), value.strip()
    if key != "font-family":
        element.set(key, value.removesuffix("px"))
    for attribute in ("fill", "stroke"):
        colour = element.get(attribute, "")
        if colour in _VARIABLES:
            element.set(attribute, _VARIABLES[colour])
        elif colour.startswith("#0a000"):
            element.set(attribute, f"var(--p{colour[-1]})")


def _refer(value: str, name: str) -> str:
    if value.startswith("#"):
        return f"#{name}-{value[1:]}"
    return value.replace("url(#", f"url(#{name}-")


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
